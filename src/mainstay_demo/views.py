"""The demonstration's pages: the story, the mailbox, the clock. They show and move; rules are elsewhere."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mainstay.core.clock import clock
from mainstay.newsrooms.models import newsroom_by_slug

from . import mailbox, seizing, walk, watching, wishes
from . import story as stories
from .faults import FAULTS
from .panels import clock_panel, outage_panel, seizure_panel, story_panels
from .places import NEWSROOM, this_place

MOVES = {"day": {"days": 1, "months": 0}, "month": {"days": 0, "months": 1}}
LONGEST_ADDRESS = 254


@require_safe
def story(request: HttpRequest) -> HttpResponse:
    """The story, with everything that is known about it so far."""
    return render(request, "demo/story.html", _story_values(request))


@require_safe
def story_now(request: HttpRequest) -> HttpResponse:
    """The story's moving parts. The address is beside the checkout's: the browser shows the cookies it has there."""
    return render(request, "demo/story_now.html", _story_values(request))


@require_POST
def story_again(request: HttpRequest) -> HttpResponse:
    """Begins the story again. Nothing is deleted: what is there counts as the beginning."""
    stories.begin_again(this_place())
    return HttpResponseRedirect(reverse("demo-story"))


@require_POST
def plug(request: HttpRequest) -> HttpResponse:
    """Begins step 4."""
    begun = stories.pull_the_plug(this_place())
    return HttpResponseRedirect(reverse("demo-story") + ("" if begun else "?plug=busy") + "#step-4")


@require_POST
def seize(request: HttpRequest) -> HttpResponse:
    """Copies the server's folder and searches it for the address in the form, which is kept nowhere."""
    begun = seizing.begin(this_place(), request.POST.get("address", "")[:LONGEST_ADDRESS])
    return HttpResponseRedirect(reverse("demo-story") + ("" if begun else "?address=wrong") + "#step-5")


@require_safe
def faults(request: HttpRequest) -> HttpResponse:
    """What can be made to go wrong at the payment company, and what still will."""
    names = {(fault.call, fault.fault): fault.words for fault in FAULTS}
    to_come = watching.faults_to_come(this_place().company_file)
    values = {"faults": FAULTS, "to_come": [names.get(one, " ".join(one)) for one in to_come]}
    return render(request, "demo/faults.html", values)


@require_POST
def faults_order(request: HttpRequest) -> HttpResponse:
    """Asks the supervisor for one of the listed faults."""
    wanted = request.POST.get("fault", "")
    for fault in FAULTS:
        if fault.name == wanted:
            wishes.ask(this_place(), wishes.Wish(fault.call, fault.fault))
    return HttpResponseRedirect(reverse("demo-faults"))


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """All letters, the newest first."""
    folder = this_place().state / "mailbox"
    values = {"letters": mailbox.newest(folder), "total": len(mailbox.numbers(folder))}
    return render(request, "demo/mailbox.html", values)


@require_safe
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """One letter."""
    found = mailbox.read(this_place().state / "mailbox", number)
    if found is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": found})


@require_safe
def clock_page(request: HttpRequest) -> HttpResponse:
    """The calendar, and what happened when it moved."""
    return render(request, "demo/clock.html", _clock_values())


@require_safe
def clock_now(request: HttpRequest) -> HttpResponse:
    """The clock's moving part."""
    return render(request, "demo/clock_now.html", _clock_values())


@require_POST
def clock_move(request: HttpRequest) -> HttpResponse:
    """Begins a walk of a day or a month, and goes back to the page that asked."""
    move = MOVES.get(request.POST.get("by", ""))
    if move is not None:
        stories.look(this_place())
        newest = max(mailbox.numbers(this_place().state / "mailbox"), default=0)
        walk.begin(this_place(), days=move["days"], months=move["months"], letters=newest)
    back = "demo-story" if request.POST.get("back") == "story" else "demo-clock"
    return HttpResponseRedirect(reverse(back) + ("#step-2" if back == "demo-story" else ""))


def _story_values(request: HttpRequest) -> dict[str, Any]:
    place = this_place()
    seen = stories.look(place)
    steps = stories.steps_done(seen, place)
    return {
        "steps": steps,
        "done": sum(steps.values()),
        "site": place.site,
        "cookies": sorted(name for name in request.COOKIES if name != settings.CSRF_COOKIE_NAME),
        "sees_cookies": request.path.startswith("/support/"),
        "plug_busy": request.GET.get("plug") == "busy",
        "address_wrong": request.GET.get("address") == "wrong",
        **story_panels(seen, request.LANGUAGE_CODE),
        **outage_panel(place, seen, request.LANGUAGE_CODE),
        **seizure_panel(place),
        **_clock_values(),
    }


def _clock_values() -> dict[str, Any]:
    place, newsroom = this_place(), newsroom_by_slug(NEWSROOM)
    walk.go_on(place)
    return clock_panel(place, newsroom, clock.now())
