"""The only writer of a newsroom's rules for countries.

Tightening needs one person and works at once. Loosening, which lets through what was held back, needs two: it becomes a
proposal (see `approvals`) and is carried out when that is approved. Every rule has a day on which it wants to be looked
at again.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.audit import log

from . import approvals
from .models import CountryRule, Newsroom, Proposal
from .policy import ALLOWED, SWITCHES, Rule, State, effective, loosens, stricter
from .presets import Preset

LOOSEN = "country.loosen"
LESS_STRICT = "country.less_strict"
REVIEW_DAYS = 180
LONGEST_REASON = 300


def rules_of(newsroom: Newsroom) -> dict[str, Rule]:
    """The rules by country, those that are listed: a country that is not in it is allowed."""
    return {row.country: row.rule for row in newsroom.country_rules.all() if row.state != State.ALLOW}


def rule_after(newsroom: Newsroom, warned: str) -> Rule:
    """What somebody may be offered who accepted the warning about `warned`: a country, another word, or "" for none."""
    if not warned:
        return ALLOWED
    return effective(rules_of(newsroom).get(warned, Rule(State.WARN)))


@transaction.atomic
def set_rule(
    newsroom: Newsroom, country: str, rule: Rule, *, reason: str, actor: str, now: datetime
) -> Proposal | None:
    """Tightens at once and returns `None`, or returns the proposal that waits for a second person.

    `country` is an ISO 3166-1 alpha-2 code; `reason` a few words for colleagues, at most 300 characters.
    """
    Newsroom.objects.select_for_update().get(pk=newsroom.pk)
    before = rules_of(newsroom).get(country, ALLOWED)
    kept = " ".join(reason.split())[:LONGEST_REASON]
    if loosens(before, rule):
        return approvals.propose(newsroom, LOOSEN, _payload(country, rule, kept), actor=actor, now=now)
    _write(newsroom, country, rule, kept, newsroom.today(now))
    _record(newsroom, country, before, rule, kept, actor, newsroom.today(now))
    return None


@transaction.atomic
def set_strict(newsroom: Newsroom, strict: bool, *, actor: str, now: datetime) -> Proposal | None:
    """Whether a card whose country nobody knows is refused. Switching that off needs two people."""
    row = Newsroom.objects.select_for_update().get(pk=newsroom.pk)
    if row.strict_countries == strict:
        return None
    if not strict:
        return approvals.propose(newsroom, LESS_STRICT, {}, actor=actor, now=now)
    _switch_strict(newsroom, True, actor, newsroom.today(now))
    return None


@transaction.atomic
def carry_out(proposal: Proposal, *, actor: str, now: datetime) -> None:
    """Does what an approved proposal of this room says. Raises `approvals.NotApproved`."""
    newsroom, today = proposal.newsroom, proposal.newsroom.today(now)
    approvals.take_up(newsroom, proposal.kind, proposal.payload, actor=actor, now=now)
    if proposal.kind == LESS_STRICT:
        _switch_strict(newsroom, False, actor, today)
        return
    country, rule = read_payload(proposal.payload)
    before = rules_of(newsroom).get(country, ALLOWED)
    _write(newsroom, country, rule, str(proposal.payload["reason"]), today)
    _record(newsroom, country, before, rule, str(proposal.payload["reason"]), actor, today)


@transaction.atomic
def apply_preset(newsroom: Newsroom, preset: Preset, *, actor: str, now: datetime) -> None:
    """Takes a preset over where it is stricter than what is there: so one person may, and at once."""
    for country, (rule, reason) in preset.rules.items():
        wanted = stricter(rules_of(newsroom).get(country, ALLOWED), rule)
        set_rule(newsroom, country, wanted, reason=reason, actor=actor, now=now)


@transaction.atomic
def reviewed(newsroom: Newsroom, *, actor: str, day: date) -> None:
    """Somebody looked at all rules and found them right: the next review is 180 days on."""
    newsroom.country_rules.update(review_on=day + timedelta(days=REVIEW_DAYS))
    log.record("country.reviewed", actor=actor, day=day, newsroom_id=newsroom.pk)


def review_is_due(newsroom: Newsroom, today: date) -> bool:
    """Whether a listed country's rule wants to be looked at again."""
    listed = newsroom.country_rules.exclude(state=State.ALLOW)
    return listed.filter(review_on__lte=today).exists()


def read_payload(payload: dict[str, Any]) -> tuple[str, Rule]:
    """The country and the rule of a proposal that loosens. One of an older version has no later switches on."""
    switches = {name: bool(payload["rule"].get(name, False)) for name in SWITCHES}
    return payload["country"], Rule(State(payload["rule"]["state"]), **switches)


def _payload(country: str, rule: Rule, reason: str) -> dict[str, Any]:
    return {"country": country, "rule": {**asdict(rule), "state": rule.state.value}, "reason": reason}


def _write(newsroom: Newsroom, country: str, rule: Rule, reason: str, today: date) -> None:
    fields = {
        **asdict(rule),
        "reason": reason,
        "decided_on": today,
        "review_on": today + timedelta(days=REVIEW_DAYS),
    }
    CountryRule.objects.update_or_create(newsroom=newsroom, country=country, defaults=fields)


def _record(
    newsroom: Newsroom, country: str, before: Rule, after: Rule, reason: str, actor: str, day: date
) -> None:
    changed = {
        name: {"before": _plain(getattr(before, name)), "after": _plain(getattr(after, name))}
        for name in ("state", *SWITCHES)
        if getattr(before, name) != getattr(after, name)
    }
    detail = {**changed, "reason": reason}
    log.record("country.set", actor=actor, day=day, newsroom_id=newsroom.pk, subject=country, detail=detail)


def _plain(value: object) -> object:
    return value.value if isinstance(value, State) else value


def _switch_strict(newsroom: Newsroom, strict: bool, actor: str, day: date) -> None:
    newsroom.strict_countries = strict
    newsroom.save(update_fields=["strict_countries"])
    log.record("country.strict", actor=actor, day=day, newsroom_id=newsroom.pk, detail={"strict": strict})
