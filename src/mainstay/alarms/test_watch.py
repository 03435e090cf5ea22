"""Each alarm fires from the rows that make it stand, is told once, and clears itself."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from django.core import mail
from pytest_django import Settings

from mainstay.audit import log
from mainstay.collection.books_models import Difference
from mainstay.collection.inbox_models import AccountWatch
from mainstay.contributions.models import Attempt
from mainstay.contributions.states import AttemptState
from mainstay.guard.breaker import count_try
from mainstay.guard.pressure import BURST, WINDOW
from mainstay.jobs.heartbeat import beat
from mainstay.newsrooms import approvals, staffing
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom
from mainstay.reports import example_rows as rows

from . import tell as tell_module
from .models import Alarm
from .rules import Kind
from .watch import look, standing
from .work import due_work

TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def newsroom() -> Newsroom:
    beat("worker-a", NOW)
    return rows.newsroom()


@pytest.fixture
def told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Mail goes to the tests' outbox; what the webhook was sent is in the list."""
    settings.MAINSTAY_ALARM_MAIL = ["engineer@farshore.example"]
    settings.MAINSTAY_ALARM_WEBHOOK = "http://127.0.0.1:9/alarms"
    calls: list[dict[str, object]] = []

    def post(address: str, *, json: dict[str, object], timeout: float) -> httpx.Response:
        calls.append(json)
        return httpx.Response(200)

    monkeypatch.setattr(tell_module.httpx, "post", post)
    return calls


def pass_by(now: datetime) -> None:
    """One pass of the worker over the alarms."""
    for work in due_work():
        for thing in work.find(now, 100):
            work.do(thing, now)


def kinds() -> set[str]:
    return set(Alarm.objects.filter(state=Alarm.State.STANDS).values_list("kind", flat=True))


def attempts(newsroom: Newsroom, count: int, state: AttemptState, day: date) -> None:
    for _number in range(count):
        contribution = rows.contribution(newsroom, started_on=day)
        installment = contribution.installments.create(
            number=1, due_date=day, amount_minor=500, currency="USD", state="due", next_action_at=NOW
        )
        Attempt.objects.create(
            installment=installment,
            number=1,
            key=f"v1:{contribution.pk}:1:1",
            state=state,
            amount_minor=500,
            currency="USD",
            opened_on=day,
        )


