"""Counting the facts that the rules judge. Reads only; each count is bounded by days and an index."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, QuerySet

from mainstay.audit.models import AuditLine
from mainstay.collection.books_models import Difference
from mainstay.collection.inbox_models import AccountWatch
from mainstay.collection.models import Payment
from mainstay.collection.statement_names import told_names
from mainstay.contributions.models import Attempt
from mainstay.contributions.states import AttemptState
from mainstay.guard.breaker import standing as attack_standing
from mainstay.jobs.heartbeat import last_seen, locked_everywhere
from mainstay.newsrooms import approvals, voices
from mainstay.newsrooms.models import Newsroom

from .rules import UNRESOLVED_DAYS, USUAL_DAYS, HouseFacts, NewsroomFacts


def house_facts(now: datetime) -> HouseFacts:
    """About the workers."""
    seen = last_seen(now)
    gone = None if seen is None else int((now - seen).total_seconds() // 60)
    return HouseFacts(worker_gone_minutes=gone, locked=locked_everywhere(now))


def newsroom_facts(newsroom: Newsroom, now: datetime) -> NewsroomFacts:
    """About one newsroom's money, by its own calendar."""
    today = newsroom.today(now)
    yesterday = today - timedelta(days=1)
    last = newsroom.payments.order_by("-day").values_list("day", flat=True).first()
    recent = _by_state(newsroom, Attempt.objects.filter(opened_on__gte=yesterday))
    declined = recent.get(AttemptState.DECLINED, 0)
    return NewsroomFacts(
        quiet_hours=_hours_since(newsroom, last, now),
        usual_payments=_usual(newsroom, last),
        attempts=declined + recent.get(AttemptState.SUCCEEDED, 0),
        declined=declined,
        rejected=recent.get(AttemptState.REJECTED, 0),
        look_ups=_look_ups(newsroom, yesterday),
        unresolved=_unresolved(newsroom, today),
        differences=_differences(newsroom),
        recent_payments=newsroom.payments.filter(day__gte=yesterday).count(),
        silent_hours=_silent_hours(newsroom, now),
        announced=_announced(newsroom, now),
        attack_level=attack_standing(newsroom, now).level,
        other_names=sum(not same for _label, _name, same in told_names(newsroom)),
    )


def _hours_since(newsroom: Newsroom, last: date | None, now: datetime) -> int | None:
    """Hours of the newsroom's calendar since that day ended, 0 while it lasts."""
    if last is None:
        return None
    ended = datetime.combine(last + timedelta(days=1), time(), tzinfo=newsroom.zone)
    return max(0, int((newsroom.calendar(now) - ended).total_seconds() // 3600))


def _usual(newsroom: Newsroom, last: date | None) -> int:
    if last is None:
        return 0
    since = last - timedelta(days=USUAL_DAYS)
    return Payment.objects.filter(newsroom=newsroom, day__gt=since, day__lte=last).count()


def _unresolved(newsroom: Newsroom, today: date) -> int:
    """A payment that its bank says is on its way is not among them: some take days."""
    old = Attempt.objects.filter(
        state=AttemptState.UNKNOWN,
        installment__next_action_at__isnull=False,
        opened_on__lte=today - timedelta(days=UNRESOLVED_DAYS),
    )
    return _by_state(newsroom, old).get(AttemptState.UNKNOWN, 0)


def _by_state(newsroom: Newsroom, attempts: "QuerySet[Attempt]") -> dict[str, int]:
    """Counts every newsroom's and keeps one: asked for one, a database walks through all of its promises."""
    counted = attempts.order_by().values_list("installment__contribution__newsroom", "state")
    return {state: count for owner, state, count in counted.annotate(Count("pk")) if owner == newsroom.pk}


def _silent_hours(newsroom: Newsroom, now: datetime) -> int | None:
    """By the machine's clock. An account that never told anything may not have been asked to."""
    watches = AccountWatch.objects.filter(account__newsroom=newsroom, account__active=True)
    heard = watches.aggregate(last=Max("heard_at"))["last"]
    return None if heard is None else int((now - heard).total_seconds() // 3600)


def _differences(newsroom: Newsroom) -> int:
    rows = Difference.objects.filter(account__newsroom=newsroom, state=Difference.State.OPEN)
    return rows.count()


def _look_ups(newsroom: Newsroom, since: date) -> int:
    rows = AuditLine.objects.filter(newsroom_id=newsroom.pk, day__gte=since, action__startswith="people.")
    most = rows.values("actor").annotate(times=Count("pk")).order_by("-times").first()
    return most["times"] if most else 0


def _announced(newsroom: Newsroom, now: datetime) -> int:
    """What somebody could stop in time, if they hear of it: see `newsrooms.approvals` and `newsrooms.voices`."""
    alone = approvals.waiting(newsroom, newsroom.today(now)).filter(not_before__isnull=False)
    return alone.count() + voices.resting(newsroom, now).count() + voices.gone(newsroom, now).count()
