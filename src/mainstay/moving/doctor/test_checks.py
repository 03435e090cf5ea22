"""The doctor's checks, one by one, and the one way into live mode."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mainstay.newsrooms import till
from mainstay.newsrooms.live import REASON, NotLive, close_until_ready, go_live
from mainstay.newsrooms.models import Newsroom
from mainstay.processors.check_up import AccountFacts

from . import look, statement
from .checks import CHECKS, Finding, State, examine
from .facts import Account, Facts
from .gather import gather
from .mail import MailRecords, records_of

TODAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSONS = ("statement-seen", "own-mails", "receipt-read")
COMPANY = AccountFacts(live=True, statement="FARSHORE PRESS", web_key_is_restricted=True, hook_is_known=True)
GOOD = Facts(
    today=TODAY,
    sandbox=False,
    address="https://give.farshore.example",
    legal_name="Farshore Press",
    statement_name="FARSHORE PRESS",
    newsroom_words=(),
    currencies=("USD", "EUR"),
    accounts=(Account("Cards", ("USD", "EUR"), COMPANY, hook_answers=True),),
    key_opens=True,
    alarms_go_somewhere=True,
    admins=2,
    worker_there=True,
    locked=0,
    keys_expire_on=None,
    clock_off_seconds=2,
    mail_domain="farshore.example",
    mail=MailRecords(True, True, True),
    letters_are_signed=True,
    backup_keys=1,
    newest_backup_hours=20,
    countries_listed=2,
    review_is_due=False,
    confirmed=dict.fromkeys(PERSONS, TODAY),
)


def account(**changes: Any) -> dict[str, Any]:
    """The one account, with other facts."""
    return {"accounts": (Account("Cards", ("USD", "EUR"), replace(COMPANY, **changes), hook_answers=True),)}


def bad(name: str, **changes: Any) -> Finding:
    """What a check finds when something is otherwise."""
    (found,) = (one for one in examine(replace(GOOD, **changes)) if one.name == name)
    return found


def test_nothing_bars_a_newsroom_that_is_ready() -> None:
    findings = examine(GOOD)
    assert [one.name for one in findings if one.bars] == []
    assert [one.name for one in findings if one.state != State.HOLDS] == ["statement-tells"]


BROKEN = [
    ("live-newsroom", {"sandbox": True}, State.FAILS),
    ("address", {"address": "http://give.farshore.example"}, State.FAILS),
    ("account", {"accounts": ()}, State.FAILS),
    ("account-live", account(live=False), State.FAILS),
    ("account-live", account(live=None), State.UNKNOWN),
    ("web-key", account(web_key_is_restricted=False), State.FAILS),
    ("web-key", account(web_key_is_restricted=None), State.UNKNOWN),
    ("statement-shape", {"statement_name": "ПРЕССА"}, State.FAILS),
    ("statement-true", {"statement_name": "BLUE SHOES"}, State.FAILS),
    ("account-set-up", account(trouble="Nobody answers."), State.FAILS),
    ("account-set-up", account(problems=("The BIC is not a valid one.",)), State.FAILS),
    ("currencies-open", account(takes=("EUR",)), State.FAILS),
    ("statement-printed", account(statement="FARSHORE NEWS"), State.FAILS),
    ("statement-printed", account(statement_problems=("no",)), State.FAILS),
    ("statement-printed", account(statement=None), State.UNKNOWN),
    ("statement-tells", {}, State.ADVICE),
    ("statement-seen", {"confirmed": {}}, State.UNKNOWN),
    ("own-mails", {"confirmed": {}}, State.UNKNOWN),
    ("receipt-read", {"confirmed": {"receipt-read": TODAY - timedelta(days=181)}}, State.UNKNOWN),
    ("hook-known", account(hook_is_known=False), State.FAILS),
    ("hook-answers", {"accounts": (Account("Cards", ("USD", "EUR"), COMPANY, False),)}, State.FAILS),
    ("currencies", {"currencies": ("USD", "JPY")}, State.FAILS),
    ("collection-key", {"key_opens": False}, State.FAILS),
    ("unlocked", {"locked": 1}, State.FAILS),
    ("unlocked", {"worker_there": False}, State.FAILS),
    ("admins", {"admins": 1}, State.ADVICE),
    ("keys-last", {"keys_expire_on": TODAY}, State.ADVICE),
    ("alarms", {"alarms_go_somewhere": False}, State.FAILS),
    ("clock", {"clock_off_seconds": -31}, State.FAILS),
    ("clock", {"clock_off_seconds": None}, State.UNKNOWN),
    ("spf", {"mail": MailRecords(False, True, True)}, State.FAILS),
    ("dkim", {"mail": MailRecords(True, False, True)}, State.FAILS),
    ("dkim", {"letters_are_signed": False}, State.FAILS),
    ("dmarc", {"mail": MailRecords(True, True, None)}, State.UNKNOWN),
    ("backup-key", {"backup_keys": 0}, State.FAILS),
    ("backup-fresh", {"newest_backup_hours": 49}, State.FAILS),
    ("backup-fresh", {"newest_backup_hours": None}, State.UNKNOWN),
    ("countries", {"countries_listed": 0}, State.ADVICE),
    ("countries-reviewed", {"review_is_due": True}, State.FAILS),
]


@pytest.mark.parametrize(("name", "changes", "state"), BROKEN)
def test_each_check_sees_what_is_wrong_and_says_the_next_step(
    name: str, changes: dict[str, Any], state: State
) -> None:
    found = bad(name, **changes)
    assert found.state == state
    assert found.says.endswith(".")
    assert "%(" not in found.says
    assert "None" not in found.says
    assert found.next_step.endswith(".")


def test_every_check_was_seen_to_find_something() -> None:
    assert {name for name, _changes, _state in BROKEN} == {check.name for check in CHECKS}


def test_a_person_s_word_counts_where_the_program_does_not_know_and_never_against_it() -> None:
    confirmed = {**GOOD.confirmed, "clock": TODAY}
    assert bad("clock", clock_off_seconds=None, confirmed=confirmed).state == State.HOLDS
    assert bad("clock", clock_off_seconds=99, confirmed=confirmed).state == State.FAILS


def test_one_account_that_is_wrong_is_named_among_others() -> None:
    other = Account("Practice", (), AccountFacts(live=False), hook_answers=True)
    assert "Practice" in bad("account-live", accounts=(*GOOD.accounts, other)).says


FORTY = """
FARSHORE PRESS|ok|true|press
FARSHORE|ok|true|
Farshore|ok|true|
FAR SHORE|ok|true|
SHORE|ok|true|
FARSHORE.PRESS|ok|true|press
FARSHORE-PRESS|ok|true|press
FARSHORE PRESS 2026|ok|no|press
FARSHORE MEDIA|ok|no|media
FARSHORE NEWS|ok|no|news
DONATE FARSHORE|ok|no|donat
SUPPORT FARSHORE|ok|no|support
FARSHORE GIFT|ok|no|gift
FARSHORE CHARITY|ok|no|charity
FARSHORE RADIO|ok|no|radio
MOSCOW FARSHORE|ok|no|moscow
MOSKVA POST|ok|no|moskva
NOVAYA FARSHORE|ok|no|novaya
NOVOSTI|ok|no|novosti
GAZETA FARSHORE|ok|no|gazeta
SVOBODA|ok|no|svobod
POZHERTVOVANIE|ok|no|pozhertv
FARSHORE JOURNAL|ok|no|journal
BLUE SHOES LTD|ok|no|
ONLINE SHOP 24|ok|no|
COFFEE BEANS|ok|no|
FARS|bad|true|
FAR|bad|true|
FARSHORE PRESS FOUNDATION|bad|no|press
12345678|bad|no|
FARSHORE*PRESS|bad|true|press
FARSHORE <PRESS>|bad|true|press
"FARSHORE"|bad|true|
FARSHORE'S|bad|no|
FARSHORE\\PRESS|bad|true|press
ДАЛЬНИЙ БЕРЕГ|bad|no|
FÄRSHORE|bad|no|
 FARSHORE|bad|true|
