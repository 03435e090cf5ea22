"""A processor in memory, for this room's tests: the whole port, with every outcome at a test's word.

It keeps the promises that the port makes: one success for each object, a key that repeats its answer, refunds within
the charge. `before` and `after` are called around every call with its name, so that a test can act between two steps.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    BalanceLine,
    Capabilities,
    CardPage,
    DisputeFact,
    DisputeStage,
    EventRef,
    Method,
    MethodFact,
    ObjectKind,
    Order,
    Outcome,
    PayoutFact,
    RefundFact,
    RemoteFact,
    ReturnUrls,
    Source,
    TokenView,
)
from mainstay.core.money import Money

FEE_MINOR = 45


def _nothing(call: str) -> None:
    """Between two steps nothing happens, unless a test says so."""


@dataclass
class Memory:
    """One account. `answers` scripts what the bank says to each execution, oldest first; then it approves."""

    capabilities = Capabilities(
        name="Memory",
        recurring=True,
        partial_refund=True,
        country_before_money=True,
        currencies=("USD", "EUR", "JPY", "KWD"),
        key_life_hours=24,
    )
    country: str | None = "US"
    expires: str = "2040-12"
    fee_minor: int | None = FEE_MINOR
    answers: list[Outcome] = field(default_factory=list)
    lost_answers: set[str] = field(default_factory=set)
    objects: dict[str, RemoteFact] = field(default_factory=dict)
    refunds: dict[str, RefundFact] = field(default_factory=dict)
    disputes: dict[str, DisputeFact] = field(default_factory=dict)
    methods: dict[str, MethodFact] = field(default_factory=dict)
    savings: dict[str, MethodFact] = field(default_factory=dict)
    asks_to_save: bool = False
    detached: list[str] = field(default_factory=list)
    events: list[EventRef] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refund_outcome: Outcome = Outcome.SUCCEEDED
    refuse: Exception | None = None
    before: Callable[[str], None] = _nothing
    after: Callable[[str], None] = _nothing
    keys: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def make(self, config: AccountConfig) -> "Memory":
        """What the registry calls: the same account for all."""
        return self

    def charges(self) -> list[RemoteFact]:
        """All charges that were ever made, as the processor's own books have them."""
        return [fact for fact in self.objects.values() if fact.charge_id]

    def tell(self, kind: ObjectKind, object_id: str) -> EventRef:
        """Says that something happened to an object."""
        event = EventRef(f"ev{next(self.numbers)}", kind, object_id)
        self.events.append(event)
        return event

    def settle(self, remote_id: str, outcome: Outcome = Outcome.SUCCEEDED) -> RemoteFact:
        """The bank makes up its mind about an object."""
        assert not self.objects[remote_id].charge_id, "one success for each object"
        self.objects[remote_id] = self._answered(self.objects[remote_id], outcome)
        return self.objects[remote_id]

    def _called(self, name: str) -> None:
        self.before(name)
        self.calls.append(name)
        if self.refuse is not None:
            raise self.refuse

    def _answered(self, fact: RemoteFact, outcome: Outcome) -> RemoteFact:
        if outcome != Outcome.SUCCEEDED:
            code = "insufficient_funds" if outcome == Outcome.DECLINED_SOFT else ""
            return replace(fact, outcome=outcome, decline_code=code)
        assert fact.amount is not None
        fee = None if self.fee_minor is None else Money(self.fee_minor, fact.amount.currency)
        return replace(
            fact,
            outcome=outcome,
            charge_id=f"ch{next(self.numbers)}",
            fee=fee,
            decline_code="",
            method=Method("cus1", f"pm{next(self.numbers)}", self.country, self.expires),
        )

    def card_page(self) -> CardPage:
        return CardPage("http://127.0.0.1/card.js", "http://127.0.0.1", "pk")

    def read_token(self, token: str) -> TokenView | None:
        return TokenView(country=self.country, kind="card")

    def prepare(self, order: Order, key: str) -> RemoteFact:
        self._called("prepare")
        remote_id = self.keys.setdefault(key, f"in{next(self.numbers)}")
        made = RemoteFact(
            Outcome.EXECUTABLE,
            remote_id=remote_id,
            amount=order.amount,
            reference=order.reference,
            metadata=dict(order.metadata),
        )
        fact = self.objects.setdefault(remote_id, made)
        self.after("prepare")
        return RemoteFact(Outcome.UNKNOWN) if "prepare" in self.lost_answers else fact

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        self._called("execute")
        fact = self.objects[remote_id]
        if key not in self.keys and not fact.charge_id and fact.outcome != Outcome.CANCELLED:
            outcome = self.answers.pop(0) if self.answers else Outcome.SUCCEEDED
            if outcome == Outcome.NOT_EXECUTED:
                return RemoteFact(outcome, remote_id=remote_id)
            self.keys[key] = remote_id
            fact = self.objects[remote_id] = self._answered(fact, outcome)
        self.after("execute")
        return RemoteFact(Outcome.UNKNOWN) if "execute" in self.lost_answers else fact

    def look_up(self, remote_id: str) -> RemoteFact:
        self._called("look_up")
        return self.objects.get(remote_id, RemoteFact(Outcome.NOT_FOUND, remote_id=remote_id))

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        self._called("cancel")
        if not self.objects[remote_id].charge_id:
            self.objects[remote_id] = replace(self.objects[remote_id], outcome=Outcome.CANCELLED)
        return self.objects[remote_id]

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        self._called("refund")
        given = sum(fact.amount.minor for fact in self.find_refunds(charge_id) if fact.amount)
        gross = next(fact.amount for fact in self.charges() if fact.charge_id == charge_id)
        if key not in self.keys:
            if gross is None or given + amount.minor > gross.minor:
                return RefundFact(Outcome.REJECTED, why="refund_exceeds_charge")
            self.keys[key] = self.give_back(charge_id, amount, self.refund_outcome, key).remote_id
        self.after("refund")
        return RefundFact(Outcome.UNKNOWN) if "refund" in self.lost_answers else self.refunds[self.keys[key]]

    def give_back(
        self, charge_id: str, amount: Money, outcome: Outcome = Outcome.SUCCEEDED, reference: str = ""
    ) -> RefundFact:
        """A refund, as the processor's own dashboard makes it when it has no reference."""
        fact = RefundFact(
            outcome, f"re{next(self.numbers)}", amount, charge_id=charge_id, reference=reference
        )
        self.refunds[fact.remote_id] = fact
        return fact

    def look_up_refund(self, refund_id: str) -> RefundFact:
        self._called("look_up_refund")
        return self.refunds.get(refund_id, RefundFact(Outcome.NOT_FOUND))

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        return [fact for fact in self.refunds.values() if fact.charge_id == charge_id]

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        self._called("save_method")
        if not self.asks_to_save:
            return MethodFact(Outcome.SUCCEEDED, Method("cus1", "pmnew", self.country, self.expires))
        name = f"set{next(self.numbers)}"
        self.savings[name] = MethodFact(
            Outcome.ACTION_REQUIRED, remote_id=name, action_url="https://bank.example/"
        )
        return self.savings[name]

    def agree(self, outcome: Outcome = Outcome.SUCCEEDED) -> str:
        """The bank's word on the last card that was to be saved. Returns the card's id."""
        name, method = list(self.savings)[-1], f"pm{next(self.numbers)}"
        saved = Method("cus1", method, self.country, self.expires) if outcome == Outcome.SUCCEEDED else None
        self.savings[name] = MethodFact(outcome, saved)
        return method

    def look_up_saving(self, remote_id: str) -> MethodFact:
        self._called("look_up_saving")
        return self.savings.get(remote_id, MethodFact(Outcome.NOT_FOUND))

    def cancel_saving(self, remote_id: str, key: str) -> MethodFact:
        self._called("cancel_saving")
        if self.savings[remote_id].outcome == Outcome.ACTION_REQUIRED:
            self.savings[remote_id] = MethodFact(Outcome.CANCELLED)
        return self.savings[remote_id]

    def look_up_method(self, method_id: str) -> MethodFact:
        self._called("look_up_method")
        return self.methods.get(method_id, MethodFact(Outcome.NOT_FOUND))

    def detach(self, method: Method) -> Outcome:
        self.detached.append(method.method)
        return Outcome.SUCCEEDED

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        return RemoteFact(Outcome.REJECTED)

    def read_approval(self, remote_id: str) -> TokenView | None:
        return None

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        self._called("look_up_charge")
        found = (fact for fact in self.charges() if fact.charge_id == charge_id)
        return next(found, RemoteFact(Outcome.NOT_FOUND))

    def find(self, reference: str) -> list[RemoteFact]:
        return [fact for fact in self.objects.values() if fact.reference == reference]

    def dispute(self, stage: DisputeStage, dispute_id: str = "dp1", **changes: Any) -> EventRef:
        """The reader's bank says something about the last charge."""
        last = self.charges()[-1]
        fact = DisputeFact(Outcome.SUCCEEDED, dispute_id, last.charge_id, stage, last.amount)
        self.disputes[dispute_id] = replace(self.disputes.get(dispute_id, fact), stage=stage, **changes)
        return self.tell(ObjectKind.DISPUTE, dispute_id)

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        self._called("look_up_dispute")
        return self.disputes.get(dispute_id, DisputeFact(Outcome.NOT_FOUND))

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        return PayoutFact(Outcome.NOT_FOUND)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        if headers.get("signature") != "true":
            raise BadSignature("The signature does not hold.")
        kind, object_id = body.decode().split()
        return [EventRef(f"ev-{object_id}", ObjectKind(kind), object_id)]

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        self._called("poll")
        begin = int(cursor or 0)
        return self.events[begin:], str(len(self.events))

    def balance(self) -> Mapping[str, int]:
        return {}

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        return iter(())
