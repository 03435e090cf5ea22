"""The message: writing it, publishing it, seeing who changed what, taking it back, and silencing it."""

from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.core.frequency import Frequency
from mainstay.message import publish as rules
from mainstay.message.content import MOST_AMOUNTS, MOST_VARIANTS, BadContent, CampaignContent, read
from mainstay.message.models import Campaign, Version
from mainstay.newsrooms.models import Newsroom

from .access import Desk, Section, section
from .message_changes import Change, changes, tell
from .message_draft import campaign_of, content_of, moved, typed_in
from .message_fields import (
    LIMITS,
    LINES,
    Shape,
    Typed,
    label_of,
    language_name,
    paths,
    problem_at,
    read_typed,
    shape_of,
    typed_of,
)
from .message_preview import forget_preview
from .show import say, show

VERSIONS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the page draws it."""

    name: str
    label: str
    value: str
    problem: str
    kind: str = ""
    language: str = ""


@require_http_methods(["GET", "POST"])
@csp_update({"frame-src": [SELF]})
@section(Section.MESSAGE)
def message(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form beside its preview; saving, publishing, and adding a wording."""
    campaign = campaign_of(desk.newsroom)
    if campaign is None:
        return show(request, desk, Section.MESSAGE, "desk/message_none.html")
    if request.method == "GET":
        forget_preview(request)
        shape = shape_of(desk.newsroom, len(campaign.draft.get("variants", [])))
        return _page(request, desk, campaign, typed_of(campaign.draft, shape), shape, {})
    return _take(request, desk, campaign)


def _take(request: HttpRequest, desk: Desk, campaign: Campaign) -> HttpResponse:
    typed, shape = typed_in(request.POST, desk.newsroom)
    if request.POST.get("do") == "add" and shape.variants < MOST_VARIANTS:
        typed, shape = _with_another(typed, desk.newsroom, shape)
        return _page(request, desk, campaign, typed, shape, {}, added=shape.variants - 1)
    try:
        content = content_of(typed, shape, campaign.draft["salt"])
    except BadContent as problem:
        return _page(request, desk, campaign, typed, shape, problem.problems)
    try:
        rules.save_draft(_as_opened(campaign, request), content, actor=desk.actor, day=desk.today)
    except rules.DraftMovedOn:
        return _moved_on(request, desk, typed, shape, content)
    if request.POST.get("do") == "publish":
        version = rules.publish(campaign, actor=desk.actor, day=desk.today)
        say(
            request,
            _("Published as version %(number)s. Readers see it within minutes.") % {"number": version.number},
        )
    else:
        say(request, _("The draft is saved. Readers still see what was published last."))
    return redirect("desk:message")


def _as_opened(campaign: Campaign, request: HttpRequest) -> Campaign:
    """The campaign with the number of the draft that this form was filled from."""
    typed = request.POST.get("began_from", "")
    campaign.draft_number = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    return campaign


def _moved_on(
    request: HttpRequest, desk: Desk, typed: Typed, shape: Shape, content: CampaignContent
) -> HttpResponse:
    """The form as typed, beside what somebody else saved meanwhile. Saving it once more is then a choice."""
    campaign = campaign_of(desk.newsroom)
    if campaign is None:
        raise Http404
    theirs, own = Version(content=campaign.draft), Version(content=content.written())
    return _page(request, desk, campaign, typed, shape, {}, changes(theirs, own))


def _with_another(typed: Typed, newsroom: Newsroom, shape: Shape) -> tuple[Typed, Shape]:
    """One more wording: a copy of the last, with a name of its own and no readers yet."""
    more, last = shape_of(newsroom, shape.variants + 1), shape.variants - 1
    kept = [*range(shape.variants), last]
    copied = {path: typed[moved(path, kept)] for path in paths(more)}
    taken = {typed[f"variants.{place}.name"] for place in range(shape.variants)}
    copied[f"variants.{shape.variants}.name"] = next(name for name in "abcdefgh" if name not in taken)
    copied[f"variants.{shape.variants}.weight"] = "0"
    return copied, more


def _page(
    request: HttpRequest,
    desk: Desk,
    campaign: Campaign,
    typed: Typed,
    shape: Shape,
    problems: dict[str, str],
    meanwhile: list[Change] | None = None,
    added: int | None = None,
) -> HttpResponse:
    """The page. `meanwhile` are the fields in which somebody else's newer draft differs; `added` is a new wording."""
    newest = campaign.versions.first()
    opened = request.POST.get("began_from", "") if meanwhile is None else ""
    context = {
        "campaign": campaign,
        "began_from": opened or campaign.draft_number,
        "meanwhile": meanwhile,
        "newest": newest,
        "unpublished": newest is None or newest.content != campaign.draft,
        "shape": shape,
        "wordings": [_wording(place, typed, shape, problems) for place in range(shape.variants)],
        "asks": [_ask(code, typed, problems) for code in shape.currencies],
        "rest": [_field(path, typed, problems) for path in ("starts", "ends", "quiet_days", "sections")],
        "frequency": _field("frequency", typed, problems),
        "frequencies": Frequency.choices,
        "problems": problems,
        "general": [problems[path] for path in ("variants", "ask") if path in problems],
        "languages": [(code, language_name(code)) for code in shape.languages],
        "names": [typed[f"variants.{place}.name"] for place in range(shape.variants)],
        "added": added,
        "can_add": shape.variants < MOST_VARIANTS,
    }
    return show(request, desk, Section.MESSAGE, "desk/message.html", context, _status(problems, meanwhile))


