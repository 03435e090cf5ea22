"""Two accounts are not two people: every way in which one admin could make a second voice, and what real people do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW

from . import approvals, staffing, voices
from .found import make_staff
from .models import Newsroom, Proposal, Role, Staff

KIND = "a.kind"
DAY = timedelta(days=1)


@pytest.fixture
def heron(newsroom: Newsroom) -> Staff:
    """The admin who tries."""
    return make_staff("heron", "a long password", newsroom, "admin")


@pytest.fixture
def wren(newsroom: Newsroom) -> Staff:
    """Another admin, of long standing."""
    return make_staff("wren", "a long password", newsroom, "admin")


def propose(newsroom: Newsroom, actor: str, **later: Any) -> Proposal:
    return approvals.propose(newsroom, KIND, {}, actor=actor, now=NOW + timedelta(**later))


def make_another_admin(newsroom: Newsroom, wren: Staff) -> str:
    """An account of one's own."""
    staffing.add(newsroom, "puppet", "admin", actor="heron", now=NOW)
    return "puppet"


def raise_an_editor(newsroom: Newsroom, wren: Staff) -> str:
    """An account that was made an editor first."""
    staff, _code = staffing.add(newsroom, "puppet", "editor", actor="heron", now=NOW - 30 * DAY)
    staffing.change_role(newsroom, staff, "admin", actor="heron", now=NOW)
    return "puppet"


def take_a_colleagues_account(newsroom: Newsroom, wren: Staff) -> str:
    """A code for a colleague, used by oneself."""
    code = staffing.give_code(newsroom, wren, actor="heron", now=NOW)
    assert staffing.enter_with_code("wren", code, now=NOW) == wren
    return "wren"


def let_an_old_account_in(newsroom: Newsroom, wren: Staff) -> str:
    """Somebody who left long ago."""
    staffing.set_active(newsroom, wren, False, actor="heron", now=NOW - 300 * DAY)
    staffing.set_active(newsroom, wren, True, actor="heron", now=NOW)
    return "wren"


WAYS = (make_another_admin, raise_an_editor, take_a_colleagues_account, let_an_old_account_in)


@pytest.mark.parametrize("way", WAYS)
def test_a_second_voice_of_ones_own_does_not_count(
    newsroom: Newsroom, heron: Staff, wren: Staff, way: Callable[[Newsroom, Staff], str]
) -> None:
    second = way(newsroom, wren)
    for proposer, approver in (("heron", second), (second, "heron")):
        proposal = propose(newsroom, proposer)
        with pytest.raises(voices.WordRests, match=second):
            approvals.approve(proposal.pk, actor=approver, now=NOW + 6 * DAY)
    with pytest.raises(voices.NotYours):
        voices.confirm(newsroom, Staff.objects.get(pseudonym=second), actor="heron", now=NOW)
    with pytest.raises(voices.NotYours):
        voices.confirm(newsroom, Staff.objects.get(pseudonym=second), actor=second, now=NOW)
    assert list(voices.resting(newsroom, NOW).values_list("staff__pseudonym", flat=True)) == [second]
    later = propose(newsroom, "heron", days=7)
    assert approvals.approve(later.pk, actor=second, now=NOW + 7 * DAY).state == "approved"


def test_a_third_person_confirms_a_new_admin(newsroom: Newsroom, heron: Staff, wren: Staff) -> None:
    owl, _code = staffing.add(newsroom, "owl", "admin", actor="heron", now=NOW)
    voices.confirm(newsroom, owl, actor="wren", now=NOW)
    assert approvals.approve(propose(newsroom, "heron").pk, actor="owl", now=NOW).state == "approved"


def test_puppets_do_not_confirm_each_other(newsroom: Newsroom, heron: Staff) -> None:
    for name in ("puppet-1", "puppet-2"):
        staffing.add(newsroom, name, "admin", actor="heron", now=NOW)
    with pytest.raises(voices.WordRests, match="puppet-1"):
        voices.confirm(newsroom, Staff.objects.get(pseudonym="puppet-2"), actor="puppet-1", now=NOW)


def test_whose_word_rests_vouches_for_no_other_account(newsroom: Newsroom, heron: Staff, wren: Staff) -> None:
    one, _code = staffing.add(newsroom, "puppet-1", "admin", actor="heron", now=NOW)
    staffing.add(newsroom, "puppet-2", "admin", actor="heron", now=NOW)
    staffing.change_role(newsroom, one, "editor", actor="puppet-2", now=NOW)
    for act in (
        lambda: staffing.change_role(newsroom, one, "admin", actor="puppet-2", now=NOW),
        lambda: staffing.add(newsroom, "puppet-3", "admin", actor="puppet-2", now=NOW),
        lambda: staffing.give_code(newsroom, wren, actor="puppet-2", now=NOW),
    ):
        with pytest.raises(voices.WordRests, match="puppet-2"):
            act()
    assert not Staff.objects.filter(pseudonym="puppet-3").exists()
    assert Role.objects.get(staff=one).kind == "editor"
    staffing.add(newsroom, "finch", "editor", actor="puppet-2", now=NOW)
    staffing.set_active(newsroom, heron, False, actor="puppet-2", now=NOW)