def test_no_payment_in_a_time_in_which_five_are_usual(newsroom: Newsroom) -> None:
    promise = rows.contribution(newsroom)
    for number in range(28):
        rows.payment(promise, day=TODAY - timedelta(days=6 + number // 2))
    look(NOW)
    assert kinds() == {Kind.NO_PAYMENT}
    assert Alarm.objects.get().number == 132
    rows.payment(promise, day=TODAY)
    look(NOW)
    assert kinds() == set()


def test_half_of_the_payments_declined(newsroom: Newsroom) -> None:
    attempts(newsroom, 10, AttemptState.DECLINED, TODAY)
    attempts(newsroom, 9, AttemptState.SUCCEEDED, TODAY - timedelta(days=1))
    look(NOW)
    assert kinds() == set()
    attempts(newsroom, 1, AttemptState.SUCCEEDED, TODAY)
    look(NOW)
    assert kinds() == {Kind.DECLINES}
    look(NOW + timedelta(days=2) - timedelta(minutes=1))
    assert Kind.DECLINES not in kinds()


def test_attack_mode_is_told_and_ends_by_itself(newsroom: Newsroom, told: list[dict[str, object]]) -> None:
    for _card in range(BURST):
        count_try(newsroom, NOW, declined=True)
    look(NOW)
    assert Kind.ATTACK in kinds()
    pass_by(NOW)
    assert "trying out stolen cards" in mail.outbox[0].body
    look(NOW + WINDOW)
    assert Kind.ATTACK not in kinds()


def test_requests_that_a_company_refuses_as_wrong(newsroom: Newsroom) -> None:
    attempts(newsroom, 2, AttemptState.REJECTED, TODAY)
    attempts(newsroom, 9, AttemptState.REJECTED, TODAY - timedelta(days=2))
    look(NOW)
    assert kinds() == set()
    attempts(newsroom, 1, AttemptState.REJECTED, TODAY)
    look(NOW)
    assert kinds() == {Kind.REJECTED}


def test_many_look_ups_by_one_person(newsroom: Newsroom) -> None:
    def looked_up(actor: str, times: int, day: date = TODAY) -> None:
        for _time in range(times):
            log.record("people.opened", actor=actor, day=day, newsroom_id=newsroom.pk)

    looked_up("finance-1", 29)
    looked_up("finance-2", 29)
    looked_up("finance-1", 29, TODAY - timedelta(days=2))
    look(NOW)
    assert kinds() == set()
    looked_up("finance-1", 1, TODAY - timedelta(days=1))
    look(NOW)
    assert kinds() == {Kind.LOOK_UPS}


def test_unknown_for_three_days(newsroom: Newsroom) -> None:
    attempts(newsroom, 1, AttemptState.UNKNOWN, TODAY - timedelta(days=2))
    attempts(newsroom, 1, AttemptState.PENDING, TODAY - timedelta(days=9))
    look(NOW)
    assert kinds() == set()
    beat("worker-a", NOW + timedelta(days=1))
    look(NOW + timedelta(days=1))
    assert kinds() == {Kind.UNRESOLVED}
    Attempt.objects.update(state=AttemptState.SUCCEEDED)
    look(NOW + timedelta(days=1))
    assert kinds() == set()


def test_differences(newsroom: Newsroom) -> None:
    difference = Difference.objects.create(
        account=newsroom.processor_accounts.get(),
        kind=Difference.Kind.AMOUNT,
        object_hash="a" * 64,
        object_sealed=b"sealed",
        first_seen_on=TODAY,
    )
    look(NOW)
    assert kinds() == {Kind.DIFFERENCES}
    difference.state = Difference.State.SETTLED
    difference.save()
    look(NOW)
    assert kinds() == set()


def test_no_news_of_payments_that_we_made(newsroom: Newsroom) -> None:
    watch = AccountWatch.objects.create(
        account=newsroom.processor_accounts.get(), heard_at=NOW - timedelta(hours=24)
    )
    promise = rows.contribution(newsroom)
    for _number in range(5):
        rows.payment(promise, day=TODAY)
    look(NOW)
    assert kinds() == {Kind.INBOX_SILENT}
    watch.heard_at = NOW
    watch.save()
    look(NOW)
    assert kinds() == set()


def test_no_worker(newsroom: Newsroom) -> None:
    later = NOW + timedelta(minutes=6)
    assert [alarm.kind for alarm in standing(newsroom, later)] == [Kind.WORKER_GONE]
    look(later)
    assert Alarm.objects.get().newsroom is None
    assert [alarm.number for alarm in standing(newsroom, later)] == [6]
    beat("worker-b", later)
    look(later)
    assert standing(newsroom, later) == []


def test_people_key_locked(newsroom: Newsroom) -> None:
    beat("worker-a", NOW, locked=1)
    look(NOW)
    assert [alarm.kind for alarm in standing(newsroom, NOW)] == [Kind.PEOPLE_KEY_LOCKED]
    beat("worker-a", NOW, locked=0)
    look(NOW)
    assert standing(newsroom, NOW) == []


def test_it_is_told_once_and_once_when_it_is_over(newsroom: Newsroom, told: list[dict[str, object]]) -> None:
    beat("worker-a", NOW, locked=1)
    for minutes in range(5):
        pass_by(NOW + timedelta(seconds=minutes))
    assert [message.subject for message in mail.outbox] == ["Alarm: the whole installation"]
    assert [(call["alarm"], call["state"]) for call in told] == [("people_key_locked", "stands")]
    beat("worker-a", NOW, locked=0)
    pass_by(NOW + timedelta(seconds=30))
    pass_by(NOW + timedelta(seconds=31))
    assert [message.subject for message in mail.outbox][1:] == ["Over: the whole installation"]
    assert [call["state"] for call in told] == ["stands", "over"]
    assert Alarm.objects.count() == 0


def test_trouble_with_the_webhook_repeats_no_mail(
    newsroom: Newsroom, told: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(address: str, **_asked: object) -> httpx.Response:
        raise httpx.ConnectError("away")

    beat("worker-a", NOW, locked=1)
    with monkeypatch.context() as patched:
        patched.setattr(tell_module.httpx, "post", refuse)
        pass_by(NOW)
        pass_by(NOW + timedelta(minutes=1))
    beat("worker-a", NOW + timedelta(minutes=6), locked=1)
    pass_by(NOW + timedelta(minutes=6))
    assert (len(mail.outbox), len(told)) == (1, 1)


def test_what_was_over_before_anybody_heard_is_dropped(
    newsroom: Newsroom, told: list[dict[str, object]]
) -> None:
    beat("worker-a", NOW, locked=1)
    look(NOW)
    beat("worker-a", NOW)
    pass_by(NOW)
    assert (mail.outbox, told, Alarm.objects.count()) == ([], [], 0)


def test_two_lookers_raise_one(newsroom: Newsroom) -> None:
    beat("worker-a", NOW, locked=1)
    look(NOW)
    look(NOW)
    Alarm.objects.bulk_create(
        [Alarm(kind=Kind.PEOPLE_KEY_LOCKED, number=1, since=TODAY)], ignore_conflicts=True
    )
    assert Alarm.objects.count() == 1


def test_another_name_on_statements_is_told_until_it_is_right_again(
    newsroom: Newsroom, told: list[dict[str, object]]
) -> None:
    account = newsroom.processor_accounts.get()
    watch = AccountWatch.objects.create(account=account, statement="FAR SHORE NEWS")
    look(NOW)
    assert Alarm.objects.get().kind == Kind.STATEMENT
    pass_by(NOW)
    assert "read another name than readers are told" in str(told[0]["text"])
    watch.statement = newsroom.statement_name.lower()
    watch.save()
    look(NOW)
    assert kinds() == set()


def test_no_alarm_tells_of_a_person(newsroom: Newsroom, told: list[dict[str, object]]) -> None:
    attempts(newsroom, 1, AttemptState.UNKNOWN, TODAY - timedelta(days=5))
    pass_by(NOW)
    words = str(told) + mail.outbox[0].body
    for row in Attempt.objects.select_related("installment__contribution"):
        assert str(row.pk) not in words
        assert str(row.installment.contribution_id) not in words
    assert "account" not in words


def test_a_new_admin_and_an_act_of_a_single_one_are_told(newsroom: Newsroom, told: list[object]) -> None:
    make_staff("heron", "a long password", newsroom, "admin")
    look(NOW)
    assert kinds() == set()
    approvals.propose(newsroom, "a.kind", {}, actor="heron", now=NOW)
    staffing.add(newsroom, "wren", "admin", actor="heron", now=NOW)
    look(NOW)
    assert Alarm.objects.get(kind=Kind.ANNOUNCED).number == 2
    pass_by(NOW)
    assert "2 changes at the desk" in mail.outbox[0].body
    look(NOW + timedelta(days=7))
    assert Kind.ANNOUNCED not in kinds()
