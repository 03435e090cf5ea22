"""The preview: the real script on a page of its own, fed with the manifest of what is in the form.

The editor's page sends the form as it stands; when it can be read, its content waits in the session of this member
of staff until the page is opened anew. Nothing is stored with the campaign, and no reader can open these addresses.
"""

from base64 import b64encode
from dataclasses import replace

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.message.content import BadContent, CampaignContent, read
from mainstay.message.manifest import Shown, manifest_of
from mainstay.newsrooms.models import Newsroom

from .access import Desk, Section, section
from .message_draft import campaign_of, content_of, typed_in

_KEPT = "preview"


def forget_preview(request: HttpRequest) -> None:
    """Back to the saved draft."""
    request.session.pop(_KEPT, None)


@require_POST
@section(Section.MESSAGE)
def keep_preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Takes the form as it stands. Answers 400 with one sentence when it can't be read yet."""
    campaign = campaign_of(desk.newsroom)
    if campaign is None:
        raise Http404
    typed, shape = typed_in(request.POST, desk.newsroom)
    try:
        content = content_of(typed, shape, campaign.draft["salt"])
    except BadContent as problem:
        first = next(iter(problem.problems.values()))
        return JsonResponse({"problem": _("Not shown yet: %(problem)s") % {"problem": first}}, status=400)
    request.session[_KEPT] = content.written()
    return JsonResponse({})


@require_safe
@csp_replace({"frame-ancestors": [SELF], "connect-src": ["data:"]})
@section(Section.MESSAGE)
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page inside the frame: a few lines of an article, and the message under them.

    The manifest travels in the page, because the script asks without cookies; and nothing can be sent from here.
    """
    content = _content(request, desk)
    language = _language(request.GET.get("language", ""), desk.newsroom)
    wanted = request.GET.get("wording", "")
    wording = next((one for one in content.variants if one.name == wanted), content.variants[0])
    only = replace(content, variants=(replace(wording, weight=1),), sections=())
    manifest = manifest_of(desk.newsroom, [Shown("preview", only)], language, 0)
    context = {
        "newsroom": desk.newsroom,
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "manifest": f"data:application/json;base64,{b64encode(manifest).decode()}",
    }
    return render(request, "desk/preview.html", context)


def _content(request: HttpRequest, desk: Desk) -> CampaignContent:
    campaign = campaign_of(desk.newsroom)
    if campaign is None:
        raise Http404
    return read(request.session.get(_KEPT) or campaign.draft)


def _language(wished: str, newsroom: Newsroom) -> str:
    return wished if wished in newsroom.languages else newsroom.language
