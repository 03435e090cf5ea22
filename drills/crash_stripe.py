"""The crash drill on Stripe's adapter: the same stories and faults, before a company in Stripe's protocol."""

from . import crash, side
from .report import Report


def run(part: float = 1.0) -> Report:
    """All combinations, or every n-th of them, on both databases."""
    with side.of(side.STRIPE):
        report = crash.run(part)
    return Report("crash_stripe", report.counts, report.differences)


def replay(seed: int) -> Report:
    """One combination again."""
    with side.of(side.STRIPE):
        report = crash.replay(seed)
    return Report("crash_stripe", report.counts, report.differences)
