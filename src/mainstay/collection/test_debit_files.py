"""Files for the bank: nothing is in two of them, the same one has the same bytes, and what falls out at the end."""

from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest

from mainstay.contributions.actions import stop
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.newsrooms.models import CountryRule
from mainstay.processors.bank.example_statement import IBAN, Entry

from . import debit_files
from .conftest import READER, Till, outcome
from .debit_files import NotThisFile
from .debit_models import DebitFile


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
    till.story.days(62, every=4)
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