@pytest.mark.parametrize("how", ["shut out", "editor", "editor, then finance"])
def test_who_removes_the_others_is_not_alone_for_a_week(
    newsroom: Newsroom, heron: Staff, wren: Staff, how: str
) -> None:
    if how == "shut out":
        staffing.set_active(newsroom, wren, False, actor="heron", now=NOW)
    for role in ("editor", "finance")[: how.count("editor") + how.count("finance")]:
        staffing.change_role(newsroom, wren, role, actor="heron", now=NOW)
    proposal = propose(newsroom, "heron")
    assert proposal.not_before is None
    with pytest.raises(approvals.NeedsAnother):
        approvals.approve(proposal.pk, actor="heron", now=NOW + 2 * DAY)
    assert [row.staff for row in voices.gone(newsroom, NOW + 6 * DAY)] == [wren]
    later = propose(newsroom, "heron", days=7)
    assert approvals.approve(later.pk, actor="heron", now=NOW + 8 * DAY).state == "approved"


def test_an_approver_must_be_an_admin_who_may_sign_in(newsroom: Newsroom, heron: Staff, wren: Staff) -> None:
    proposal = propose(newsroom, "heron")
    make_staff("finch", "a long password", newsroom, "finance")
    Role.objects.filter(staff=wren).update(kind="editor")
    for name in ("finch", "wren", "nobody"):
        with pytest.raises(voices.WordRests):
            approvals.approve(proposal.pk, actor=name, now=NOW)


@pytest.mark.parametrize("wrong", ["late", "other name", "twice", "other code", "shut out", "replaced"])
def test_a_code_serves_once_for_one_person_and_a_day(
    newsroom: Newsroom, heron: Staff, wren: Staff, wrong: str
) -> None:
    code, name, now = staffing.give_code(newsroom, wren, actor="heron", now=NOW), "wren", NOW
    match wrong:
        case "late":
            now = NOW + staffing.CODE_LIFE
        case "other name":
            name = "heron"
        case "twice":
            assert staffing.enter_with_code(name, code.lower(), now=now) == wren
        case "other code":
            code = "not a code"
        case "shut out":
            staffing.set_active(newsroom, wren, False, actor="heron", now=NOW)
        case "replaced":
            staffing.give_code(newsroom, wren, actor="heron", now=NOW)
    assert staffing.enter_with_code(name, code, now=now) is None


def test_nobody_gives_themselves_a_code(newsroom: Newsroom, heron: Staff) -> None:
    with pytest.raises(staffing.BadStaff, match="Another admin"):
        staffing.give_code(newsroom, heron, actor="heron", now=NOW)


def test_a_used_code_ends_password_and_sessions(newsroom: Newsroom, heron: Staff, wren: Staff) -> None:
    before = wren.get_session_auth_hash()
    code = staffing.give_code(newsroom, wren, actor="heron", now=NOW)
    entered = staffing.enter_with_code("wren", code, now=NOW)
    assert entered is not None
    assert not entered.has_usable_password()
    assert entered.get_session_auth_hash() != before


def test_an_admin_of_one_newsroom_opens_no_other_newsrooms_desk(
    newsroom: Newsroom, heron: Staff, wren: Staff
) -> None:
    other = Newsroom.objects.create(slug="elsewhere", name="Elsewhere")
    Role.objects.create(staff=wren, newsroom=other, kind="admin")
    with pytest.raises(staffing.BadStaff, match="another newsroom"):
        staffing.give_code(newsroom, wren, actor="heron", now=NOW)
    staffing.set_active(newsroom, wren, False, actor="heron", now=NOW)
    with pytest.raises(staffing.BadStaff, match="another newsroom"):
        staffing.set_active(newsroom, wren, True, actor="heron", now=NOW)
    Role.objects.create(staff=heron, newsroom=other, kind="admin")
    staffing.set_active(newsroom, wren, True, actor="heron", now=NOW)


@pytest.mark.parametrize("name", ["operator", "Worker", "reader"])
def test_nobody_takes_the_name_of_who_is_no_staff(newsroom: Newsroom, heron: Staff, name: str) -> None:
    with pytest.raises(staffing.BadStaff, match="already has"):
        staffing.add(newsroom, name, "editor", actor="heron", now=NOW)
