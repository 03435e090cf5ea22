"""Refunds asked for, answered and made elsewhere in any order: never more than the payment, and the books follow."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mainstay.contributions.port import Outcome, RefundFact
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .models import Payment, Refund
from .refunds import RefundTooLarge, apply_refund, request_refund

GROSS = 1000
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBERS = count()
ANSWERS = (Outcome.SUCCEEDED, Outcome.PENDING, Outcome.REJECTED, Outcome.UNKNOWN)


class Refunds(RuleBasedStateMachine):
    """One payment. `asked` has what we asked for by its key, `done` what the processor gave back by its own id."""

    def __init__(self, account: ProcessorAccount) -> None:
        super().__init__()
        self.number = next(NUMBERS)
        self.account = account
        self.charge_id = f"ch_{self.number}"
        self.payment = Payment.objects.create(
            newsroom=account.newsroom,
            account=account,
            remote_hash=remote_hash(self.charge_id),
            remote_sealed=b"sealed",
            gross_minor=GROSS,
            currency="USD",
            frequency="once",
            day=date(2026, 3, 1),
        )
        self.asked: dict[str, Refund] = {}
        self.open: list[Refund] = []
        self.done: list[tuple[str, int]] = []

    @rule(minor=st.integers(1, 700), token=st.sampled_from("abcdef"))
    def ask(self, minor: int, token: str) -> None:
        known = self.asked.get(token)
        left = GROSS - sum(row.amount_minor for row in self.counting())
        if known is None and minor > left:
            with pytest.raises(RefundTooLarge):
                self.request(minor, token)
            return
        row = self.request(minor, token)
        assert known is None or row.pk == known.pk
        if known is None:
            self.asked[token] = row
            self.open.append(row)

    def request(self, minor: int, token: str) -> Refund:
        return request_refund(
            self.payment, Money(minor, "USD"), request_token=token, reason="", actor="finance", now=NOW
        )

    def counting(self) -> list[Refund]:
        return list(Refund.objects.filter(payment=self.payment).exclude(state="failed"))

    @precondition(lambda self: self.open)
    @rule(which=st.randoms(use_true_random=False), outcome=st.sampled_from(ANSWERS), times=st.integers(1, 3))
    def the_processor_answers(self, which, outcome: Outcome, times: int) -> None:
        """Told once or more often. The processor itself never gives back more than it has."""
        row = which.choice(self.open)
        given = sum(minor for _id, minor in self.done)
        if outcome == Outcome.SUCCEEDED and given + row.amount_minor > GROSS:
            outcome = Outcome.REJECTED
        fact = RefundFact(
            outcome,
            f"re_{row.pk}",
            row.amount,
            charge_id=self.charge_id,
            reference=row.key,
            why="asked too late",
        )
        for _time in range(times):
            apply_refund(self.account, fact, NOW)
        if outcome == Outcome.SUCCEEDED:
            self.done.append((f"re_{row.pk}", row.amount_minor))
        if outcome in (Outcome.SUCCEEDED, Outcome.REJECTED):
            self.open.remove(row)

    @precondition(lambda self: sum(minor for _id, minor in self.done) < GROSS)
    @rule(part=st.integers(1, 3))
    def somebody_gives_back_at_the_processor(self, part: int) -> None:
        left = GROSS - sum(minor for _id, minor in self.done)
        minor, remote_id = max(1, left // part), f"re_there_{next(NUMBERS)}"
        fact = RefundFact(Outcome.SUCCEEDED, remote_id, Money(minor, "USD"), charge_id=self.charge_id)
        apply_refund(self.account, fact, NOW)
        self.done.append((remote_id, minor))

    @precondition(lambda self: self.done)
    @rule()
    def the_reader_s_bank_sends_it_back(self) -> None:
        remote_id, minor = self.done.pop()
        fact = RefundFact(
            Outcome.REJECTED, remote_id, Money(minor, "USD"), charge_id=self.charge_id, why="account_closed"
        )
        apply_refund(self.account, fact, NOW)

    @invariant()
    def payment_and_books_say_what_the_processor_gave(self) -> None:
        self.payment.refresh_from_db()
        given = sum(minor for _id, minor in self.done)
        assert self.payment.refunded_minor == given <= GROSS
        hashes = [row.remote_hash for row in Refund.objects.filter(payment=self.payment) if row.remote_hash]
        booked = dict.fromkeys(f"refund:{one}" for one in hashes)
        back = Transfer.objects.filter(reference__in=booked).values_list("amount_minor", flat=True)
        failed = Transfer.objects.filter(reference__in=[f"refund_failed:{one}" for one in hashes])
        assert sum(back) - sum(failed.values_list("amount_minor", flat=True)) == given


def test_refunds_never_pass_the_payment(newsroom: Newsroom) -> None:
    account = ProcessorAccount.objects.create(newsroom=newsroom, processor="sandbox", label="Practice")
    how = settings(
        max_examples=15, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(lambda: Refunds(account), settings=how)
