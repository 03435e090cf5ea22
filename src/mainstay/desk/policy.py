"""Rules for countries: the list, one rule with a preview of what its readers see, and the review. For admins."""

from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.newsrooms import approvals, countries
from mainstay.newsrooms.models import CountryRule, Proposal
from mainstay.newsrooms.policy import ALLOWED, Rule, State, effective
from mainstay.newsrooms.presets import names, preset

from .access import Desk, Section, section
from .show import say, show

STATES = {
    State.ALLOW: gettext_lazy("Allow"),
    State.WARN: gettext_lazy("Warn"),
    State.REFUSE: gettext_lazy("Refuse"),
}
SWITCHES = {
    "recurring": gettext_lazy("Monthly gifts (they end by themselves after twelve months)"),
    "mail": gettext_lazy("A mail address may be left"),
    "share": gettext_lazy("Words to share after giving"),
    "unnamed": gettext_lazy("Ways to pay that don’t tell the country beforehand (bank transfer, Bitcoin)"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One country in the table. `given` names the switches that are on."""

    row: CountryRule
    name: str
    state: str
    given: list[str]


@require_safe
@section(Section.COUNTRIES)
def policy(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All listed countries, what waits for a second person, and what can be added."""
    rows = list(desk.newsroom.country_rules.exclude(state=State.ALLOW))
    listed = {row.country for row in rows}
    context = {
        "lines": sorted((_line(row) for row in rows), key=lambda line: line.name),
        "others": [(code, name) for code, name in _all_countries() if code not in listed],
        "due": countries.review_is_due(desk.newsroom, desk.today),
        "waiting": approvals.waiting(desk.newsroom, desk.today).count(),
        "presets": [(name, preset(name).title) for name in names()],
    }
    return show(request, desk, Section.COUNTRIES, "desk/countries.html", context)


@require_safe
@section(Section.COUNTRIES)
def find_country(request: HttpRequest, desk: Desk) -> HttpResponse:
    """From the list of countries to the page of the one that was chosen."""
    code = request.GET.get("country", "")
    return redirect("desk:country", code) if code in dict(_all_countries()) else redirect("desk:countries")


@require_http_methods(["GET", "POST"])
@section(Section.COUNTRIES)
def country(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One country's rule, and what its readers see."""
    name = dict(_all_countries()).get(code)
    if name is None:
        raise Http404
    if request.method == "POST":
        return _save(request, desk, code, name)
    row = desk.newsroom.country_rules.filter(country=code).first()
    rule = row.rule if row else Rule(State.ALLOW)
    context = {
        "code": code,
        "name": name,
        "rule": rule,
        "states": [(state.value, label, state == rule.state) for state, label in STATES.items()],
        "switches": [(key, label, getattr(rule, key)) for key, label in SWITCHES.items()],
        "reason": row.reason if row else "",
        "previews": _previews(request, desk, code),
        "languages": [(each, dict(settings.LANGUAGES)[each]) for each in _languages(desk)],
    }
    return show(request, desk, Section.COUNTRIES, "desk/country.html", context)


def _save(request: HttpRequest, desk: Desk, code: str, name: str) -> HttpResponse:
    if request.POST.get("state") not in [state.value for state in State]:
        return redirect("desk:country", code)
    wanted = Rule(State(request.POST["state"]), **{key: request.POST.get(key) == "on" for key in SWITCHES})
    before = countries.rules_of(desk.newsroom).get(code, ALLOWED)
    reason = request.POST.get("reason", "")
    proposal = countries.set_rule(desk.newsroom, code, wanted, reason=reason, actor=desk.actor, now=desk.now)
    say(request, _said(proposal, before, wanted, name))
    return redirect("desk:countries")


def _said(proposal: Proposal | None, before: Rule, wanted: Rule, name: str) -> str:
    if proposal is not None:
        return waits(proposal)
    if wanted.state == State.REFUSE != before.state:
        return _(
            "Gifts from %(country)s are refused from now on. Running promises from there end when they come due; "
            "to stop all of them today, ask your engineer to run `mainstay designate`."
        ) % {"country": name}
    return _("The rule for %(country)s works from now on.") % {"country": name}


def waits(proposal: Proposal) -> str:
    """What happens next to a proposal."""
    if proposal.not_before is not None:
        return _("This loosens a protection. You are the only admin, so you can approve it in 24 hours.")
    return _("This loosens a protection, so another admin has to approve it first.")


@require_POST
@section(Section.COUNTRIES)
def change_policy(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the buttons do: `reviewed`, `preset`, `strict`, `not_strict`."""
    what, wished = request.POST.get("do", ""), request.POST.get("preset", "")
    if what == "reviewed":
        countries.reviewed(desk.newsroom, actor=desk.actor, day=desk.today)
        say(request, _("Thank you. The desk reminds you again in 180 days."))
    elif what == "preset" and wished in names():
        countries.apply_preset(desk.newsroom, preset(wished), actor=desk.actor, now=desk.now)
        say(request, _("The rules of the preset work from now on, where they are stricter than yours."))
    elif what in ("strict", "not_strict"):
        strict = what == "strict"
        proposal = countries.set_strict(desk.newsroom, strict, actor=desk.actor, now=desk.now)
        say(request, waits(proposal) if proposal else _("Done."))
    return redirect("desk:countries")


def _previews(request: HttpRequest, desk: Desk, code: str) -> dict[str, str]:
    """The readers' words for each state, in one of the newsroom's languages."""
    wished = request.GET.get("show", "")
    language = wished if wished in _languages(desk) else desk.newsroom.language
    with translation.override(language):
        named = _territories(language).get(code, code)
        words: dict[str, Any] = {"country": named, "newsroom": desk.newsroom}
        return {
            "language": language,
            "refused": render_to_string("site/support/refused_words.html", words),
            "home": render_to_string("site/support/warned_words.html", {**words, "reason": "home"}),
            "ties": render_to_string("site/support/warned_words.html", {**words, "reason": "ties"}),
        }


def _languages(desk: Desk) -> list[str]:
    return [code for code in desk.newsroom.languages if code in dict(settings.LANGUAGES)]


def _line(row: CountryRule) -> Line:
    rule = effective(row.rule)
    given = [str(label) for key, label in SWITCHES.items() if getattr(rule, key)]
    return Line(row, dict(_all_countries()).get(row.country, row.country), str(STATES[rule.state]), given)


def _all_countries() -> list[tuple[str, str]]:
    """Every ISO 3166-1 country with its name by CLDR, by name."""
    found = _territories(translation.get_language() or "en").items()
    real = ((code, name) for code, name in found if len(code) == 2 and code not in _NO_COUNTRIES)
    return sorted(real, key=lambda one: one[1])


_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
"""Codes of CLDR that ISO 3166-1 has not given to a country."""


def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language.replace("-", "_")).territories)
