"""The name on statements is asked for once a day, and a change of it is seen."""

from datetime import timedelta

import pytest

from mainstay.core.errors import MainstayError
from mainstay.jobs.claims import claim, release
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from . import statement_names
from .conftest import NOW
from .models import AccountWatch
from .statement_names import accounts_to_ask, ask, told_names
from .watch import rest


class Company:
    """What it answers, and how often it was asked. An answer "" is none."""

    def __init__(self) -> None:
        self.answer = "FARSHORE PRESS"
        self.asked = 0

    def statement_of(self, account: ProcessorAccount) -> str:
        self.asked += 1
        if not self.answer:
            raise MainstayError("Nobody answers.")
        return self.answer


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    made = Company()
    monkeypatch.setattr(statement_names, "statement_of", made.statement_of)
    return made


@pytest.fixture
def account(newsroom: Newsroom) -> ProcessorAccount:
    row = ProcessorAccount.objects.create(newsroom=newsroom, processor="stripe", label="Cards", settings={})
    AccountWatch.objects.create(account=row, next_action_at=NOW)
    return row


def pass_by(days: int = 0) -> None:
    """The worker passes twice on a day."""
    for _twice in range(2):
        for pk in accounts_to_ask(NOW + timedelta(days=days), 10):
            ask(pk, NOW + timedelta(days=days))


def test_it_is_asked_for_once_a_day(newsroom: Newsroom, account: ProcessorAccount, company: Company) -> None:
    pass_by()
    assert (company.asked, told_names(newsroom)) == (1, [("Cards", "FARSHORE PRESS", True)])
    pass_by(days=1)
    assert company.asked == 2


def test_another_name_is_seen_and_one_in_small_letters_is_the_same(
    newsroom: Newsroom, account: ProcessorAccount, company: Company
) -> None:
    for name, same in (("FAR SHORE NEWS", False), ("farshore press", True)):
        company.answer = name
        pass_by(days=int(same))
        assert told_names(newsroom) == [("Cards", name, same)]


def test_what_was_told_last_stays_when_nobody_answers(
    newsroom: Newsroom, account: ProcessorAccount, company: Company
) -> None:
    pass_by()
    company.answer = ""
    pass_by(days=1)
    assert (company.asked, told_names(newsroom)) == (2, [("Cards", "FARSHORE PRESS", True)])


@pytest.mark.parametrize("processor", ["sandbox", "paypal", "bank", "nobody"])
def test_a_company_that_does_not_tell_is_not_asked(
    account: ProcessorAccount, company: Company, processor: str
) -> None:
    ProcessorAccount.objects.update(processor=processor)
    pass_by()
    assert company.asked == 0


def test_an_account_that_rests_or_is_off_or_held_is_not_asked(
    newsroom: Newsroom, account: ProcessorAccount, company: Company
) -> None:
    rest(account, NOW)
    pass_by()
    AccountWatch.objects.update(resting_until=None)
    ProcessorAccount.objects.update(active=False)
    pass_by()
    ProcessorAccount.objects.update(active=True)
    (due,) = accounts_to_ask(NOW, 10)
    token = claim(AccountWatch, due, NOW)
    ask(due, NOW)
    assert company.asked == 0
    assert token is not None
    release(AccountWatch, due, token)
    ask(due, NOW)
    assert company.asked == 1
    ProcessorAccount.objects.update(active=False)
    assert told_names(newsroom) == []
