"""Direct debits from the mandate on: what is kept, what never is, and what is not taken after a stop."""

import pytest

from mainstay.contributions.actions import pause, stop
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.states import AttemptState, ContributionState, InstallmentState
from mainstay.newsrooms.models import CountryRule
from mainstay.processors.bank.example_statement import IBAN, Entry

from .checkout import Step, check_again
from .conftest import READER, Till, outcome
from .debit_files import NotThisFile
from .debit_models import Debit, DebitFile, Mandate
from .designation import designate
from .models import Payment

BELARUS = "BY13NBRB3600900000002Z00AB00"


def test_a_monthly_gift_from_the_mandate_to_the_second_month(till: Till) -> None:
    row = till.promise()
    assert outcome(row) == (ContributionState.PENDING, InstallmentState.PENDING)
    first = till.send()
    assert (first.sequence, till.in_bank) == ("FRST", 0)
    till.book(Entry(end_to_end=first.reference))
    assert outcome(row) == (ContributionState.ACTIVE, InstallmentState.PAID)
    assert till.in_bank == 500
    assert Payment.objects.get().account == till.account
    till.story.quiet_days(31)
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


def test_name_and_number_are_nowhere_in_clear(till: Till) -> None:
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
    till.story.quiet_days(31)
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
    assert (line.state, outcome(row)[1]) == ("paid", InstallmentState.PAID)


def test_no_attempt_stays_open_beside_another(till: Till) -> None:
    till.promise()
    till.story.days(40, every=4)
    assert Attempt.objects.get().state == AttemptState.PENDING


def test_a_country_that_is_designated_is_asked_for_nothing_more(till: Till) -> None:
    row, other = till.promise(), till.promise(iban=IBAN)
    story = till.story
    for _counts in designate(story.newsroom, "FR", story.ring, actor="admin", now=story.now):
        pass
    story.work()
    assert outcome(row) == (ContributionState.CANCELLED, InstallmentState.SKIPPED)
    assert outcome(other)[0] == ContributionState.PENDING
    assert till.file().debits.count() == 1
    story.days(1)
    assert [mandate.contribution for mandate in Mandate.objects.all()] == [other]
