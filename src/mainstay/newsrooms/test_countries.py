"""Rules for countries: tightening by one person at once, loosening by two, and what is written of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW
from mainstay.audit.models import AuditLine
from mainstay.core.errors import WrongSettings

from . import approvals, countries
from .found import make_staff
from .models import Newsroom, Role
from .policy import ALLOWED, SWITCHES, Rule, State, decide, effective, loosens, of_home, of_ties, stricter
from .presets import names, preset

RULE = st.builds(Rule, st.sampled_from(State), st.booleans(), st.booleans(), st.booleans())
WARN, REFUSE, ALLOW = Rule(State.WARN), Rule(State.REFUSE), Rule(State.ALLOW)


@pytest.fixture
def admins(newsroom: Newsroom) -> list[str]:
    """Two admins' pseudonyms."""
    return [make_staff(name, "a long password", newsroom, "admin").pseudonym for name in ("heron", "wren")]


def set_rule(newsroom: Newsroom, country: str, rule: Rule, actor: str = "heron", **later: Any) -> Any:
    return countries.set_rule(
        newsroom, country, rule, reason="a law of  last week", actor=actor, now=NOW + timedelta(**later)
    )


@given(RULE, RULE)
def test_a_change_loosens_unless_nothing_new_is_let_through(before: Rule, after: Rule) -> None:
    both = stricter(effective(before), effective(after))
    assert loosens(before, after) == (effective(both) != effective(after))


@given(RULE, RULE)
def test_the_stricter_of_two_loosens_neither(one: Rule, other: Rule) -> None:
    assert not loosens(one, stricter(one, other))
    assert not loosens(other, stricter(one, other))


@pytest.mark.parametrize("state", State)
def test_ties_are_never_refused(state: State) -> None:
    rules = {"RU": state}
    expected = State.ALLOW if state == State.ALLOW else State.WARN
    assert of_ties(rules, "ru").state == expected
    assert of_home(rules, "ru").state == state
    assert decide(rules, "DE", strict=True, declared="RU").state == state


def test_tightening_works_at_once(newsroom: Newsroom, admins: list[str]) -> None:
    assert set_rule(newsroom, "RU", WARN) is None
    assert set_rule(newsroom, "RU", REFUSE) is None
    row = newsroom.country_rules.get()
    assert (row.rule.state, row.reason) == (State.REFUSE, "a law of last week")
    assert row.review_on == newsroom.today(NOW) + timedelta(days=180)
    line = AuditLine.objects.order_by("number").last()
    assert line is not None
    assert line.detail["state"] == {"before": "warn", "after": "refuse"}


def test_loosening_waits_for_another_person(newsroom: Newsroom, admins: list[str]) -> None:
    set_rule(newsroom, "RU", REFUSE)
    proposal = set_rule(newsroom, "RU", ALLOW)
    assert countries.rules_of(newsroom)["RU"].state == State.REFUSE
    assert set_rule(newsroom, "RU", ALLOW) == proposal, "asking twice makes one proposal"
    with pytest.raises(approvals.NotApproved):
        countries.carry_out(proposal, actor="heron", now=NOW)
    with pytest.raises(approvals.NeedsAnother):
        approvals.approve(proposal.pk, actor="heron", now=NOW + timedelta(days=2))
    approved = approvals.approve(proposal.pk, actor="wren", now=NOW)
    countries.carry_out(approved, actor="wren", now=NOW)
    assert "RU" not in countries.rules_of(newsroom)
    with pytest.raises(approvals.NotApproved):
        countries.carry_out(approved, actor="wren", now=NOW)


@pytest.mark.parametrize("switch", SWITCHES)
def test_switching_on_what_was_off_is_loosening(newsroom: Newsroom, admins: list[str], switch: str) -> None:
    off = Rule(State.WARN, **dict.fromkeys(SWITCHES, False))
    set_rule(newsroom, "KZ", off)
    proposal = set_rule(newsroom, "KZ", replace(off, **{switch: True}))
    assert proposal is not None
    assert countries.rules_of(newsroom)["KZ"] == off
    assert getattr(countries.read_payload(proposal.payload)[1], switch) is True


def test_a_proposal_of_an_older_version_has_no_later_switch_on() -> None:
    older = {"state": "warn", "recurring": True, "mail": True, "share": False}
    rule = countries.read_payload({"country": "KZ", "rule": older, "reason": ""})[1]
    assert (rule.recurring, rule.unnamed) == (True, False)


