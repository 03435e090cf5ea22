"""Bringing promises in, moving them on, and looking a newsroom over, as an engineer does it at a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

from mainstay.collection.conftest import Story, story
from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .main import main

__all__ = ["story"]

FILE = (
    "id,mail,amount,currency,frequency,next_date,status\n"
    "1,reader@example.org,5,USD,monthly,2040-02-14,active\n"
    "2,other@example.org,5,USD,weekly,2040-02-14,active\n"
)


@pytest.fixture
def here(story: Story, settings: Any, keys_root: Path) -> Story:
    """The commands find the keys."""
    settings.MAINSTAY_KEYS = str(keys_root)
    return story


def report(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_file_is_shown_taken_over_and_undone(
    here: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(FILE, encoding="utf-8")
    wish = ["import", "csv", str(path), "--account", str(here.account.pk), "--json"]
    assert main(wish) == 1
    shown = report(capsys)
    assert (shown["good"], shown["applied"]) == (1, False)
    assert list(shown["refused"]) == ["line 3"]
    assert not Contribution.objects.exists()
    assert main([*wish, "--apply"]) == 1
    done = report(capsys)
    assert Contribution.objects.get().state == "paused"
    assert main(["import", "undo", done["id"]]) == 0
    assert not Contribution.objects.exists()
    assert main(["import", "undo", done["id"]]) == 1


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (["import", "csv", "nowhere.csv"], "--account"),
        (["import", "undo", "yesterday"], "id"),
        (["import", "csv", "nowhere.csv", "--from", "abacus", "--account", "HERE"], "generic"),
        (["import", "csv", "nowhere.csv", "--account", "HERE"], "can't be read"),
        (["import", "memory", "--account", "HERE"], "own processor"),
        (["move", "--from", "HERE", "--to", "HERE"], "two accounts"),
        (["move", "--from", "nobody", "--to", "HERE"], "no such account"),
    ],
)
def test_nonsense_gets_a_sentence(
    wish: list[str], why: str, here: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(here.account.pk) if word == "HERE" else word for word in wish]) == 1
    assert why in capsys.readouterr().err


def test_a_move_is_rehearsed_done_and_taken_back(
    here: Story, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    new = ProcessorAccount.objects.create(newsroom=here.newsroom, processor="memory", label="New")
    path = Path(settings.MAINSTAY_SECRETS_FILE)
    path.write_text(f'{path.read_text()}\n[accounts."{new.pk}"]\napi_key = "sk"\n', encoding="utf-8")
    here.give(mail="r@example.org")
    wish = ["move", "--from", str(here.account.pk), "--to", str(new.pk), "--json"]
    assert main(wish) == 0
    assert report(capsys) == {"applied": False, "declined": 0, "judged": 0, "asked": 1}
    assert Contribution.objects.get().moving_to is None
    assert main([*wish, "--apply"]) == 0
    assert Contribution.objects.get().moving_to == new
    assert main([*wish, "--back"]) == 0
    assert Contribution.objects.get().moving_to is None


def test_the_doctor_says_what_bars_live_mode_and_keeps_it_off(
    newsroom: Newsroom,
    keys_root: Path,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MAINSTAY_KEYS, settings.PUBLIC_URL = str(keys_root), "http://127.0.0.1:9"
    Newsroom.objects.update(site_url="http://127.0.0.1:9")
    monkeypatch.setattr("mainstay.moving.doctor.mail.ask_dns", lambda name: None)
    assert main(["doctor", newsroom.slug, "--json", "--confirm", "clock"]) == 1
    states = {one["check"]: one["state"] for one in report(capsys)}
    assert states["live-newsroom"] == "fails"
    assert states["clock"] == "holds"
    assert states["spf"] == "unknown"
    assert states["collection-key"] == "holds"
    assert main(["doctor", newsroom.slug, "--go-live"]) == 1
    told = capsys.readouterr()
    assert "stays off" in told.err
    assert "Next: " in told.out
    newsroom.refresh_from_db()
    assert newsroom.live_on is None
