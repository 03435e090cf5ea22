"""Direct debits from the mandate to the bank's statement, and what is never kept, taken twice or taken after a stop."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from mainstay.contributions.actions import pause, stop
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.states import AttemptState, ContributionState, InstallmentState
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.ledger.post import CHARGEBACKS, balance, fees_code, processor_code
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import CountryRule, ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.bank import adapter as bank_adapter
from mainstay.processors.bank.example_statement import IBAN, Entry, camt
from mainstay.processors.debit import adapter as debit_adapter
from mainstay.processors.debit.holder import Holder

from . import bank_import, debit_files
from .bank_models import BankLine
from .checkout import Draft, Progress, Step, check_again
from .conftest import Story
from .debit_files import NotThisFile
from .debit_lines import NotThisDebit, refused
from .debit_models import Debit, DebitFile, Mandate
from .debit_signing import sign
from .models import Dispute, Payment, Refund
from .sealed import seal_mail

READER = "FR7630006000011234567890189"
BELARUS = "BY13NBRB3600900000002Z00AB00"
Line, Why = BankLine.State, BankLine.Why


@dataclass
class Till:
    """A newsroom that collects debits, with its people key unlocked."""

    story: Story
    account: ProcessorAccount
    bank: ProcessorAccount
    people_key: bytes

    def sign(self, iban: str = READER, key: str = "", **changes: Any) -> tuple[str, Progress]:
        key = key or new_checkout_key()
        fields = {"frequency": "monthly", "amount": Money(500, "EUR"), "language": "en"} | changes
        draft = Draft(**fields, way=str(self.account.pk))
        return key, sign(self.story.newsroom, draft, key, Holder("Ada Reader", iban), self.story.now)

    def promise(self, **changes: Any) -> Contribution:
        progress = self.sign(**changes)[1]
        assert progress.step == Step.PENDING
        assert progress.contribution is not None
        return progress.contribution

    def file(self) -> DebitFile:
        return debit_files.make_file(self.account, actor="finance", now=self.story.now)

    def content(self, file: DebitFile) -> bytes:
        file.refresh_from_db()
        return debit_files.file_content(file, self.people_key, self.story.now)

    def send(self) -> Debit:
        file = self.file()
        self.content(file)
        debit_files.mark_sent(file)
        debit = file.debits.order_by("pk").last()
        assert debit is not None
        return debit

    def book(self, *entries: Entry) -> list[BankLine]:
        statement = bank_import.read_statement(self.bank, camt(*entries), actor="finance", now=self.story.now)
        bank_import.confirm(statement, [], now=self.story.now)
        return list(statement.lines.order_by("day", "outgoing", "pk"))

    def collected(self) -> Debit:
        debit = self.send()
        self.book(Entry(end_to_end=debit.reference, bank_ref="in"))
        return debit

    def held(self, code: str) -> int:
        return balance(self.story.newsroom, "EUR", code).minor

    @property
    def in_bank(self) -> int:
        return self.held(processor_code(self.account.pk))


@pytest.fixture
def till(story: Story, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Till:
    settings_of = {"name": "Far Shore Press", "iban": IBAN}
    bank, debit = (
        ProcessorAccount.objects.create(
            newsroom=story.newsroom, processor=name, label=name, settings=settings_of | more
        )
        for name, more in (("bank", {}), ("debit", {"creditor_id": "DE98ZZZ09999999999"}))
    )
    found = {"memory": story.processor, "bank": bank_adapter, "debit": debit_adapter}
    monkeypatch.setattr(registry, "adapters", lambda: found)
    secrets = tmp_path / "secrets.toml"
    sections = "".join(f'[accounts."{row.pk}"]\n' for row in (bank, debit))
    secrets.write_text(secrets.read_text(encoding="utf-8") + sections, encoding="utf-8")
    registry.forget_adapters()
    people_key = story.ring.people_key(story.newsroom.slug)
    assert people_key is not None
    return Till(story, debit, bank, people_key)


def outcome(row: Contribution) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.installments.order_by("-number").first().state  # type: ignore[union-attr]


def test_a_monthly_gift_from_the_mandate_to_the_second_month(till: Till) -> None:
    row = till.promise()
    assert outcome(row) == (ContributionState.PENDING, InstallmentState.PENDING)
    first = till.send()
    assert (first.sequence, till.in_bank) == ("FRST", 0)
    till.book(Entry(end_to_end=first.reference))
    assert outcome(row) == (ContributionState.ACTIVE, InstallmentState.PAID)
    assert till.in_bank == 500
    assert Payment.objects.get().account == till.account
    till.story.days(31)
    assert outcome(row) == (ContributionState.ACTIVE, InstallmentState.PENDING)
    second = till.send()
    assert (second.sequence, second.mandate) == ("RCUR", first.mandate)
    assert second.reference != first.reference
    till.book(Entry(end_to_end=second.reference, day="2026-03-05"))
    assert till.in_bank == 1000


def test_once_is_one_debit_and_its_mandate_goes_after_13_months(till: Till) -> None:
    row = till.promise(frequency="once")
    assert till.collected().sequence == "OOFF"
    assert outcome(row) == (ContributionState.COMPLETED, InstallmentState.PAID)
    till.story.days(1)
    assert Mandate.objects.exists(), "a bank may ask for it"
    till.story.later(days=400)
    assert not Mandate.objects.exists()
    assert not Debit.objects.exists()
    row.refresh_from_db()
    assert row.method_sealed is None


def test_name_and_number_are_nowhere_in_clear(till: Till, django_db_blocker: Any) -> None:
    till.promise()
    file = till.file()
    assert READER.encode() in till.content(file)
    for model in (Mandate, Debit, DebitFile, Contribution, Attempt):
        for values in model._default_manager.values():
            assert READER not in str(values)
            assert "Ada" not in str(values)
    assert READER.encode() not in bytes(Mandate.objects.get().holder_sealed)


def test_a_refused_country_keeps_nothing(till: Till) -> None:
    CountryRule.objects.create(newsroom=till.story.newsroom, country="BY", state="refuse")
    CountryRule.objects.create(newsroom=till.story.newsroom, country="FR", state="refuse")
    for iban in (BELARUS, READER):
        assert till.sign(iban)[1].step == Step.REFUSED
    assert not Contribution.objects.exists()
    assert not Mandate.objects.exists()


def test_a_warned_country_keeps_nothing_until_it_was_understood(till: Till) -> None:
    CountryRule.objects.create(newsroom=till.story.newsroom, country="FR", state="warn")
    key, progress = till.sign()
    assert (progress.step, progress.country) == (Step.WARNED, "FR")
    assert not Contribution.objects.exists()
    _key, progress = till.sign(key=key, warned="FR")
    assert progress.step == Step.PENDING
    assert Contribution.objects.get().last_due_date is not None


def test_an_account_that_cannot_be_reached_keeps_nothing(till: Till) -> None:
    assert till.sign("GB33BUKB20201555555555")[1].step == Step.BAD_TOKEN
    assert not Contribution.objects.exists()


def test_signing_twice_is_one_promise(till: Till) -> None:
    key, _progress = till.sign()
    assert till.sign(key=key)[1].step == Step.PENDING
    assert Contribution.objects.count() == Mandate.objects.count() == Attempt.objects.count() == 1
    assert check_again(till.story.newsroom, key, till.story.now).step == Step.PENDING


def test_a_stop_counts_until_the_debit_is_in_a_file(till: Till) -> None:
    row = till.promise()
    stop(row, why="reader", actor="reader", day=row.started_on)
    with pytest.raises(NotThisFile):
        till.file()
    till.story.work()
    assert outcome(row) == (ContributionState.CANCELLED, InstallmentState.SKIPPED)
    till.story.days(1)
    assert not Mandate.objects.exists(), "nothing was ever collected with it"


def test_a_pause_takes_back_what_is_in_no_file(till: Till) -> None:
    row = till.promise()
    till.collected()
    till.story.days(31)
    row.refresh_from_db()
    pause(row, 1, actor="reader", day=till.story.newsroom.today(till.story.now))
    till.story.work()
    assert outcome(row) == (ContributionState.PAUSED, InstallmentState.SKIPPED)


def test_a_stop_after_the_file_was_made_leaves_the_debit_to_its_outcome(till: Till) -> None:
    row = till.promise()
    debit = till.send()
    stop(row, why="reader", actor="reader", day=row.started_on)
    till.story.days(2)
    assert outcome(row) == (ContributionState.CANCELLED, InstallmentState.PENDING)
    [line] = till.book(Entry(end_to_end=debit.reference))
    assert (line.state, outcome(row)[1]) == (Line.PAID, InstallmentState.PAID)


def test_no_debit_is_in_two_files(till: Till) -> None:
    till.promise()
    first = till.file()
    with pytest.raises(NotThisFile):
        till.file()
    till.promise()
    assert till.file().debits.get() != first.debits.get()


def test_of_one_promise_the_newest_debit_alone_is_taken(till: Till) -> None:
    row = till.promise()
    till.collected()
    till.story.days(62)
    assert row.installments.filter(state=InstallmentState.PENDING).count() == 2
    debit = till.send()
    assert debit.file.debits.count() == 1
    assert debit.attempt.installment.number == 3
    assert row.installments.get(number=2).state == InstallmentState.SKIPPED


def test_a_file_is_made_again_with_the_same_bytes(till: Till) -> None:
    till.promise()
    till.promise()
    file = till.file()
    before = till.content(file)
    till.story.clock.moment += timedelta(days=3)
    assert till.content(file) == before
    root = fromstring(before)
    assert len(list(root.iter("{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}EndToEndId"))) == 2


def test_a_file_that_would_be_another_one_is_refused(till: Till) -> None:
    till.promise()
    file = till.file()
    till.content(file)
    till.account.settings = {**till.account.settings, "name": "Another Owner"}
    till.account.save()
    with pytest.raises(NotThisFile):
        till.content(DebitFile.objects.get())


def test_a_sent_file_is_not_given_out_again(till: Till) -> None:
    till.promise()
    file = till.file()
    with pytest.raises(NotThisFile):
        debit_files.mark_sent(file)
    till.content(file)
    debit_files.mark_sent(file)
    for again in (lambda: till.content(file), lambda: debit_files.mark_sent(file)):
        with pytest.raises(NotThisFile):
            again()


def test_a_withdrawn_file_gives_its_debits_to_the_next_under_the_same_names(till: Till) -> None:
    row = till.promise()
    before = till.send()
    debit_files.withdraw(before.file)
    assert outcome(row)[1] == InstallmentState.PENDING
    after = till.send()
    assert (after.reference, after.file == before.file) == (before.reference, False)
    till.book(Entry(end_to_end=after.reference))
    with pytest.raises(NotThisFile):
        debit_files.withdraw(after.file)


def test_a_country_that_came_to_be_refused_falls_out_of_the_file(till: Till) -> None:
    row = till.promise()
    till.promise(iban=IBAN)
    file = till.file()
    CountryRule.objects.create(newsroom=till.story.newsroom, country="FR", state="refuse")
    content = till.content(file)
    assert READER.encode() not in content
    assert outcome(row) == (ContributionState.CANCELLED, InstallmentState.SKIPPED)
    assert till.content(file) == content


def test_a_stop_counts_until_the_file_is_written(till: Till) -> None:
    row = till.promise()
    other = till.promise(iban=IBAN)
    file = till.file()
    stop(row, why="reader", actor="reader", day=row.started_on)
    assert READER.encode() not in till.content(file)
    assert outcome(row)[1] == InstallmentState.SKIPPED
    assert outcome(other)[1] == InstallmentState.PENDING


def test_a_stopped_till_makes_no_file(till: Till) -> None:
    till.promise()
    till.account.newsroom.renewals_stopped_reason = "an audit"
    with pytest.raises(NotThisFile):
        till.file()


def test_what_the_bank_had_taken_all_the_same_is_not_collected_again(till: Till) -> None:
    till.promise()
    other = till.promise(iban=IBAN)
    before = till.send().file
    reference = before.debits.get(mandate__contribution=other).reference
    debit_files.withdraw(before)
    file = till.file()
    till.book(Entry(end_to_end=reference))
    content = till.content(file)
    assert READER.encode() in content
    assert reference.encode() not in content


def test_a_file_that_changed_can_be_withdrawn_and_the_rest_is_collected(till: Till) -> None:
    till.promise()
    till.promise(iban=IBAN)
    file = till.file()
    till.content(file)
    paid = file.debits.order_by("pk").first()
    assert paid is not None
    till.book(Entry(end_to_end=paid.reference))
    with pytest.raises(NotThisFile):
        till.content(file)
    debit_files.withdraw(file)
    assert till.file().debits.count() == 1


def test_another_key_opens_no_account(till: Till) -> None:
    till.promise()
    file = till.file()
    with pytest.raises(NotThisFile):
        debit_files.file_content(file, b"\1" * 32, till.story.now)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("AM04", ContributionState.ACTIVE),
        ("MS03", ContributionState.ACTIVE),
        ("MD06", ContributionState.CANCELLED),
        ("AC04", ContributionState.CANCELLED),
        ("XX99", ContributionState.CANCELLED),
    ],
)
def test_what_a_bank_takes_back_leaves_the_books(till: Till, code: str, state: str) -> None:
    row = till.promise()
    debit = till.collected()
    back = Entry(end_to_end=debit.reference, debit=True, code=code, amount="8.50", day="2026-02-10")
    [line] = till.book(back)
    assert line.state == Line.BACK
    assert outcome(row) == (state, InstallmentState.PAID)
    assert (till.in_bank, till.held(CHARGEBACKS), till.held(fees_code(till.account.pk))) == (-350, 500, 350)
    assert Dispute.objects.get().amount == Money(500, "EUR")
    [again] = till.book(replace(back, day="2026-02-11"))
    assert (again.state, till.in_bank) == (Line.LEFT_OUT, -350)


def test_in_one_file_money_comes_in_before_it_goes_back(till: Till) -> None:
    till.promise()
    debit = till.send()
    named = {"end_to_end": debit.reference}
    lines = till.book(Entry(**named, debit=True, code="AM04"), Entry(**named))
    assert [line.state for line in lines] == [Line.PAID, Line.BACK]
    assert till.in_bank == 0


def test_a_return_that_is_read_before_its_debit_waits_for_it(till: Till) -> None:
    till.promise()
    debit = till.send()
    back = camt(Entry(end_to_end=debit.reference, debit=True, code="MD06", day="2026-02-10"))
    statement = bank_import.read_statement(till.bank, back, actor="finance", now=till.story.now)
    assert statement.lines.get().why == Why.EARLY
    assert bank_import.confirm(statement, [], now=till.story.now) == 1
    till.book(Entry(end_to_end=debit.reference))
    assert bank_import.confirm(statement, [], now=till.story.now) == 0
    assert (statement.lines.get().state, till.in_bank) == (Line.BACK, 0)


def test_money_sent_back_by_hand_is_a_refund(till: Till) -> None:
    till.promise()
    debit = till.collected()
    till.book(Entry(reference=debit.reference, debit=True, day="2026-02-10"))
    assert (Refund.objects.get().amount, till.in_bank) == (Money(500, "EUR"), 0)


def test_the_same_debit_twice_waits_for_a_person(till: Till) -> None:
    till.promise()
    debit = till.collected()
    [line] = till.book(Entry(end_to_end=debit.reference, day="2026-02-09"))
    assert (line.state, line.why) == (Line.WAITING, Why.PAID_BEFORE)


def test_a_table_names_debits_in_its_text(till: Till) -> None:
    till.promise()
    debit = till.send()
    content = f"Date;Amount;Reference\n2026-02-03;5,00;{debit.reference}\n".encode()
    statement = bank_import.read_statement(till.bank, content, actor="finance", now=till.story.now)
    bank_import.confirm(statement, [], now=till.story.now)
    assert till.in_bank == 500


def test_a_refused_renewal_is_tried_again_and_then_ends(till: Till) -> None:
    row = till.promise()
    till.collected()
    Contribution.objects.update(mail_sealed=seal_mail(till.story.newsroom, "ada@example.org"))
    till.story.days(31)
    for tries in range(1, 5):
        refused(till.send(), "AM04", till.story.now)
        assert outcome(row) == (ContributionState.FAILING, InstallmentState.RETRYING)
        till.story.days(5)
        assert outcome(row)[1] == InstallmentState.PENDING, tries
    refused(till.send(), "AM04", till.story.now)
    assert outcome(row) == (ContributionState.CANCELLED, InstallmentState.SKIPPED)
    assert Letter.objects.filter(kind="ended").get().payload["why"] == "debit"
    assert till.in_bank == 500


def test_a_closed_account_ends_the_promise_and_its_first_debit_the_checkout(till: Till) -> None:
    row = till.promise()
    debit = till.send()
    refused(debit, "AC04", till.story.now)
    assert outcome(row)[0] == ContributionState.ABANDONED
    with pytest.raises(NotThisDebit):
        refused(debit, "AC04", till.story.now)
    other = till.promise()
    till.collected()
    till.story.days(31)
    refused(till.send(), "MD07", till.story.now)
    assert outcome(other)[0] == ContributionState.CANCELLED
    assert not Letter.objects.filter(kind="payment_failed").exists()


def test_after_a_refusal_the_reader_may_sign_again(till: Till) -> None:
    key, _progress = till.sign()
    refused(till.send(), "AC04", till.story.now)
    till.sign(iban=IBAN, key=key)
    debit = till.send()
    assert (debit.sequence, Mandate.objects.count()) == ("FRST", 1)
    assert IBAN.encode() in debit_files._written(debit.file, till.people_key, till.story.now)


def test_what_the_bank_did_not_say_is_not_taken_for_it(till: Till) -> None:
    till.promise()
    debit = till.send()
    for code in ("", "AM99"):
        with pytest.raises(NotThisDebit):
            refused(debit, code, till.story.now)


def test_another_account_of_the_newsroom_does_not_know_these_debits(till: Till) -> None:
    till.promise()
    debit = till.send()
    till.bank.settings = {**till.bank.settings, "iban": READER}
    till.bank.save()
    content = camt(Entry(end_to_end=debit.reference), iban=READER)
    statement = bank_import.read_statement(till.bank, content, actor="finance", now=till.story.now)
    assert statement.lines.get().debit is None
    assert [row.processor for row in bank_import.accounts_of(till.story.newsroom.pk)] == ["bank", "debit"]


def test_one_account_number_is_one_account_at_the_desk(till: Till) -> None:
    assert bank_import.accounts_of(till.story.newsroom.pk) == [till.bank]


def test_no_attempt_stays_open_beside_another(till: Till) -> None:
    till.promise()
    till.story.days(40)
    assert Attempt.objects.get().state == AttemptState.PENDING
