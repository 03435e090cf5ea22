"""Looking whether alarms stand: a new one is raised, one that stands no more is over. Several may look at once."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from mainstay.newsrooms.models import Newsroom

from .facts import house_facts, newsroom_facts
from .models import Alarm
from .rules import Kind, house_alarms, newsroom_alarms


def look(now: datetime) -> None:
    """Compares the alarms that stand by the rules with the rows, in the house and in every newsroom."""
    _compare(None, house_alarms(house_facts(now)), now.date(), now)
    for newsroom in Newsroom.objects.all():
        _compare(newsroom, newsroom_alarms(newsroom_facts(newsroom, now)), newsroom.today(now), now)


def standing(newsroom: Newsroom, now: datetime) -> list[Alarm]:
    """The alarms for a newsroom's desk. That no worker is there is looked up now: nobody may have written it down."""
    house = house_alarms(house_facts(now))
    rows = Alarm.objects.filter(state=Alarm.State.STANDS).filter(
        Q(newsroom=newsroom) | Q(newsroom__isnull=True)
    )
    kept = [row for row in rows.order_by("since", "kind") if row.kind != Kind.WORKER_GONE]
    if Kind.WORKER_GONE in house:
        minutes = house[Kind.WORKER_GONE]
        since = (now - timedelta(minutes=minutes)).date()
        kept.insert(0, Alarm(kind=Kind.WORKER_GONE, number=minutes, since=since))
    return kept


def _compare(newsroom: Newsroom | None, alarms: dict[Kind, int], today: date, now: datetime) -> None:
    known = {Kind(row.kind): row for row in Alarm.objects.filter(newsroom=newsroom)}
    for kind, number in alarms.items():
        if kind not in known:
            new = Alarm(newsroom=newsroom, kind=kind, number=number, since=today, next_action_at=now)
            # Whoever else looks at the same moment may be first; then this one is not needed.
            Alarm.objects.bulk_create([new], ignore_conflicts=True)
        else:
            _stands(known[kind], number, now)
    for kind, row in known.items():
        if kind not in alarms and row.state == Alarm.State.STANDS:
            _turn(row, Alarm.State.OVER, now, number=row.number)


def _stands(row: Alarm, number: int, now: datetime) -> None:
    """It stands still, or again before anybody was told that it was over."""
    if row.state == Alarm.State.OVER:
        _turn(row, Alarm.State.STANDS, now, number=number)
    elif row.number != number:
        Alarm.objects.filter(pk=row.pk).update(number=number)


def _turn(row: Alarm, state: Alarm.State, now: datetime, *, number: int) -> None:
    Alarm.objects.filter(pk=row.pk, state=row.state).update(state=state, number=number, next_action_at=now)
