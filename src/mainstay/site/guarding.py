"""The doors of `guard` as the pages use them: before a card goes to the processor, and before a letter is asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from mainstay.collection.checkout import Step
from mainstay.core.clock import clock
from mainstay.guard.breaker import standing
from mainstay.guard.doors import Answer, Told, Visitor, card_door, card_was_tried, letter_door, puzzle_for
from mainstay.newsrooms.models import Newsroom

View = Callable[..., HttpResponse]
ASKED_A_BANK = (Step.PAID, Step.DECLINED, Step.ACTION, Step.PENDING, Step.CHECKING)


def card_answer(request: HttpRequest, newsroom: Newsroom, form: str) -> Answer:
    """Whether this card may go to the processor now. `form` is a random name of ours for the checkout or the page."""
    sent, solution = request.POST.get("puzzle", ""), request.POST.get("solution", "")
    return card_door(newsroom, _visitor(request, form), sent, solution, clock.now())


def count_card(request: HttpRequest, newsroom: Newsroom, form: str, step: Step) -> None:
    """Counts what the bank said, when it was asked at all."""
    if step in ASKED_A_BANK:
        declined = step == Step.DECLINED
        card_was_tried(newsroom, _visitor(request, form), clock.now(), declined=declined)


def please_wait(request: HttpRequest, newsroom: Newsroom, wait: timedelta, back: str) -> HttpResponse:
    """Says for how long, and that nothing was charged. `back` is the page to come back to."""
    words = {"newsroom": newsroom, "minutes": whole_minutes(wait), "back": back}
    response = render(request, "site/cards_wait.html", words, status=429)
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def puzzled(view: View) -> View:
    """For a form that may send a letter: a robot pays with its time. Without scripts one waits, and nothing is lost."""

    @wraps(view)
    def inner(request: HttpRequest, slug: str, *rest: Any, **named: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, slug, *rest, **named)
        newsroom = get_object_or_404(Newsroom, slug=slug)
        sent = request.POST.get("puzzle", "")
        answer = letter_door(newsroom, sent, request.POST.get("solution", ""), clock.now())
        if answer.told == Told.IN:
            return view(request, slug, *rest, **named)
        return _once_more(request, newsroom, sent if answer.told == Told.WAIT else "", answer.wait)

    return inner


def puzzle_in_attack(request: HttpRequest, newsroom: Newsroom, now: datetime) -> str:
    """A new puzzle for whoever asks for a letter during an attack without having solved one; "" lets them in."""
    if standing(newsroom, now).level == 0:
        return ""
    sent, solution = request.POST.get("puzzle", ""), request.POST.get("solution", "")
    if letter_door(newsroom, sent, solution, now).told == Told.IN:
        return ""
    return puzzle_for(newsroom, "letter", now, by_onion=is_onion(request))


def is_onion(request: HttpRequest) -> bool:
    """Whether the reader came by the onion address."""
    return request.get_host().partition(":")[0].endswith(".onion")


def whole_minutes(wait: timedelta) -> int:
    """The minutes that a page speaks of: never fewer than it takes, at least one."""
    return max(1, -int(-wait.total_seconds() // 60))


def _once_more(request: HttpRequest, newsroom: Newsroom, puzzle: str, wait: timedelta) -> HttpResponse:
    """The form again with all that was typed, for a button to press when the time has come."""
    ours = ("puzzle", "solution", "csrfmiddlewaretoken")
    typed = [(name, value) for name, value in request.POST.items() if name not in ours]
    words = {
        "newsroom": newsroom,
        "typed": typed,
        "kept_puzzle": puzzle,
        "seconds": int(wait.total_seconds()) + 1,
    }
    return render(request, "site/once_more.html", words, status=429)


def _visitor(request: HttpRequest, form: str) -> Visitor:
    return Visitor(request.META.get("REMOTE_ADDR", ""), form)
