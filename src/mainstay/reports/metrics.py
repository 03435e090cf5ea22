"""What a monitoring reads: counts of the whole installation, without a newsroom's name and without any id."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from mainstay.collection.books_models import AccountCheck, Difference
from mainstay.collection.inbox_models import Hint
from mainstay.collection.models import Refund
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.states import AttemptState, ContributionState, InstallmentState
from mainstay.jobs.heartbeat import last_seen, locked_everywhere, workers_there
from mainstay.letters.models import Letter

_WATCHED = (InstallmentState.UNKNOWN, InstallmentState.PENDING, InstallmentState.ACTION_REQUIRED)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `labels` are words of our own, never a name that somebody chose."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def metrics(now: datetime) -> Iterator[Metric]:
    """All figures as they are now."""
    yield from _workers(now)
    yield from _waiting(now)
    yield from _attempts(now)
    yield from _books(now)


def prometheus(figures: Iterator[Metric]) -> str:
    """Prometheus' text format, version 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/"""
    lines: list[str] = []
    named = ""
    for figure in figures:
        if figure.name != named:
            lines += [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} gauge"]
            named = figure.name
        labels = ",".join(f'{name}="{value}"' for name, value in figure.labels)
        lines.append(
            f"{figure.name}{{{labels}}} {figure.value:g}" if labels else f"{figure.name} {figure.value:g}"
        )
    return "\n".join(lines) + "\n"


def _workers(now: datetime) -> Iterator[Metric]:
    yield Metric("mainstay_workers", "Workers that have beaten within a minute.", workers_there(now))
    seen = last_seen(now)
    if seen is not None:
        age = (now - seen).total_seconds()
        yield Metric("mainstay_worker_heartbeat_age_seconds", "Since any worker's last beat.", age)
    yield Metric(
        "mainstay_people_keys_locked", "Newsrooms whose people key no worker holds.", locked_everywhere(now)
    )


def _waiting(now: datetime) -> Iterator[Metric]:
    due = Installment.objects.filter(next_action_at__lte=now)
    yield Metric("mainstay_installments_due", "Installments to work on now.", due.count())
    oldest = due.order_by("next_action_at").values_list("next_action_at", flat=True).first()
    waited = (now - oldest).total_seconds() if oldest else 0
    yield Metric("mainstay_installments_due_oldest_seconds", "How long the oldest has waited.", waited)
    retrying = Installment.objects.filter(next_try_on__isnull=False)
    yield Metric("mainstay_installments_retrying", "Declined, to be tried again.", retrying.count())
    failing = Contribution.objects.filter(state=ContributionState.FAILING)
    yield Metric("mainstay_contributions_failing", "Promises whose last payment failed.", failing.count())
    yield Metric(
        "mainstay_hints_waiting", "Objects that processors told of, to be fetched.", Hint.objects.count()
    )
    letters = Letter.objects.filter(state=Letter.State.WAITING, next_action_at__isnull=False)
    yield Metric("mainstay_letters_waiting", "Letters that have not gone.", letters.count())
    refunds = Refund.objects.filter(state__in=[Refund.State.REQUESTED, Refund.State.UNKNOWN])
    yield Metric("mainstay_refunds_waiting", "Refunds on their way.", refunds.count())


def _attempts(now: datetime) -> Iterator[Metric]:
    """Days are the machine's: newsrooms in other zones differ by one at most."""
    under_way = Installment.objects.filter(next_action_at__isnull=False, state__in=_WATCHED)
    found = dict(under_way.order_by().values_list("state").annotate(Count("pk")))
    for watched in _WATCHED:
        told = "Payments whose outcome is not known yet."
        yield Metric("mainstay_installments_open", told, found.get(watched, 0), (("state", watched.value),))
    today = now.date()
    for day, name in ((today, "today"), (today - timedelta(days=1), "yesterday")):
        attempts = Attempt.objects.filter(opened_on=day)
        found = dict(attempts.order_by().values_list("state").annotate(Count("pk")))
        for state in AttemptState:
            labels = (("day", name), ("state", state.value))
            yield Metric("mainstay_attempts", "Attempts opened that day.", found.get(state, 0), labels)


def _books(now: datetime) -> Iterator[Metric]:
    differences = Difference.objects.filter(state=Difference.State.OPEN)
    yield Metric("mainstay_differences_open", "Differences from processors' books.", differences.count())
    checked = AccountCheck.objects.filter(checked_at__isnull=False).order_by("checked_at")
    oldest = checked.values_list("checked_at", flat=True).first()
    if oldest is not None:
        age = (now - oldest).total_seconds()
        yield Metric("mainstay_reconciliation_age_seconds", "Since the account checked longest ago.", age)
