"""What the buttons of a supporter's page do. Each returns the name of what the page then tells at its top."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.collection.sealed import seal_mail
from mainstay.contributions import actions
from mainstay.contributions.models import Contribution
from mainstay.core.errors import IllegalTransition
from mainstay.letters.addresses import BadMail, read_mail
from mainstay.supporters.leaving import forget_me, give_reason, stop_and_tell

from .my_forms import ChangeForm

READER = "reader"
Typed = Mapping[str, str]
Action = Callable[[Contribution, Typed, datetime], str]


class NotRight(Exception):
    """Something typed can't be taken; `words` are what the page shows beside the field."""

    def __init__(self, **words: Any) -> None:
        super().__init__(", ".join(words))
        self.words = words


def _change(page: Contribution, typed: Typed, now: datetime) -> str:
    form = ChangeForm(typed, page, get_language() or "en")
    if not form.is_right():
        raise NotRight(form=form)
    day, said = page.newsroom.today(now), "same"
    with transaction.atomic():
        if form.frequency != page.frequency:
            actions.change_frequency(page, form.frequency, actor=READER, day=day)
            said = "changed"
        if form.amount != page.amount:
            actions.change_amount(page, form.amount, actor=READER, day=day)
            said = "changed"
    return said


def _change_day(page: Contribution, typed: Typed, now: datetime) -> str:
    wished = _number(typed.get("day", ""), 31)
    if wished is None:
        raise NotRight(day_error=_("Choose a day of the month."))
    actions.change_day(page, wished, actor=READER, day=page.newsroom.today(now))
    return "day"


def _pause(page: Contribution, typed: Typed, now: datetime) -> str:
    months = _number(typed.get("months", ""), actions.LARGEST_PAUSE_MONTHS)
    if months is None:
        raise NotRight(pause_error=_("Choose from 1 to 12 months."))
    actions.pause(page, months, actor=READER, day=page.newsroom.today(now))
    return "paused"


def _resume(page: Contribution, typed: Typed, now: datetime) -> str:
    actions.resume(page, actor=READER, day=page.newsroom.today(now))
    return "resumed"


def _stop(page: Contribution, typed: Typed, now: datetime) -> str:
    stop_and_tell(page, why=READER, actor=READER, now=now)
    return "stopped"


def _why(page: Contribution, typed: Typed, now: datetime) -> str:
    give_reason(page, typed.get("reason", ""), page.newsroom.today(now))
    return "thanks"


def _mail(page: Contribution, typed: Typed, now: datetime) -> str:
    written = typed.get("mail", "")[:300]
    try:
        mail = read_mail(written)
    except BadMail:
        problem = _("Type a mail address like name@example.org.")
        raise NotRight(mail_error=problem, typed_mail=written) from None
    sealed = seal_mail(page.newsroom, mail)
    actions.set_mail(page, sealed, actor=READER, day=page.newsroom.today(now))
    return "mail"


def _no_mail(page: Contribution, typed: Typed, now: datetime) -> str:
    actions.set_mail(page, None, actor=READER, day=page.newsroom.today(now))
    return "no-mail"


def forget(page: Contribution, now: datetime) -> None:
    """Stops the promise and takes the person out of it."""
    forget_me(page, page.newsroom.today(now))


def _where_possible(action: Action) -> Action:
    """A page that lay open may show buttons of an earlier state: pressing one harms nothing and says so."""

    def inner(page: Contribution, typed: Typed, now: datetime) -> str:
        try:
            return action(page, typed, now)
        except (actions.NotPossible, IllegalTransition):
            return "not-possible"

    return inner


def _number(typed: str, largest: int) -> int | None:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return number if 1 <= number <= largest else None


ACTIONS: Mapping[str, Action] = {
    "change": _where_possible(_change),
    "day": _where_possible(_change_day),
    "pause": _where_possible(_pause),
    "resume": _where_possible(_resume),
    "stop": _where_possible(_stop),
    "why": _where_possible(_why),
    "mail": _where_possible(_mail),
    "no-mail": _where_possible(_no_mail),
}
