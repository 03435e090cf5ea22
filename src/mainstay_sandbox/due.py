"""Carrying out what has fallen due on the company's clock, in its order and each at its own moment."""

from collections.abc import Callable, Mapping

from mainstay_sandbox import charging, debits, disputes, later, payouts, refunds
from mainstay_sandbox.store import Books, Store

MOST_AT_ONCE = 5_000

ACTIONS: Mapping[str, Callable[[Books, str], None]] = {
    later.LEARN_FEE: charging.learn_fee,
    later.SETTLE_DEBIT: debits.settle,
    later.FAIL_DEBIT: debits.fail,
    later.RETURN_DEBIT: debits.come_back,
    later.DISPUTE_CHARGE: disputes.open_rest,
    later.SETTLE_REFUND: refunds.settle,
    later.FAIL_REFUND: refunds.fail,
    later.PAY_OUT: lambda books, _nothing: payouts.pay_out_daily(books),
    later.PAYOUT_ARRIVES: payouts.arrive,
    later.PAYOUT_FAILS: payouts.fail,
}
_DUE = "SELECT * FROM later WHERE due_at <= ? ORDER BY due_at, number LIMIT 1"


def carry_out(store: Store, now: int) -> None:
    """All that is due, one transaction each. A clock that leapt ten days gives ten daily payouts."""
    for _ in range(MOST_AT_ONCE):
        if store.connection().execute(_DUE, (now,)).fetchone() is None:
            return
        _carry_out_next(store, now)


def _carry_out_next(store: Store, now: int) -> None:
    with store.writing() as connection:
        row = connection.execute(_DUE, (now,)).fetchone()
        if row is not None:
            connection.execute("DELETE FROM later WHERE number = ?", (row["number"],))
            ACTIONS[row["what"]](Books(connection, row["account_id"], row["due_at"]), row["object_id"])
