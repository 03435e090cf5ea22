"""The crash drill on Stripe's adapter: the same stories and faults, before a company in Stripe's protocol."""

from . import crash, databases, side
from .report import Report

SHARE = 0.25
"""Of the crash drill's combinations: what differs is the adapter alone."""


def run(part: float = 1.0) -> Report:
    """A quarter of the combinations on both databases, or a part of that; a small part on PostgreSQL alone."""
    kinds = databases.KINDS if part >= crash.QUICK_PART else ("postgresql",)
    with side.of(side.STRIPE):
        report = crash.run(part * SHARE, kinds)
    return Report("crash_stripe", report.counts, report.differences)


def replay(seed: int) -> Report:
    """One combination again."""
    with side.of(side.STRIPE):
        report = crash.replay(seed)
    return Report("crash_stripe", report.counts, report.differences)
