"""What the company will do of itself when its clock gets there: fees, debits, refunds, payouts."""

from mainstay_sandbox.store import Books, insert

LEARN_FEE = "learn_fee"
SETTLE_DEBIT = "settle_debit"
FAIL_DEBIT = "fail_debit"
RETURN_DEBIT = "return_debit"
DISPUTE_CHARGE = "dispute_charge"
SETTLE_REFUND = "settle_refund"
FAIL_REFUND = "fail_refund"
PAY_OUT = "pay_out"
PAYOUT_ARRIVES = "payout_arrives"
PAYOUT_FAILS = "payout_fails"


def do(books: Books, after_seconds: int, what: str, object_id: str) -> None:
    """Put something on the list: `what` is one of the names above, `object_id` what it is about."""
    due_at = books.now + after_seconds
    insert(
        books.connection, "later", account_id=books.account_id, due_at=due_at, what=what, object_id=object_id
    )
