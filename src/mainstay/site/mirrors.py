"""The newsroom's true addresses, from a list that was signed elsewhere: a page to compare with, and the list itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.core.clock import clock
from mainstay.letters.facts import long_day
from mainstay.newsrooms.mirrors import fingerprint, shown, trusted_key
from mainstay.newsrooms.models import MirrorList, Newsroom


@require_safe
def addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """Where to pay, where to read, how to say it aloud, and how to check it."""
    newsroom = _newsroom(slug)
    found = shown(newsroom, newsroom.today(clock.now()))
    context: dict[str, object] = {"newsroom": newsroom}
    if found:
        listed, _row = found
        context |= {
            "pay": [(host, spoken(host)) for host in listed.pay],
            "read": [(host, spoken(host)) for host in listed.read],
            "listed": listed,
            "day": long_day(listed.expires, get_language() or "en"),
            "words": fingerprint(trusted_key()).split(),
        }
    return render(request, "site/addresses.html", context)


@require_safe
def signed_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, byte for byte as it was signed."""
    return _file(_row(slug).content, "application/json")


@require_safe
def signature(request: HttpRequest, slug: str) -> HttpResponse:
    """Its signature, as minisign wrote it."""
    return _file(_row(slug).signature, "text/plain; charset=utf-8")


def spoken(host: str) -> str:
    """A host's name as it is said: "mirror dash two dot example"."""
    return host.replace(".", f" {_('dot')} ").replace("-", f" {_('dash')} ")


def _newsroom(slug: str) -> Newsroom:
    found = Newsroom.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _row(slug: str) -> MirrorList:
    newsroom = _newsroom(slug)
    found = shown(newsroom, newsroom.today(clock.now()))
    if found is None:
        raise Http404
    return found[1]


def _file(text: str, kind: str) -> HttpResponse:
    return HttpResponse(text.encode(), content_type=kind)
