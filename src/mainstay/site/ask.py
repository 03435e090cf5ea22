"""What the message under an article asks of us: the script, the manifest, and a reminder."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mainstay.core.clock import clock
from mainstay.core.frequency import Frequency
from mainstay.core.money import EXPONENTS, Money
from mainstay.guard.buckets import allow
from mainstay.message.ask import ask_for
from mainstay.message.manifest import manifest_bytes
from mainstay.message.published import epoch_number
from mainstay.message.script import script_bytes
from mainstay.newsrooms.models import Newsroom, newsroom_by_slug
from mainstay.supporters.reminders import BadMail, RemindersUnavailable, request_reminder

from .ask_files import PublicFile, answer, open_to_all, public_file
from .guarding import puzzle_in_attack

REMINDERS_PER_MINUTE = 6
REMINDERS_AT_ONCE = 10
LONGEST_MAIL = 300


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """`/ask/v1.js`."""
    return answer(request, _script_file())


@require_safe
def puzzle(request: HttpRequest) -> HttpResponse:
    """`/ask/puzzle.js`: what solves a puzzle, for the message alone while somebody attacks the newsroom."""
    return answer(request, _puzzle_file())


@require_safe
def manifest(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """`/ask/<newsroom>.<language>.json`; a language that the newsroom lacks gets the newsroom's own."""
    newsroom, now = _newsroom(slug), clock.now()
    spoken = language if language in newsroom.languages and _is_known(language) else newsroom.language
    return answer(request, _manifest_file(newsroom, spoken, now))


@csrf_exempt
@require_POST
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """`POST /ask/<newsroom>/remind`: 201 with the day, once the row is committed. No cookie goes with it.

    428 with a puzzle while the newsroom is under attack: the script sends the same once more with the solution.
    """
    return open_to_all(_remind(request, _newsroom(slug), clock.now()))


def _remind(request: HttpRequest, newsroom: Newsroom, now: datetime) -> HttpResponse:
    client = request.META.get("REMOTE_ADDR", "")
    if not allow("remind", client, REMINDERS_PER_MINUTE, REMINDERS_AT_ONCE, now):
        return _problem("busy", 429)
    frequency, currency = request.POST.get("frequency", ""), request.POST.get("currency", "")
    mail = request.POST.get("mail", "")
    if frequency not in Frequency.values or currency not in EXPONENTS:
        return _problem("choice", 400)
    if len(mail) > LONGEST_MAIL:
        return _problem("mail", 400)
    unsolved = puzzle_in_attack(request, newsroom, now)
    if unsolved:
        return JsonResponse({"puzzle": unsolved}, status=428)
    amount = _amount(newsroom, frequency, currency, request.POST.get("amount_minor", ""))
    return _asked(newsroom, mail, frequency, amount, _language(newsroom, request), now)


def _asked(
    newsroom: Newsroom, mail: str, frequency: str, amount: Money, language: str, now: datetime
) -> HttpResponse:
    try:
        due: date = request_reminder(newsroom, mail, frequency, amount, language, now)
    except BadMail:
        return _problem("mail", 400)
    except RemindersUnavailable:
        return _problem("busy", 503)
    return JsonResponse({"date": due.isoformat()}, status=201)


def _amount(newsroom: Newsroom, frequency: str, currency: str, typed: str) -> Money:
    """The amount that the reader chose; one that is not taken (any more) becomes the usual one."""
    ask = ask_for(newsroom, currency)[frequency]
    minor = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 12 else 0
    return Money(minor if ask.minimum <= minor <= ask.maximum else ask.default, currency)


def _language(newsroom: Newsroom, request: HttpRequest) -> str:
    wished = request.POST.get("lang", "")
    return wished if _is_known(wished) else newsroom.language


def _is_known(language: str) -> bool:
    return language in {code for code, _name in settings.LANGUAGES}


def _problem(word: str, status: int) -> HttpResponse:
    return JsonResponse({"problem": word}, status=status)


def _newsroom(slug: str) -> Newsroom:
    try:
        return newsroom_by_slug(slug)
    except Newsroom.DoesNotExist:
        raise Http404 from None


@lru_cache(maxsize=1)
def _script_file() -> PublicFile:
    return public_file(script_bytes(), "text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def _puzzle_file() -> PublicFile:
    """The pages' own worker, which does its work in a page too."""
    source = Path(__file__).parent / "static" / "site" / "puzzle_worker.js"
    return public_file(source.read_bytes(), "text/javascript; charset=utf-8")


def _manifest_file(newsroom: Newsroom, language: str, now: datetime) -> PublicFile:
    """Made anew only when something that it shows has changed: the epoch, the day, the switches, a name."""
    silent = (newsroom.message_off, bool(newsroom.gifts_stopped_reason))
    shown = (newsroom.name, newsroom.currency, newsroom.language, *silent)
    key = (newsroom.pk, language, epoch_number(newsroom), newsroom.today(now), *shown)
    found = _manifests.get(key)
    if found is None:
        found = public_file(manifest_bytes(newsroom, language, now), "application/json")
        if len(_manifests) >= MOST_MANIFESTS:
            _manifests.clear()
        _manifests[key] = found
    return found


MOST_MANIFESTS = 200
_manifests: dict[tuple[object, ...], PublicFile] = {}