def test_a_single_admin_waits_a_day(newsroom: Newsroom) -> None:
    make_staff("heron", "a long password", newsroom, "admin")
    set_rule(newsroom, "RU", REFUSE)
    proposal = set_rule(newsroom, "RU", WARN)
    with pytest.raises(approvals.TooEarly):
        approvals.approve(proposal.pk, actor="heron", now=NOW + timedelta(hours=23, minutes=59))
    assert approvals.approve(proposal.pk, actor="heron", now=NOW + timedelta(hours=24)).state == "approved"


def test_a_moved_calendar_shortens_no_delay(newsroom: Newsroom) -> None:
    make_staff("heron", "a long password", newsroom, "admin")
    set_rule(newsroom, "RU", REFUSE)
    proposal = set_rule(newsroom, "RU", WARN)
    newsroom.clock_offset_seconds = 2 * 24 * 3600
    newsroom.save()
    with pytest.raises(approvals.TooEarly):
        approvals.approve(proposal.pk, actor="heron", now=NOW + timedelta(hours=1))


def test_who_shuts_the_other_admin_out_afterwards_can_still_not_approve(
    newsroom: Newsroom, admins: list[str]
) -> None:
    set_rule(newsroom, "RU", REFUSE)
    proposal = set_rule(newsroom, "RU", WARN)
    Role.objects.filter(staff__pseudonym="wren").delete()
    with pytest.raises(approvals.NeedsAnother):
        approvals.approve(proposal.pk, actor="heron", now=NOW + timedelta(days=3))


@pytest.mark.parametrize("ending", ["withdrawn", "old"])
def test_a_proposal_that_is_over_can_not_be_approved(
    newsroom: Newsroom, admins: list[str], ending: str
) -> None:
    set_rule(newsroom, "RU", REFUSE)
    proposal = set_rule(newsroom, "RU", WARN)
    if ending == "withdrawn":
        approvals.withdraw(proposal.pk, actor="wren", now=NOW)
    later = NOW + timedelta(days=0 if ending == "withdrawn" else approvals.LIFE_DAYS)
    assert not approvals.waiting(newsroom, newsroom.today(later)).exists()
    with pytest.raises(approvals.NotWaiting):
        approvals.approve(proposal.pk, actor="wren", now=later)


def test_strict_is_switched_on_by_one_and_off_by_two(newsroom: Newsroom, admins: list[str]) -> None:
    assert countries.set_strict(newsroom, True, actor="heron", now=NOW) is None
    newsroom.refresh_from_db()
    proposal = countries.set_strict(newsroom, False, actor="heron", now=NOW)
    assert proposal is not None
    approved = approvals.approve(proposal.pk, actor="wren", now=NOW)
    countries.carry_out(approved, actor="wren", now=NOW)
    newsroom.refresh_from_db()
    assert newsroom.strict_countries is False


@pytest.mark.parametrize("name", names())
def test_a_preset_is_dated_and_only_tightens(newsroom: Newsroom, admins: list[str], name: str) -> None:
    found = preset(name)
    assert found.rules[name.upper()][0].state == State.REFUSE
    assert all(found.written_on.isoformat() in reason for _rule, reason in found.rules.values())
    set_rule(newsroom, "KZ", REFUSE)
    countries.apply_preset(newsroom, found, actor="heron", now=NOW)
    assert countries.rules_of(newsroom)["KZ"].state == State.REFUSE
    assert countries.rules_of(newsroom)[name.upper()].state == State.REFUSE
    assert not approvals.waiting(newsroom, newsroom.today(NOW)).exists()


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(WrongSettings, match="by, ru"):
        preset("../ru")


def test_rules_ask_to_be_looked_at_again(newsroom: Newsroom, admins: list[str]) -> None:
    set_rule(newsroom, "RU", REFUSE)
    today = newsroom.today(NOW)
    assert not countries.review_is_due(newsroom, today + timedelta(days=179))
    assert countries.review_is_due(newsroom, today + timedelta(days=180))
    countries.reviewed(newsroom, actor="heron", day=today + timedelta(days=180))
    assert not countries.review_is_due(newsroom, today + timedelta(days=359))
    assert decide({"RU": State.REFUSE}, "RU", strict=False).state == State.REFUSE
    assert loosens(REFUSE, ALLOWED)
