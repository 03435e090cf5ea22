"""The processor port: what a processor must do, in frozen requests and typed results.

An adapter turns calls into facts and never writes to the database. Business results are never exceptions. A transport
error after the first byte is `UNKNOWN`; `NOT_EXECUTED` only when the processor can't have acted (refused connection,
429, documented errors before execution). Every remote object carries our opaque reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

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


class BadSignature(MainstayError):
    """A webhook is not from the processor, is altered, or is older or younger than five minutes."""


class Flow(StrEnum):
    """How the reader pays for the first time."""

    FIELDS = "fields"
    """The processor's fields on our card page give a token; its country is read before anything is made."""
    APPROVAL = "approval"
    """The reader approves on the processor's page; the payer's country is read before the capture."""
    PUSH = "push"
    """The reader sends the money: an invoice, a bank transfer. We learn of it afterwards."""
    MANDATE = "mandate"
    """The reader signs on our page that the newsroom may debit their account. A person takes the file to the bank."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a processor can do; code and tests both read it.

    `name` is marked for translation where it is a word and not a company's own: an account that is labelled so is
    offered to each reader in their language.
    """

    name: str
    recurring: bool
    partial_refund: bool
    country_before_money: bool
    currencies: tuple[str, ...]
    key_life_hours: int
    flow: Flow = Flow.FIELDS
    disputes: bool = True
    payouts: bool = True
    refund_is_asynchronous: bool = False
    keeps_books: bool = True
    """Whether `balance` and `balance_lines` tell what the processor holds, so that our books can be held to it."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """What the card page needs to show the processor's fields, after a click."""

    script_url: str
    origin: str
    public_key: str
    lets_in: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Origins that the page's content policy lets in, by directive, where `origin` alone is not enough."""

    @property
    def policy(self) -> dict[str, list[str]]:
        """What is added to the content policy of this page alone."""
        usual = {name: [self.origin] for name in ("script-src", "frame-src", "form-action")}
        return usual | {name: list(origins) for name, origins in self.lets_in.items()}


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
    settled: Money | None = None
    """What the processor credited before its fee, when that is another currency than the reader's. The fee is in it."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Our own words on the remote object (`contribution`, `number`, `frequency`): they rebuild a lost promise."""
    instructions: Mapping[str, str] = field(default_factory=dict)
    """What a reader who sends the money must know (`reference`, `iban`, `name`), for processors that are pushed."""


@dataclass(frozen=True, slots=True)
class MethodFact:
    """The result of saving a card without charging it.

    `ACTION_REQUIRED`: the bank wants the card's holder first, at `action_url`; `remote_id` is what is asked about then.
    """

    outcome: Outcome
    method: Method | None = None
    decline_code: str = ""
    remote_id: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundFact:
    """What the processor says about a refund: `PENDING`, `SUCCEEDED`, `REJECTED` (also when it failed afterwards)."""

    outcome: Outcome
    remote_id: str = ""
    amount: Money | None = None
    why: str = ""
    charge_id: str = ""
    """The charge that it gives back from: how a refund made at the processor finds its payment."""
    reference: str = ""
    """The key under which we asked for it; empty for one that was made at the processor."""
    claim_url: str = ""
    """The page on which the reader claims a refund that is not sent by itself. Whoever has it can claim it."""


class DisputeStage(StrEnum):
    """Where a reader's objection at their bank stands."""

    INQUIRY = "inquiry"
    """A question of the bank; no money was taken."""
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """What the processor says about a dispute. `amount` is what it took (or asks about), `fee` its own charge for it.

    `fee_returned` says whether a won dispute gave the fee back too.
    """

    outcome: Outcome
    remote_id: str = ""
    charge_id: str = ""
    stage: DisputeStage = DisputeStage.INQUIRY
    amount: Money | None = None
    fee: Money | None = None
    fee_returned: bool = False


class PayoutStage(StrEnum):
    """Where a payout to the newsroom's bank stands."""

    SENT = "sent"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PayoutFact:
    """What the processor says about a payout."""

    outcome: Outcome
    remote_id: str = ""
    stage: PayoutStage = PayoutStage.SENT
    amount: Money | None = None


