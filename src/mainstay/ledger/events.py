"""What happened to money, as transfers: one function for each event, and the only place that says which accounts move.

Each transfer has one currency and a reference of its own, made of the event and the hash of the processor's id
(`core.ids.remote_hash`). Booking an event twice therefore books it once, whoever tells of it: the first answer, a
webhook, a look-up or the reconciliation. What is only on its way (a pending debit, an inquiry of a bank) is not booked.

The events and their accounts follow the tables of `docs/explanation/money.md`, which a test reads.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import Transfer
from .post import (
    CHARGEBACKS,
    EXCHANGE,
    REFUNDS,
    UNAPPLIED,
    Move,
    bank_code,
    fees_code,
    hold_code,
    income_code,
    post_all,
    processor_code,
    transit_code,
)


class NotBooked(MainstayError):
    """An event that must follow another one came before it."""


@dataclass(frozen=True)
class Books:
    """The books of one processor account on one day. Every method works inside the caller's transaction.

    A `..._hash` is the hash of the processor's id for the object that the event is about.
    """

    newsroom: Newsroom
    account_id: uuid.UUID
    day: date

    @property
    def _processor(self) -> str:
        return processor_code(self.account_id)

    def _post(self, source: str, target: str, amount: Money, reference: str) -> None:
        self._post_all([Move(source, target, amount, reference)])

    def _post_all(self, moves: Sequence[Move]) -> None:
        post_all(self.newsroom, self.day, [move for move in moves if move.amount.minor])

    def charge(
        self,
        charge_hash: str,
        gross: Money,
        *,
        campaign: str,
        fee: Money | None,
        settled: Money | None = None,
    ) -> None:
        """Money of a reader arrived. `fee` is `None` while the processor hasn't said it.

        `settled` is what the processor credited, fee included, when that is another currency than the reader's.
        """
        income, reference = income_code(campaign), f"charge:{charge_hash}"
        if settled is None or settled.currency == gross.currency:
            moves = [Move(income, self._processor, gross, reference)]
        else:
            credited = Move(EXCHANGE, self._processor, settled, f"settled:{charge_hash}")
            moves = [Move(income, EXCHANGE, gross, reference), credited]
        if fee is not None:
            moves.append(self._fee(charge_hash, fee))
        self._post_all(moves)

    def fee(self, charge_hash: str, fee: Money) -> None:
        """The processor's fee for a charge, learned with it or later."""
        self._post_all([self._fee(charge_hash, fee)])

    def _fee(self, charge_hash: str, fee: Money) -> Move:
        return Move(self._processor, fees_code(self.account_id), fee, f"fee:{charge_hash}")

    def refund(self, refund_hash: str, amount: Money) -> None:
        """Money went back to a reader."""
        self._post(self._processor, REFUNDS, amount, f"refund:{refund_hash}")

    def refund_failed(self, refund_hash: str) -> None:
        """A refund that was booked came back. Raises `NotBooked`."""
        self._turn_round(f"refund:{refund_hash}", f"refund_failed:{refund_hash}")

    def exchanged(self, line_hash: str, ours: Money, theirs: Money) -> None:
        """The processor moved `theirs` where we had booked `ours` in the reader's currency: a refund, a dispute.

        Both are signed as they move the processor's balance: a refund of ours is negative.
        """
        self._moved(-ours, f"exchanged:{line_hash}:ours")
        self._moved(theirs, f"exchanged:{line_hash}:theirs")

    def _moved(self, signed: Money, reference: str) -> None:
        if signed.minor > 0:
            self._post(EXCHANGE, self._processor, signed, reference)
        else:
            self._post(self._processor, EXCHANGE, -signed, reference)

    def dispute_opened(self, dispute_hash: str, amount: Money, *, fee: Money | None = None) -> None:
        """The processor set disputed money aside, and took a fee for it. An inquiry takes none and is not booked."""
        self._post(self._processor, hold_code(self.account_id), amount, f"dispute:{dispute_hash}:opened")
        if fee is not None:
            self._post(self._processor, fees_code(self.account_id), fee, f"dispute:{dispute_hash}:fee")

    def dispute_won(self, dispute_hash: str, amount: Money, *, fee_back: Money | None = None) -> None:
        """Disputed money came back, with the fee or without."""
        self._post(hold_code(self.account_id), self._processor, amount, f"dispute:{dispute_hash}:won")
        if fee_back is not None:
            reference = f"dispute:{dispute_hash}:fee_back"
            self._post(fees_code(self.account_id), self._processor, fee_back, reference)

    def dispute_lost(self, dispute_hash: str, amount: Money) -> None:
        """Disputed money went back to the reader. Of a dispute won in part, both are booked, each with its part."""
        self._post(hold_code(self.account_id), CHARGEBACKS, amount, f"dispute:{dispute_hash}:lost")

    def returned(self, charge_hash: str, amount: Money, *, fee: Money | None = None) -> None:
        """A bank took a debit back after it had succeeded (a SEPA return)."""
        self._post(self._processor, CHARGEBACKS, amount, f"return:{charge_hash}")
        if fee is not None:
            self._post(self._processor, fees_code(self.account_id), fee, f"return:{charge_hash}:fee")

    def payout_sent(self, payout_hash: str, amount: Money) -> None:
        """The processor sent money on its way to the newsroom's bank."""
        self._post(self._processor, transit_code(self.account_id), amount, f"payout:{payout_hash}:sent")

    def payout_arrived(self, payout_hash: str, amount: Money) -> None:
        """A payout arrived at the newsroom's bank."""
        transit, bank = transit_code(self.account_id), bank_code(self.account_id)
        self._post(transit, bank, amount, f"payout:{payout_hash}:arrived")

    def payout_failed(self, payout_hash: str, amount: Money) -> None:
        """A payout came back, on its way or after it had seemed to arrive."""
        arrived = Transfer.objects.filter(reference=f"payout:{payout_hash}:arrived").exists()
        source = bank_code(self.account_id) if arrived else transit_code(self.account_id)
        self._post(source, self._processor, amount, f"payout:{payout_hash}:failed")

    def reserve_held(self, line_hash: str, amount: Money) -> None:
        """The processor set money aside that nobody disputes."""
        self._post(self._processor, hold_code(self.account_id), amount, f"reserve:{line_hash}:held")

    def reserve_released(self, line_hash: str, amount: Money) -> None:
        """The processor gave back what it had set aside."""
        self._post(hold_code(self.account_id), self._processor, amount, f"reserve:{line_hash}:released")

    def account_fee(self, line_hash: str, amount: Money) -> None:
        """A fee for no payment in particular; a negative one was given back."""
        fees = fees_code(self.account_id)
        source, target = (self._processor, fees) if amount.minor > 0 else (fees, self._processor)
        self._post(source, target, amount if amount.minor > 0 else -amount, f"account_fee:{line_hash}")

    def unapplied(self, charge_hash: str, amount: Money, *, fee: Money | None = None) -> None:
        """Money came in that no promise asked for. It waits until somebody says what it is."""
        self._post(UNAPPLIED, self._processor, amount, f"unapplied:{charge_hash}")
        if fee is not None:
            self.fee(charge_hash, fee)

    def applied(self, charge_hash: str, amount: Money, *, campaign: str) -> None:
        """Waiting money was found to be a gift."""
        self._post(income_code(campaign), UNAPPLIED, amount, f"applied:{charge_hash}")

    def correct(self, reference: str) -> None:
        """Turns a wrong transfer round. What is right is then booked by its own event. Raises `NotBooked`."""
        self._turn_round(reference, f"correction:{reference}")

    def _turn_round(self, reference: str, new_reference: str) -> None:
        accounts = Transfer.objects.select_related("from_account", "to_account")
        wrong = accounts.filter(newsroom=self.newsroom, reference=reference).first()
        if wrong is None:
            raise NotBooked(f"{reference} is not booked, so it can't be turned round.")
        amount = Money(wrong.amount_minor, wrong.currency)
        self._post(wrong.to_account.code, wrong.from_account.code, amount, new_reference)
