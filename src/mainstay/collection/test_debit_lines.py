"""What a bank says of direct debits: paid, sent back with a reason, refused before any money came."""

from dataclasses import replace

import pytest

from mainstay.contributions.models import Contribution
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.money import Money
from mainstay.ledger.post import CHARGEBACKS, fees_code
from mainstay.letters.models import Letter
from mainstay.processors.bank.example_statement import IBAN, Entry, camt

from . import bank_import, debit_files
from .bank_models import BankLine
from .conftest import READER, Till, outcome
from .debit_lines import NotThisDebit, refused
from .debit_models import Mandate
from .models import Dispute, Refund
from .sealed import seal_mail

Line, Why = BankLine.State, BankLine.Why


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
    came = Entry(end_to_end=debit.reference)
    lines = till.book(replace(came, debit=True, code="AM04"), came)
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
    till.story.quiet_days(31)
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
    till.story.quiet_days(31)
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


def test_a_file_booked_in_one_sum_is_taken_apart(till: Till) -> None:
    till.promise()
    till.promise()
    file = till.send().file
    parts = [Entry(end_to_end=debit.reference) for debit in file.debits.all()]
    lines = till.book(Entry(amount="10.00", batch=parts))
    assert [line.state for line in lines] == [Line.PAID, Line.PAID]
    assert till.in_bank == 1000
