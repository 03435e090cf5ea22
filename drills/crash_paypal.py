"""The crash drill on PayPal's adapter: the same stories and faults, before a PayPal on this machine.

The first payment goes over PayPal's page. Renewals are drilled both ways that the adapter has.
"""

import sys
from collections import Counter
from collections.abc import Callable

from mainstay.processors.paypal.adapter import ONE_CALL, ORDER_FIRST

from . import crash, databases, side
from .paypal_side import PayPalSide
from .report import Report

WAYS = {ORDER_FIRST: 0.2, ONE_CALL: 0.05}
"""The ways to renew, and their shares of the crash drill's combinations: first payments are the same with both."""


def run(part: float = 1.0) -> Report:
    """A quarter of the combinations on both databases, or a part of that; a small part on SQLite alone.

    Both ways to renew together.
    """
    kinds = databases.KINDS if part >= crash.QUICK_PART else ("sqlite",)
    return _both(lambda share: crash.run(part * share, kinds))


def replay(seed: int) -> Report:
    """One combination again, with one way to renew and then with the other."""
    return _both(lambda share: crash.replay(seed))


def _both(drill: Callable[[float], Report]) -> Report:
    counts: Counter[str] = Counter()
    found: list[str] = []
    for renewals, share in WAYS.items():
        print(f"renewals: {renewals}", file=sys.stderr)
        with side.of(PayPalSide(renewals)):
            report = drill(share)
        counts.update(report.counts)
        found += [f"{renewals}: {difference}" for difference in report.differences]
    return Report("crash_paypal", dict(counts), found)
