"""What the pages share on which a supporter gives another card or approves another account at a company."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from mainstay.collection.changing import ways_to_change
from mainstay.collection.checkout import Progress, Step
from mainstay.collection.ways import Way
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import CardPage, Flow
from mainstay.core.clock import clock

from .my_page import standing_of
from .my_tools import go, show
from .my_words import country_name


@dataclass(frozen=True)
class At:
    """A supporter at one of these pages: the promise, the way that they chose, and the others that there are.

    `page` goes to the chosen account from here on, in memory; it is written down when something is saved.
    """

    request: HttpRequest
    page: Contribution
    way: Way
    others: tuple[Way, ...]

    @classmethod
    def of(cls, request: HttpRequest, page: Contribution) -> "At":
        """The way in the form or the address, else the one that the promise has. There must be one."""
        ways = ways_to_change(page)
        wished = request.POST.get("way") or request.GET.get("way")
        way = next((one for one in ways if one.name == wished), ways[0])
        if way.account != page.account:
            page.moving_to = way.account
        return cls(request, page, way, tuple(one for one in ways if one != way))

    @property
    def warned(self) -> str:
        """The country whose warning was accepted."""
        return self.request.POST.get("warned", "")[:2]

    @property
    def address(self) -> str:
        """This page, with the way and the language."""
        address = reverse("my-card", args=[self.page.newsroom.slug, self.page.pk])
        kept = {"way": self.way.name}
        if "language" in self.request.GET:
            kept["language"] = self.request.GET["language"]
        return f"{address}?{urlencode(kept)}"

    def show(self, template: str, problem: str = "", **words: Any) -> HttpResponse:
        """A page with the other ways on it."""
        status = 422 if problem else 200
        others = [(way.name, _company(way)) for way in self.others]
        shown = {"page": self.page, "way": self.way.name, "others": others, "problem": problem, **words}
        return show(self.request, template, self.page.newsroom, status=status, **shown)


def _company(way: Way) -> str:
    """The company on whose page an account is approved; "" for a card."""
    return "" if way.flow == Flow.FIELDS else way.account.label


def let_in(response: HttpResponse, fields: CardPage) -> HttpResponse:
    """On this page alone the company's origin is allowed."""
    response._csp_update = fields.policy  # type: ignore[attr-defined]
    return response


def after(at: At, token: str, progress: Progress, saved: str) -> HttpResponse | None:
    """Where it goes when something was saved, refused, or wants a warning; `None` when the page shows a problem.

    `saved` begins the name of what is said then.
    """
    slug = at.page.newsroom.slug
    if progress.step == Step.PAID:
        return go(at.request, "my-page", slug, at.page.pk, said=f"{saved}{_overdue(at.page, progress)}")
    if progress.step == Step.REFUSED:
        return HttpResponseRedirect(f"/support/{slug}/refused/")
    if progress.step != Step.WARNED:
        return None
    words = {"token": token, "country": progress.country, "country_name": country_name(progress.country)}
    warning = at.show("card_warned.html", **words, by_card=at.way.flow == Flow.FIELDS)
    # From there the form may lead on to the bank's page.
    onward = at.way.processor.card_page().policy["form-action"]
    warning._csp_update = {"form-action": onward}  # type: ignore[attr-defined]
    return warning


def _overdue(page: Contribution, progress: Progress) -> str:
    """What became of a payment that was overdue, now that there is another way to pay it."""
    if progress.payment is not None:
        return "-paid"
    if progress.decline:
        return "-declined"
    return "-open" if standing_of(page, clock.now()).under_way else ""