def _status(problems: dict[str, str], meanwhile: list[Change] | None) -> int:
    if problems:
        return 400
    return 200 if meanwhile is None else 409


def _field(path: str, typed: Typed, problems: dict[str, str], language: str = "") -> Field:
    last = path.rpartition(".")[2]
    kind = {"paragraphs": "area", "starts": "day", "ends": "day"}.get(last, "line")
    return Field(path, label_of(path), typed[path], problem_at(path, problems), kind, language)


def _wording(place: int, typed: Typed, shape: Shape, problems: dict[str, str]) -> dict[str, Any]:
    start = f"variants.{place}"
    texts = []
    for code in shape.languages:
        fields = [_field(f"{start}.texts.{code}.{line}", typed, problems, code) for line in LINES]
        problem = problems.get(f"{start}.texts", "") if code == shape.languages[0] else ""
        shown = place == 0 and code == shape.languages[0]
        is_open = shown or bool(problem) or any(field.problem for field in fields)
        texts.append(
            {"name": language_name(code), "code": code, "fields": fields, "open": is_open, "problem": problem}
        )
    name, weight = (_field(f"{start}.{part}", typed, problems) for part in ("name", "weight"))
    return {"place": place, "name": name, "weight": weight, "texts": texts, "remove": f"{start}.remove"}


def _ask(currency: str, typed: Typed, problems: dict[str, str]) -> dict[str, Any]:
    lines = []
    for frequency, label in Frequency.choices:
        start = f"ask.{currency}.{frequency}"
        amounts = [_field(f"{start}.amounts.{number}", typed, problems) for number in range(MOST_AMOUNTS)]
        limits = [_field(f"{start}.{limit}", typed, problems) for limit in LIMITS]
        problem = problems.get(f"{start}.amounts", "")
        lines.append({"label": label, "fields": [*amounts, *limits], "problem": problem})
    wrong = any(path.startswith(f"ask.{currency}.") for path in problems)
    return {"currency": currency, "lines": lines, "open": wrong}


@require_POST
@section(Section.MESSAGE)
def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A first draft, with words to start from in the newsroom's own language."""
    if campaign_of(desk.newsroom) is None:
        content = read(_first_draft(desk.newsroom))
        rules.new_campaign(desk.newsroom, "support", content, actor=desk.actor, day=desk.today)
        say(request, _("Here is a first draft. Change what you like; readers see nothing until you publish."))
    return redirect("desk:message")


def _first_draft(newsroom: Newsroom) -> dict[str, Any]:
    shape = shape_of(newsroom, 1)
    with translation.override(newsroom.language):
        words = {
            "title": _("A message from {newsroom}"),
            "salutation": _("Dear readers,"),
            "paragraphs": [
                _("We have no owner and no state behind us. We have you."),
                _(
                    "If you can, give from {minimum:monthly} a month. It takes about a minute, and you can stop "
                    "whenever you like."
                ),
            ],
            "sign_off": _("Everyone at {newsroom}"),
        }
    variant = {"name": "a", "weight": 1, "texts": {newsroom.language: words}}
    typed = typed_of({}, shape)
    ask = read_typed(typed, shape, "").content["ask"]
    return {"salt": rules.new_salt(), "variants": [variant], "ask": ask}


@require_safe
@section(Section.MESSAGE)
def history(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every published version, newest first, with who changed what."""
    campaign = campaign_of(desk.newsroom)
    if campaign is None:
        raise Http404
    versions = list(campaign.versions.all()[: VERSIONS_SHOWN + 1])
    context = {"told": tell(versions), "newest": versions[0].number if versions else 0}
    return show(request, desk, Section.MESSAGE, "desk/message_history.html", context)


@require_POST
@section(Section.MESSAGE)
def undo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Publishes an earlier version once more."""
    typed = request.POST.get("number", "")
    campaign = campaign_of(desk.newsroom)
    wanted = int(typed) if typed.isdigit() and len(typed) < 8 else 0
    earlier = get_object_or_404(Version, campaign=campaign, number=wanted)
    try:
        version = rules.undo(earlier.campaign, earlier.number, actor=desk.actor, day=desk.today)
    except rules.DraftMovedOn:
        say(
            request,
            _("Somebody else saved the draft at this moment, so nothing was published. Look once more."),
        )
        return redirect("desk:message_history")
    numbers = {"old": earlier.number, "new": version.number}
    say(request, _("Version %(old)s is published again, as version %(new)s.") % numbers)
    return redirect("desk:message_history")


@require_POST
@section(Section.MESSAGE)
def switch(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Off everywhere now, or on again."""
    off = request.POST.get("off") == "yes"
    rules.set_off(desk.newsroom, off, actor=desk.actor, day=desk.today)
    say(
        request,
        _("The message is off. Browsers that keep it show it for up to a quarter of an hour more.")
        if off
        else _("The message is on again."),
    )
    return redirect("desk:message")
