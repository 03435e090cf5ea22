"""The processor port: what a processor must do, in frozen requests and typed results.

An adapter turns calls into facts and never writes to the database. Business results are never exceptions. A transport
error after the first byte is `UNKNOWN`; `NOT_EXECUTED` only when the processor can't have acted (refused connection,
429, documented errors before execution). Every remote object carries our opaque reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money


class Outcome(StrEnum):
    """What the processor says happened."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    ACTION_REQUIRED = "action_required"
    DECLINED_SOFT = "declined_soft"
    DECLINED_HARD = "declined_hard"
    REJECTED = "rejected"
    NOT_EXECUTED = "not_executed"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"
    EXECUTABLE = "executable"


class ProcessorRefused(MainstayError):
    """The account itself is refused (key revoked, account closed): stop the run, count no try, tell staff."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a processor can do; code and tests both read it."""

    name: str
    recurring: bool
    partial_refund: bool
    country_before_money: bool
    currencies: tuple[str, ...]
    key_life_hours: int


@dataclass(frozen=True, slots=True)
class CardPage:
    """What the card page needs to show the processor's fields, after a click."""

    script_url: str
    origin: str
    public_key: str


@dataclass(frozen=True, slots=True)
class TokenView:
    """What the processor tells of a token before anything is made or confirmed."""

    country: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Order:
    """One installment as the processor shall know it. `reference` is opaque; `metadata` rebuilds a lost promise."""

    amount: Money
    reference: str
    metadata: Mapping[str, str]
    save_method: bool


@dataclass(frozen=True, slots=True)
class Method:
    """A saved card at the processor: what is sealed to the collection key."""

    customer: str
    method: str
    country: str | None
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the money comes from: a token from the card page (reader present), or a saved method."""

    token: str = ""
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class RemoteFact:
    """What the processor says about one remote object: an allow-list of fields, nothing raw."""

    outcome: Outcome
    remote_id: str = ""
    charge_id: str = ""
    amount: Money | None = None
    fee: Money | None = None
    method: Method | None = None
    decline_code: str = ""
    action_url: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MethodFact:
    """The result of saving a card without charging it."""

    outcome: Outcome
    method: Method | None = None
    decline_code: str = ""


@dataclass(frozen=True, slots=True)
class RefundFact:
    """What the processor says about a refund."""

    outcome: Outcome
    remote_id: str = ""
    amount: Money | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of the processor's own books. `amount` is signed minor units of `currency`."""

    number: int
    kind: str
    amount_minor: int
    fee_minor: int
    currency: str
    source: str


@dataclass(frozen=True)
class AccountConfig:
    """An account as an adapter sees it: its public settings, and the secrets of this process."""

    settings: Mapping[str, Any]
    secrets: Mapping[str, Any] = field(repr=False)


class Processor(Protocol):
    """One processor account. Each method says what it must not do."""

    @property
    def capabilities(self) -> Capabilities:
        """What this processor can do."""
        ...

    def card_page(self) -> CardPage:
        """What the card page loads. Makes no call."""
        ...

    def read_token(self, token: str) -> TokenView | None:
        """The country behind a token; `None` when the token is unknown or used. Must not reach the bank."""
        ...

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """Makes the remote object WITHOUT moving money. The same key and order give the same object."""
        ...

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """The call that moves money, at most once per remote object.

        `return_url` is where the bank's page sends the reader back to. With the reader absent, `ACTION_REQUIRED`
        means that a link to the bank's page can be had by `look_up`.
        """
        ...

    def look_up(self, remote_id: str) -> RemoteFact:
        """What is true about the remote object now. Changes nothing."""
        ...

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """Makes sure that the remote object can never succeed; tells the truth when it already has."""
        ...

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """Gives money back. The same key never gives back twice."""
        ...

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """What is true about a refund now."""
        ...

    def save_method(self, token: str, key: str) -> MethodFact:
        """Saves a card for later renewals without charging it."""
        ...

    def detach(self, method: Method) -> Outcome:
        """Forgets a saved card at the processor. Detaching twice is no error."""
        ...

    def balance_lines(self, after: int) -> Iterator[BalanceLine]:
        """The processor's own books after line number `after`, in order."""
        ...