FARSHORE |bad|true|
.....|bad|no|
""".strip("\n").split("\n")


def test_there_are_forty_names() -> None:
    assert len(set(FORTY)) == 40


@pytest.mark.parametrize("row", FORTY)
def test_a_name_on_statements(row: str) -> None:
    name, shape, trading, word = row.split("|")
    assert statement.refused(name) == (shape == "bad")
    assert statement.is_trading_name(name, "Farshore Press") == (trading == "true")
    found = statement.tells(name)
    assert found == ([word] if word else [])


def test_the_newsroom_s_own_name_is_told_too() -> None:
    assert statement.tells("FARSHORE PRESS", ("The Far Shore", "farshore")) == ["press", "farshore"]


RECORDS = {
    "farshore.example": ["v=spf1 mx -all", "something-else"],
    "mainstay._domainkey.farshore.example": ["v=DKIM1; k=rsa; p=MIIB"],
    "_dmarc.farshore.example": ["v=DMARC1; p=quarantine"],
}


def test_mail_records_are_read_from_the_name_system() -> None:
    assert records_of("farshore.example", "mainstay", RECORDS.get) == MailRecords(True, True, True)


@pytest.mark.parametrize(
    ("name", "records", "expected"),
    [
        ("farshore.example", [], MailRecords(False, True, True)),
        ("farshore.example", ["v=spf1 mx -all", "v=spf1 a -all"], MailRecords(False, True, True)),
        ("mainstay._domainkey.farshore.example", ["v=DKIM1; p="], MailRecords(True, False, True)),
        ("_dmarc.farshore.example", ["p=none"], MailRecords(True, True, False)),
        ("_dmarc.farshore.example", None, MailRecords(True, True, None)),
    ],
)
def test_a_record_that_is_missing_wrong_or_unanswered(
    name: str, records: list[str] | None, expected: MailRecords
) -> None:
    changed: dict[str, Any] = {**RECORDS, name: records}
    assert records_of("farshore.example", "mainstay", changed.get) == expected


@pytest.fixture
def live(newsroom: Newsroom) -> Newsroom:
    """The Far Shore as it is founded when it is not for practice."""
    newsroom.sandbox = False
    close_until_ready(newsroom)
    newsroom.save()
    return newsroom


def test_a_newsroom_begins_with_a_closed_till_that_nobody_can_open(live: Newsroom) -> None:
    assert live.gifts_stopped_reason == live.renewals_stopped_reason == REASON
    for switch in till.Switch:
        with pytest.raises(NotLive):
            till.reopen(live, switch, actor="heron", day=TODAY)
    live.refresh_from_db()
    assert live.gifts_stopped_reason


def test_live_mode_stays_off_while_something_bars_it(live: Newsroom) -> None:
    with pytest.raises(look.NotReady, match="1 things"):
        look.open_for_money(live, examine(replace(GOOD, backup_keys=0)), actor="heron", day=TODAY)
    live.refresh_from_db()
    assert live.live_on is None


def test_live_mode_opens_the_till_and_leaves_closed_what_a_person_has_stopped(live: Newsroom) -> None:
    till.stop(live, till.Switch.RENEWALS, "We look at something.", actor="heron", day=TODAY)
    look.open_for_money(live, examine(GOOD), actor="heron", day=TODAY)
    live.refresh_from_db()
    assert (live.live_on, live.gifts_stopped_reason) == (TODAY, "")
    assert live.renewals_stopped_reason == "We look at something."
    till.reopen(live, till.Switch.RENEWALS, actor="heron", day=TODAY)
    go_live(live, actor="heron", day=TODAY + timedelta(days=1))
    live.refresh_from_db()
    assert (live.live_on, live.renewals_stopped_reason) == (TODAY, "")


def test_what_was_found_is_kept_for_the_desk(live: Newsroom) -> None:
    assert look.last(live) is None
    look.confirm(live, "own-mails", actor="heron", day=TODAY)
    look.keep(live, examine(GOOD), TODAY)
    found = look.last(live)
    assert found is not None
    assert [one.says for one in found[1]] == [one.says for one in examine(GOOD)]
    with pytest.raises(look.NothingToConfirm):
        look.confirm(live, "weather", actor="heron", day=TODAY)


def test_gathering_needs_no_network_to_say_what_it_can_not_know(
    newsroom: Newsroom, keys_root: Path, settings: Any
) -> None:
    # A port where nobody listens.
    newsroom.site_url = settings.PUBLIC_URL = "http://127.0.0.1:9"
    facts = gather(newsroom, keys_root=keys_root, now=NOON, ask=lambda name: None)
    assert facts.key_opens
    assert facts.mail == MailRecords(None, None, None)
    assert facts.clock_off_seconds is None
    assert facts.accounts == ()
    assert not gather(newsroom, keys_root=keys_root / "other", now=NOON, ask=lambda name: None).key_opens
