"""Content is read or refused by name; publishing makes versions and epochs; the manifest says what was published."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest

from mainstay.audit.models import AuditLine
from mainstay.core.money import EXPONENTS
from mainstay.message import publish as publishing
from mainstay.message.ask import ask_for
from mainstay.message.assign import variant_for
from mainstay.message.content import BadContent, read
from mainstay.message.defaults import DEFAULT_ASK
from mainstay.message.manifest import manifest_bytes
from mainstay.message.models import Campaign, Epoch, Version
from mainstay.message.words import filled
from mainstay.newsrooms import till
from mainstay_demo.campaign import CAMPAIGN

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
DAY = date(2026, 1, 31)


@pytest.fixture
def campaign(newsroom):
    return publishing.new_campaign(newsroom, "spring", read(CAMPAIGN), actor="heron", day=DAY)


def _changed(**fields):
    return {**deepcopy(CAMPAIGN), **fields}


def _manifest(newsroom, language="en"):
    return json.loads(manifest_bytes(newsroom, language, NOW))


def test_content_survives_being_written_and_read():
    content = read(CAMPAIGN)
    assert read(json.loads(json.dumps(content.written()))) == content


def test_every_problem_is_named_at_once():
    bad = _changed(frequency="weekly", quiet_days=0, starts="soon")
    bad["variants"][0]["texts"]["en"]["title"] = " "
    bad["variants"][1]["name"] = "B!"
    bad["ask"]["USD"]["monthly"]["default"] = 501
    bad["ask"]["ZZZ"] = {}
    with pytest.raises(BadContent) as refused:
        read(bad)
    assert set(refused.value.problems) == {
        "frequency",
        "quiet_days",
        "starts",
        "variants.0.texts.en.title",
        "variants.1.name",
        "ask.USD.monthly.default",
        "ask.ZZZ",
    }


@pytest.mark.parametrize("json_value", [None, [], "x", {}, {"variants": 3, "ask": []}])
def test_nonsense_is_refused_and_not_tripped_over(json_value):
    with pytest.raises(BadContent):
        read(json_value)


def test_the_last_day_can_not_come_before_the_first():
    with pytest.raises(BadContent) as refused:
        read(_changed(starts="2026-05-02", ends="2026-05-01"))
    assert set(refused.value.problems) == {"ends"}


def test_publishing_makes_a_version_an_epoch_and_an_audit_line(newsroom, campaign):
    version = publishing.publish(campaign, actor="heron", day=DAY)
    assert (version.number, version.staff, version.day) == (1, "heron", DAY)
    assert Epoch.objects.get().weights == {"spring": {"a": 50, "b": 50}}
    assert list(AuditLine.objects.values_list("action", flat=True))[-2:] == [
        "message.draft_saved",
        "message.published",
    ]


def test_a_draft_changes_nothing_that_readers_see_until_it_is_published(newsroom, campaign):
    publishing.publish(campaign, actor="heron", day=DAY)
    before = _manifest(newsroom)
    publishing.save_draft(campaign, read(_changed(quiet_days=7)), actor="heron", day=DAY)
    assert _manifest(newsroom) == before
    publishing.publish(campaign, actor="heron", day=DAY)
    after = _manifest(newsroom)
    assert (after["n"], after["c"][0]["quiet"]) == (2, 7)


def test_undo_publishes_the_earlier_words_under_a_new_number(newsroom, campaign):
    publishing.publish(campaign, actor="heron", day=DAY)
    publishing.save_draft(campaign, read(_changed(quiet_days=7)), actor="heron", day=DAY)
    publishing.publish(campaign, actor="heron", day=DAY)
    third = publishing.undo(campaign, 1, actor="plover", day=DAY)
    assert (third.number, third.content["quiet_days"]) == (3, 30)
    assert campaign.draft["quiet_days"] == 30
    assert Version.objects.count() == 3


def test_an_older_draft_never_overwrites_a_newer_one(newsroom, campaign):
    opened = Campaign.objects.get(pk=campaign.pk)
    publishing.save_draft(campaign, read(_changed(quiet_days=7)), actor="heron", day=DAY)
    with pytest.raises(publishing.DraftMovedOn):
        publishing.save_draft(opened, read(_changed(quiet_days=9)), actor="plover", day=DAY)
    assert Campaign.objects.get().draft["quiet_days"] == 7


def test_off_everywhere_empties_the_manifest(newsroom, campaign):
    publishing.publish(campaign, actor="heron", day=DAY)
    publishing.set_off(newsroom, True, actor="heron", day=DAY)
    assert _manifest(newsroom)["c"] == []
    publishing.set_off(newsroom, False, actor="heron", day=DAY)
    assert len(_manifest(newsroom)["c"]) == 1


def test_nobody_is_asked_while_the_till_takes_no_gifts(newsroom, campaign):
    publishing.publish(campaign, actor="heron", day=DAY)
    stopped = till.stop(newsroom, till.Switch.GIFTS, "a new account", actor="heron", day=DAY)
    assert _manifest(stopped)["c"] == []
    assert len(_manifest(till.reopen(stopped, till.Switch.GIFTS, actor="heron", day=DAY))["c"]) == 1


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [("2026-01-31", "2026-01-31", 1), ("2026-02-01", None, 0), (None, "2026-01-30", 0)],
)
def test_a_campaign_runs_on_its_days_both_included(newsroom, starts, ends, shown):
    content = read(_changed(starts=starts, ends=ends))
    dated = publishing.new_campaign(newsroom, "dated", content, actor="heron", day=DAY)
    publishing.publish(dated, actor="heron", day=DAY)
    assert len(_manifest(newsroom)["c"]) == shown


def test_the_manifest_has_every_language_and_direction(newsroom, campaign):
    publishing.publish(campaign, actor="heron", day=DAY)
    manifests = {language: _manifest(newsroom, language) for language in ("en", "ru", "ar")}
    assert [manifests[code]["dir"] for code in ("en", "ru", "ar")] == ["ltr", "ltr", "rtl"]
    titles = {code: value["c"][0]["v"][0]["h"] for code, value in manifests.items()}
    assert titles["en"] == "A message from The Far Shore"
    assert len(set(titles.values())) == 3


def test_a_language_without_words_shows_the_newsrooms_own(newsroom):
    content = deepcopy(CAMPAIGN)
    for variant in content["variants"]:
        del variant["texts"]["ar"]
    half = publishing.new_campaign(newsroom, "half", read(content), actor="heron", day=DAY)
    publishing.publish(half, actor="heron", day=DAY)
    assert _manifest(newsroom, "ar")["c"][0]["v"][0]["h"] == "A message from The Far Shore"


def test_the_ask_is_the_published_one_else_the_built_in(newsroom, campaign):
    assert ask_for(newsroom, "USD") == DEFAULT_ASK["USD"]
    changed = deepcopy(CAMPAIGN)
    changed["ask"] = {"USD": deepcopy(CAMPAIGN["ask"]["USD"])}
    changed["ask"]["USD"]["monthly"]["minimum"] = 100
    publishing.save_draft(campaign, read(changed), actor="heron", day=DAY)
    publishing.publish(campaign, actor="heron", day=DAY)
    assert ask_for(newsroom, "USD")["monthly"].minimum == 100
    assert ask_for(newsroom, "KWD") == DEFAULT_ASK["KWD"]


@pytest.mark.parametrize("currency", EXPONENTS)
def test_the_built_in_ask_is_itself_valid(currency):
    asks = {name: {**ask_as_json(ask)} for name, ask in DEFAULT_ASK[currency].items()}
    assert read(_changed(ask={currency: asks})).ask[currency] == DEFAULT_ASK[currency]


def ask_as_json(ask):
    return {"amounts": ask.amounts, "default": ask.default, "minimum": ask.minimum, "maximum": ask.maximum}


def test_placeholders_are_filled_and_unknown_ones_show_nothing():
    words = "{newsroom}: {minimum:monthly}, {minimum:once}{nonsense}{minimum:weekly}"
    assert filled(words, "The Far Shore", DEFAULT_ASK["USD"], "USD", "en") == "The Far Shore: $2, $2"


def test_the_plain_form_leads_to_the_same_checkout_and_escapes_words(newsroom, campaign):
    changed = deepcopy(CAMPAIGN)
    changed["variants"][0]["texts"]["en"]["title"] = "<b>Bold</b> {newsroom}"
    publishing.save_draft(campaign, read(changed), actor="heron", day=DAY)
    publishing.publish(campaign, actor="heron", day=DAY)
    html = publishing.fallback_html(newsroom, "en", "https://support.example")
    assert 'action="https://support.example/support/far-shore/"' in html
    assert "&lt;b&gt;Bold&lt;/b&gt; The Far Shore" in html
    assert 'name="src" value="nojs"' in html
    assert "from $2 a month" in html


def test_no_plain_form_before_anything_is_published(newsroom):
    assert publishing.fallback_html(newsroom, "en", "https://support.example") == ""


def test_shares_follow_the_weights():
    drawn = [variant_for(f"reader{number}", "salt", {"a": 3, "b": 1, "c": 0}) for number in range(20_000)]
    assert 0.74 < drawn.count("a") / len(drawn) < 0.76
    assert "c" not in drawn


def test_a_change_of_weights_moves_no_more_readers_than_it_must():
    before = {"a": 50, "b": 50}
    after = {"a": 75, "b": 25}
    readers = [f"reader{number}" for number in range(20_000)]
    moved = sum(variant_for(one, "s", before) != variant_for(one, "s", after) for one in readers)
    assert moved / len(readers) < 0.26


def test_no_weight_no_variant():
    with pytest.raises(ValueError, match="empty"):
        variant_for("reader", "salt", {"a": 0})