class LineKind(StrEnum):
    """What a line of the processor's own books is about. `source` names the object of that kind."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_RETURNED = "dispute_returned"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    FEE = "fee"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of the processor's own books.

    `amount_minor` is signed, before the fee; `amount_minor - fee_minor` is what the balance moved by. `cursor` is
    where reading goes on after this line.
    """

    cursor: str
    remote_id: str
    kind: LineKind
    amount_minor: int
    fee_minor: int
    currency: str
    source: str
    day: date


class ObjectKind(StrEnum):
    """What an event is about, so that it can be fetched."""

    INTENT = "intent"
    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class EventRef:
    """A hint that something happened to an object. What is true is fetched, never read from the hint.

    `event_id` is the processor's own, the same for each delivery of one event.
    """

    event_id: str
    kind: ObjectKind
    object_id: str


@dataclass(frozen=True, slots=True)
class ReturnUrls:
    """Where a processor's own page sends the reader back to."""

    done: str
    cancelled: str


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

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """All refunds of a charge, with their `reference`: how one whose answer was lost is found again."""
        ...

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """Saves a card for later renewals without charging it.

        `return_url` is where the bank's page sends the reader back to. Only one that `AsksBeforeSaving` answers
        `ACTION_REQUIRED`.
        """
        ...

    def look_up_method(self, method_id: str) -> MethodFact:
        """A saved card as it is now: `SUCCEEDED` with the card, `NOT_FOUND` when it is detached or gone."""
        ...

    def detach(self, method: Method) -> Outcome:
        """Forgets a saved card at the processor. Detaching twice is no error."""
        ...

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """For `APPROVAL` and `PUSH`: `prepare`, with the page to send the reader to (`action_url`) or `instructions`.

        Moves no money. `PUSH` answers what `look_up` would: `ACTION_REQUIRED` until the reader's money is seen.
        A processor of the flow `FIELDS` answers `REJECTED`.
        """
        ...

    def read_approval(self, remote_id: str) -> TokenView | None:
        """For `APPROVAL`: the payer's country once the reader has approved, else `None`. Must not capture."""
        ...

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """What is true about the remote object behind a charge, by the charge's id, with its metadata."""
        ...

    def find(self, reference: str) -> list[RemoteFact]:
        """All remote objects that carry our reference: how a lost id is found again. May lag behind."""
        ...

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """What is true about a dispute now."""
        ...

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """What is true about a payout now."""
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """The hints in a webhook, once its signature holds under any of the configured secrets.

        `headers` have lower-case names. Makes no call that changes anything. Raises `BadSignature`.
        """
        ...

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """Hints since `cursor` (empty at first) and the next cursor: the backstop when webhooks are lost."""
        ...

    def balance(self) -> Mapping[str, int]:
        """What the processor holds for us now, in minor units by currency, waiting amounts included."""
        ...

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """The processor's own books after the line with that cursor (empty: from the beginning), in order."""
        ...


@runtime_checkable
class SavesByApproval(Protocol):
    """A processor on whose page a reader can approve that another method of theirs is saved, without a payment.

    What `start_saving` names is then read by `read_approval` and given to `save_method`, as a card's token is.
    """

    def start_saving(self, key: str, urls: ReturnUrls) -> RemoteFact:
        """`EXECUTABLE` with the page in `action_url`, or why there is none. The same key gives the same again."""
        ...


@runtime_checkable
class AsksBeforeSaving(Protocol):
    """A processor at which a bank may want a card's holder before the card is saved."""

    def look_up_saving(self, remote_id: str) -> MethodFact:
        """What became of it: `SUCCEEDED` with the card, `ACTION_REQUIRED` as long as the bank waits, or why not."""
        ...

    def cancel_saving(self, remote_id: str, key: str) -> MethodFact:
        """Makes sure that nothing is saved by it any more; tells the truth when something was."""
        ...
