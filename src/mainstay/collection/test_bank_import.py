"""Statements against promises: what is booked by itself, what waits for a person, and what is never booked twice."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.ledger.post import UNAPPLIED, balance, income_code, processor_code
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.bank import adapter as bank_adapter
from mainstay.processors.bank.example_statement import IBAN, Entry, camt
from mainstay.processors.bank.lines import StatementLine
from mainstay.processors.bank.reference import creditor_reference

from . import bank_import
from .bank_models import BankLine, BankStatement
from .checkout import Draft, Step, check_again, progress_of
from .conftest import Story
from .elsewhere import ask_for_money
from .models import Difference, Dispute, Payment, Refund
from .reconcile import ask_for_check, reconcile
from .tidying import newsrooms_to_tidy, tidy

Line, Why = BankLine.State, BankLine.Why
FIVE = Money(500, "EUR")


@dataclass
class Counter:
    """The desk with one bank account."""

    story: Story
    account: ProcessorAccount

    def promise(self, frequency: str = "once", minor: int = 500) -> tuple[Contribution, str]:
        """A gift that somebody will send, and its reference."""
        newsroom = self.story.newsroom
        row = Contribution.objects.create(
            newsroom=newsroom,
            account=self.account,
            frequency=frequency,
            amount_minor=minor,
            currency="EUR",
            language="en",
            started_on=newsroom.today(self.story.now),
            code_hash=new_checkout_key(),
        )
        return row, creditor_reference(self.installment(row).reference)

    def installment(self, row: Contribution, number: int = 1) -> Installment:
        made, _new = Installment.objects.get_or_create(
            contribution=row,
            number=number,
            defaults={
                "due_date": row.started_on,
                "amount_minor": row.amount_minor,
                "currency": "EUR",
                "state": InstallmentState.DUE,
            },
        )
        return made

    def read(self, *entries: Entry, **changes: Any) -> BankStatement:
        return bank_import.read_statement(
            self.account, camt(*entries, **changes), actor="finance", now=self.story.now
        )

    def booked(self, *entries: Entry, left_out: tuple[BankLine, ...] = ()) -> list[BankLine]:
        statement = self.read(*entries)
        bank_import.confirm(statement, [line.pk for line in left_out], now=self.story.now)
        return list(statement.lines.order_by("day", "pk"))

    def held(self, code: str) -> int:
        return balance(self.story.newsroom, "EUR", code).minor

    @property
    def in_bank(self) -> int:
        return self.held(processor_code(self.account.pk))

    @property
    def waiting(self) -> int:
        return -self.held(UNAPPLIED)


@pytest.fixture
def counter(story: Story, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Counter:
    account = ProcessorAccount.objects.create(
        newsroom=story.newsroom,
        processor="bank",
        label="House bank",
        settings={"name": "Far Shore Press", "iban": IBAN},
    )
    monkeypatch.setattr(registry, "adapters", lambda: {"memory": story.processor, "bank": bank_adapter})
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f'{secrets.read_text(encoding="utf-8")}[accounts."{account.pk}"]\n', encoding="utf-8")
    registry.forget_adapters()
    return Counter(story, account)


def test_a_transfer_with_its_reference_is_the_gift(counter: Counter) -> None:
    row, reference = counter.promise("monthly")
    statement = counter.read(Entry(reference=reference))
    assert counter.in_bank == 0, "reading books nothing"
    assert bank_import.confirm(statement, [], now=counter.story.now) == 0
    row.refresh_from_db()
    payment = Payment.objects.get()
    assert (payment.contribution, payment.gross, payment.fee_minor) == (row, FIVE, 0)
    assert payment.matched_on is not None
    assert row.state == ContributionState.ACTIVE
    [line] = statement.lines.all()
    assert (line.state, line.text, line.reference) == (Line.PAID, "", "")
    assert (counter.in_bank, counter.held(income_code(""))) == (500, -500)


def test_a_checkout_by_transfer_is_paid_by_its_statement(counter: Counter) -> None:
    key, now = new_checkout_key(), counter.story.now
    draft = Draft(frequency="monthly", amount=FIVE, language="en", way=str(counter.account.pk))
    begun = ask_for_money(counter.story.newsroom, draft, key, "http://127.0.0.1/back", now)
    assert begun.step == Step.ACTION
    told = check_again(counter.story.newsroom, key, now).instructions
    counter.booked(Entry(text=f"gift {told['reference']}"))
    assert progress_of(counter.story.newsroom, key, now).step == Step.PAID


def test_a_batch_pays_each_of_its_gifts(counter: Counter) -> None:
    references = [counter.promise()[1] for _number in range(50)]
    batch = [Entry(text=f"gift {reference}") for reference in references]
    lines = counter.booked(Entry(amount="250.00", batch=batch))
    assert {line.state for line in lines} == {Line.PAID}
    assert (counter.in_bank, Payment.objects.count()) == (25_000, 50)


def test_the_same_file_and_the_same_line_count_once(counter: Counter) -> None:
    _row, reference = counter.promise()
    first = Entry(reference=reference, bank_ref="B1")
    unknown = Entry(amount="9.00", text="for you", bank_ref="B2")
    counter.booked(first, unknown)
    with pytest.raises(bank_import.AlreadyRead):
        counter.read(first, unknown)
    overlapping = counter.read(unknown, Entry(amount="1.00", bank_ref="B3", day="2026-02-01"))
    assert (overlapping.known_lines, overlapping.lines.count()) == (1, 1)
    bank_import.confirm(overlapping, [], now=counter.story.now)
    bank_import.confirm(overlapping, [], now=counter.story.now)
    assert (counter.in_bank, counter.waiting) == (1500, 1000)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, Why.NO_REFERENCE),
        ({"reference": "RF00AAAABBBBCCCC"}, Why.BROKEN),
        ({"reference": creditor_reference("nobody:1")}, Why.NOT_OURS),
        ({"reference": "ours", "amount": "6.00"}, Why.AMOUNT),
        ({"reference": "ours", "payer": "RU0204452560040702810412345678901"}, Why.COUNTRY),
    ],
)
def test_doubtful_money_waits(counter: Counter, change: dict[str, str], why: str) -> None:
    row, reference = counter.promise()
    if change.get("reference") == "ours":
        change = {**change, "reference": reference}
    [line] = counter.booked(Entry(**change))
    assert (line.state, line.why) == (Line.WAITING, why)
    assert counter.waiting == counter.in_bank == line.amount_minor
    assert not Payment.objects.exists()
    assert counter.installment(row).state == InstallmentState.DUE


def test_foreign_currency_and_what_goes_out_stay_out_of_the_books(counter: Counter) -> None:
    lines = counter.booked(
        Entry(currency="CHF"),
        Entry(currency="USD"),
        Entry(debit=True),
        Entry(code="AC04"),
        Entry(amount="0.00"),
    )
    assert {line.state for line in lines} == {Line.LEFT_OUT}
    assert len(lines) == 4
    assert counter.in_bank == 0


def test_a_person_may_leave_a_line_out(counter: Counter) -> None:
    statement = counter.read(Entry(text="rent for the cellar", amount="300.00"), Entry(text="for you"))
    rent = statement.lines.get(amount_minor=30_000)
    bank_import.confirm(statement, [rent.pk], now=counter.story.now)
    rent.refresh_from_db()
    assert (rent.state, rent.text) == (Line.LEFT_OUT, "")
    assert counter.waiting == 500


def test_a_certain_line_cannot_be_left_out(counter: Counter) -> None:
    _row, reference = counter.promise()
    statement = counter.read(Entry(reference=reference))
    bank_import.confirm(statement, [statement.lines.get().pk], now=counter.story.now)
    assert Payment.objects.count() == 1


def test_a_standing_order_pays_what_is_due_now(counter: Counter) -> None:
    row, reference = counter.promise("monthly")
    counter.booked(Entry(reference=reference, bank_ref="B1"))
    second = counter.installment(row, 2)
    [line] = counter.booked(Entry(reference=reference, bank_ref="B2", day="2026-02-28"))
    assert (line.state, line.installment) == (Line.PAID, second)
    [early] = counter.booked(Entry(reference=reference, bank_ref="B3", day="2026-03-01"))
    assert (early.state, early.why) == (Line.WAITING, Why.PAID_BEFORE)


def test_two_readers_with_one_reference(counter: Counter) -> None:
    _row, reference = counter.promise()
    lines = counter.booked(Entry(reference=reference), Entry(reference=reference))
    assert sorted(line.state for line in lines) == [Line.PAID, Line.WAITING]
    assert (counter.in_bank, counter.waiting, Payment.objects.count()) == (1000, 500, 1)


def test_a_gift_that_was_given_up_is_paid_by_money_that_comes_late(counter: Counter) -> None:
    row, reference = counter.promise()
    installment = counter.installment(row)
    Installment.objects.filter(pk=installment.pk).update(state=InstallmentState.SKIPPED)
    counter.story.clock.moment += timedelta(days=60)
    [line] = counter.booked(Entry(reference=reference))
    assert line.state == Line.PAID


def test_a_gift_in_other_hands_is_booked_by_confirming_again(counter: Counter) -> None:
    _row, reference = counter.promise()
    soon = counter.story.now + timedelta(minutes=2)
    Installment.objects.update(claim_token="another", claim_until=soon)
    statement = counter.read(Entry(reference=reference))
    assert bank_import.confirm(statement, [], now=counter.story.now) == 1
    statement.refresh_from_db()
    assert (statement.confirmed, counter.in_bank) == (False, 0)
    counter.story.clock.moment += timedelta(hours=1)
    assert bank_import.confirm(statement, [], now=counter.story.now) == 0
    assert counter.in_bank == 500


def test_a_person_says_what_waiting_money_was_for(counter: Counter) -> None:
    row, reference = counter.promise(minor=700)
    [line] = counter.booked(Entry(text="I forgot the reference"))
    with pytest.raises(bank_import.NotThisLine):
        bank_import.belongs_to(line, creditor_reference("nobody:1"), counter.story.now)
    bank_import.belongs_to(line, f"{reference[:4]} {reference[4:]}", counter.story.now)
    payment = Payment.objects.get()
    assert (payment.contribution, payment.gross) == (row, FIVE)
    assert (counter.in_bank, counter.waiting) == (500, 0)
    with pytest.raises(bank_import.NotThisLine):
        bank_import.belongs_to(line, reference, counter.story.now)


def test_waiting_money_is_a_gift_or_is_taken_out(counter: Counter) -> None:
    gift, stray = counter.booked(Entry(text="for you", bank_ref="B1"), Entry(text="sorry", bank_ref="B2"))
    bank_import.is_a_gift(gift, counter.story.now)
    bank_import.take_out(stray, counter.story.now)
    assert (counter.in_bank, counter.waiting, counter.held(income_code(""))) == (500, 0, -500)
    for done in (gift, stray):
        with pytest.raises(bank_import.NotThisLine):
            bank_import.take_out(done, counter.story.now)


def test_money_sent_back_is_a_refund_and_may_come_back(counter: Counter) -> None:
    _row, reference = counter.promise()
    counter.booked(Entry(reference=reference))
    [sent] = counter.booked(Entry(reference=reference, amount="2.00", debit=True))
    payment = Payment.objects.get()
    assert (sent.state, payment.refunded_minor, counter.in_bank) == (Line.BACK, 200, 300)
    [came] = counter.booked(Entry(reference=reference, amount="2.00", code="AC04"))
    payment.refresh_from_db()
    assert (came.state, payment.refunded_minor, counter.in_bank) == (Line.BACK, 0, 500)
    assert Refund.objects.get().why_failed == "AC04"
    [much] = counter.booked(Entry(reference=reference, amount="9.00", debit=True))
    assert much.state == Line.LEFT_OUT


def test_a_payment_that_its_bank_takes_back_is_lost(counter: Counter) -> None:
    row, reference = counter.promise("monthly")
    counter.booked(Entry(reference=reference))
    [line] = counter.booked(Entry(reference=reference, debit=True, code="MD06"))
    assert (line.state, counter.in_bank, Dispute.objects.get().stage) == (Line.BACK, 0, "lost")
    row.refresh_from_db()
    assert row.state == ContributionState.CANCELLED


def test_a_file_can_be_forgotten_until_it_is_confirmed(counter: Counter) -> None:
    statement = counter.read(Entry(text="for you"))
    bank_import.discard(statement)
    again = counter.read(Entry(text="for you"))
    bank_import.confirm(again, [], now=counter.story.now)
    with pytest.raises(bank_import.NotThisLine):
        bank_import.discard(again)


def test_no_payer_is_kept(counter: Counter) -> None:
    counter.booked(Entry(text="for you", payer="FR7630006000011234567890189"))
    kept = str(list(BankLine.objects.values())) + str(list(BankStatement.objects.values()))
    assert "A Reader" not in kept
    assert "FR76" not in kept
    assert "3000600001" not in kept


def test_a_bank_account_is_compared_without_books(counter: Counter) -> None:

    _row, reference = counter.promise()
    counter.booked(Entry(reference=reference))
    ask_for_check(counter.account, counter.story.now)
    counter.story.clock.moment += timedelta(days=5)
    reconcile(counter.account.pk, counter.story.ring, counter.story.now)
    assert counter.account.check_row.problem == ""
    assert not Difference.objects.filter(account=counter.account).exists()


def test_old_lines_name_nobody_and_unconfirmed_files_go(counter: Counter) -> None:
    _row, reference = counter.promise()
    [line] = counter.booked(Entry(reference=reference))
    left = counter.read(Entry(text="for you"))
    for days, linked, there in ((30, True, True), (10, True, False), (400, False, False)):
        counter.story.clock.moment += timedelta(days=days)
        for newsroom_id in newsrooms_to_tidy(counter.story.now, 10):
            tidy(newsroom_id, counter.story.now)
        line.refresh_from_db()
        assert (line.installment is not None) == linked
        assert BankStatement.objects.filter(pk=left.pk).exists() == there
    assert newsrooms_to_tidy(counter.story.now, 10) == []


def test_what_a_payer_wrote_can_not_be_tried_on_old_lines(counter: Counter) -> None:
    """Day and amount stand beside a fingerprint: with a list of names the text behind it would be found."""
    named = [Entry(text=f"for you, from {name}", day="2026-01-30") for name in ("Ada", "Ben")]
    counter.booked(*named)
    for line in BankLine.objects.filter(state=Line.WAITING):
        bank_import.is_a_gift(line, counter.story.now)
    assert BankLine.objects.exclude(fingerprint="").count() == 2
    counter.story.clock.moment += timedelta(days=37)
    for newsroom_id in newsrooms_to_tidy(counter.story.now, 10):
        tidy(newsroom_id, counter.story.now)
    assert set(BankLine.objects.values_list("fingerprint", "text")) == {("", "")}
    assert set(BankStatement.objects.values_list("content_hash", flat=True)) == {""}
    assert newsrooms_to_tidy(counter.story.now, 10) == []


def test_old_lines_are_counted_and_never_booked_again(counter: Counter) -> None:
    told = [Entry(text="for you", day="2026-01-30", bank_ref=f"B{number}") for number in range(2)]
    counter.booked(*told)
    counter.story.clock.moment += timedelta(days=37)
    for line in BankLine.objects.filter(state=Line.WAITING):
        bank_import.is_a_gift(line, counter.story.now)
    for newsroom_id in newsrooms_to_tidy(counter.story.now, 10):
        tidy(newsroom_id, counter.story.now)
    assert not counter.read(*told).lines.exists()
    more = [Entry(text="for you", day="2026-01-30", bank_ref="B3"), Entry(amount="6.00", day="2026-01-30")]
    statement = counter.read(*told, *more)
    assert (statement.known_lines, statement.lines.count()) == (2, 2)
    assert sorted(statement.lines.values_list("amount_minor", flat=True)) == [500, 600]


def test_two_who_read_the_same_file_at_once(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = bank_import._parsed

    def slowly(account: ProcessorAccount, content: bytes) -> list[StatementLine]:
        monkeypatch.undo()
        counter.read(Entry(text="for you"))
        return parse(account, content)

    monkeypatch.setattr(bank_import, "_parsed", slowly)
    with pytest.raises(bank_import.BadStatement, match="just now"):
        counter.read(Entry(text="for you"))
    assert BankLine.objects.count() == 1
