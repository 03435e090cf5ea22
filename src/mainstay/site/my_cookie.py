"""The encrypted cookie (`lent`) that opens a supporter's pages: half an hour, under /my/ alone, unreadable for scripts.

It names contributions and the beginning of their code's hash, so that a page whose code was replaced closes at once.
"""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom

from .lent import lend, take_back

NAME = "my"
PATH = "/my/"
LIFE_SECONDS = 30 * 60
MOST_PAGES = 50
_MARK = 12


def open_pages(request: HttpRequest, newsroom: Newsroom) -> list[Contribution]:
    """The newsroom's contributions that this browser may see, the newest first."""
    marks = _marks(request)
    rows = Contribution.objects.filter(newsroom=newsroom, pk__in=list(marks)).order_by("-started_on", "pk")
    return [row for row in rows.select_related("newsroom", "account") if marks[str(row.pk)] == _mark(row)]


def let_in(response: HttpResponse, pages: Iterable[Contribution]) -> None:
    """Opens `pages` for half an hour from now."""
    value = lend({str(page.pk): _mark(page) for page in list(pages)[:MOST_PAGES]}, NAME)
    response.set_cookie(
        NAME,
        value,
        max_age=LIFE_SECONDS,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def let_out(response: HttpResponse) -> None:
    """Closes all pages in this browser."""
    response.delete_cookie(NAME, path=PATH, samesite="Lax")


def _marks(request: HttpRequest) -> dict[str, str]:
    return take_back(request.COOKIES.get(NAME, ""), NAME, LIFE_SECONDS) or {}


def _mark(contribution: Contribution) -> str:
    return contribution.code_hash[:_MARK]
