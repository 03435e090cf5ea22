"""Bank transfer behind the port. There is no company to ask: the bank's statement is read by a person at the desk.

The remote object of an installment is its creditor reference with the amount, `RF47ABCD....500.EUR`; it is computed,
and exists nowhere else. It waits for the reader for ever: what came is learned from statements alone
(`collection.bank_import`), so a look-up always answers that the reader has not been seen to pay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop
from stdnum import iban as account_number

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    BalanceLine,
    Capabilities,
    CardPage,
    DisputeFact,
    EventRef,
    Flow,
    Method,
    MethodFact,
    Order,
    Outcome,
    PayoutFact,
    Processor,
    RefundFact,
    RemoteFact,
    ReturnUrls,
    Source,
    TokenView,
)
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.money import Money

from .instructions import instructions
from .reference import creditor_reference, is_whole


def make(config: AccountConfig) -> Processor:
    """The adapter of one bank account. Settings: `name` of its owner, `iban`, and `bic` where transfers need one.

    There are no secrets; the secrets file has an empty section for the account. Raises `WrongSettings`.
    """
    try:
        name, iban = config.settings["name"], account_number.compact(config.settings["iban"])
    except KeyError as error:
        raise WrongSettings(f"The bank account lacks {error.args[0]!r}.") from None
    if not account_number.is_valid(iban):
        raise WrongSettings("The bank account's IBAN is not a valid one. Compare it with a statement.")
    return Bank(name, iban, config.settings.get("bic", ""))


class Bank:
    """One bank account of the newsroom's."""

    capabilities = Capabilities(
        name=gettext_noop("Bank transfer"),
        recurring=True,
        partial_refund=False,
        country_before_money=False,
        currencies=("EUR",),
        key_life_hours=0,
        flow=Flow.PUSH,
        disputes=False,
        payouts=False,
        keeps_books=False,
    )

    def __init__(self, name: str, iban: str, bic: str = "") -> None:
        self.name, self.iban, self.bic = name, iban, bic

    def card_page(self) -> CardPage:
        """Nothing is loaded."""
        return CardPage("", "", "")

    def read_token(self, token: str) -> TokenView | None:
        """Nothing comes with a token here."""
        return None

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """The reference to write on the transfer. The same order has the same one."""
        fact = self._asked(order)
        return replace(fact, outcome=Outcome.EXECUTABLE) if fact.remote_id else fact

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """Moves nothing: the reader sends the money."""
        return self.look_up(remote_id)

    def look_up(self, remote_id: str) -> RemoteFact:
        """`ACTION_REQUIRED` with the instructions: here nobody knows more than that."""
        try:
            return self._waiting(remote_id)
        except (ValueError, MainstayError):
            return RemoteFact(Outcome.NOT_FOUND, remote_id)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """Nothing waits any more. A transfer that comes all the same carries the reference and is found by it."""
        return RemoteFact(Outcome.CANCELLED, remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """A transfer back is made by a person, at the bank; the next statement tells of it."""
        return RefundFact(Outcome.REJECTED, why="send_it_at_the_bank")

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """Only statements tell."""
        return RefundFact(Outcome.UNKNOWN, refund_id)

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """None was ever asked for here."""
        return []

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """Nothing can be kept to take money with later."""
        return MethodFact(Outcome.REJECTED, decline_code="flow_not_offered")

    def look_up_method(self, method_id: str) -> MethodFact:
        """Nothing is kept."""
        return MethodFact(Outcome.NOT_FOUND)

    def detach(self, method: Method) -> Outcome:
        """Nothing is kept, so nothing is left to forget."""
        return Outcome.SUCCEEDED

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """The instructions for the reader who is there."""
        return self._asked(order)

    def read_approval(self, remote_id: str) -> TokenView | None:
        """The country is in the payer's account number, which comes with the money."""
        return None

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """Only statements tell."""
        return RemoteFact(Outcome.UNKNOWN)

    def find(self, reference: str) -> list[RemoteFact]:
        """Nothing is kept that could be found."""
        return []

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """A transfer can't be taken back."""
        return DisputeFact(Outcome.NOT_FOUND)

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """The money is at the newsroom's bank from the beginning."""
        return PayoutFact(Outcome.NOT_FOUND)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """Nobody sends any."""
        raise BadSignature("A bank account has no webhooks.")

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """There is nobody to ask."""
        return [], cursor

    def balance(self) -> Mapping[str, int]:
        """The account holds other money too."""
        return {}

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """Statements are read at the desk."""
        return iter(())

    def _asked(self, order: Order) -> RemoteFact:
        """The code that banking apps read knows euros alone, and so does the scheme of debits."""
        if order.amount.currency not in self.capabilities.currencies:
            return RemoteFact(Outcome.REJECTED, decline_code="currency_not_taken")
        return self._waiting(_remote_id(order))

    def _waiting(self, remote_id: str) -> RemoteFact:
        """Raises `ValueError` and `MainstayError` for an id that is none of ours."""
        reference, minor, currency = remote_id.split(".")
        amount = Money(int(minor), currency)
        if not is_whole(reference):
            raise ValueError(reference)
        told = instructions(self.name, self.iban, self.bic, reference, amount)
        return RemoteFact(Outcome.ACTION_REQUIRED, remote_id, amount=amount, instructions=told)


def _remote_id(order: Order) -> str:
    return f"{creditor_reference(order.reference)}.{order.amount.minor}.{order.amount.currency}"
