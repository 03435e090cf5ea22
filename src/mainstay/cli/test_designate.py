"""`mainstay designate` and the presets on the command line: counts, exit codes, and two people for loosening."""

import json
from pathlib import Path
from typing import Any

import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.conftest import World, world
from mainstay.newsrooms.models import CountryRule, Proposal

from .main import main

__all__ = ["world"]


@pytest.fixture
def here(world: World, settings: Any, keys_root: Path) -> World:
    """The newsroom with one Russian promise and one other, and the worker's keys at hand."""
    settings.MAINSTAY_KEYS = str(keys_root)
    CountryRule.objects.filter(country="RU").delete()
    for number in ("4000006430000009", "4242424242424242"):
        world.pay(number)
    return world


def test_designation_prints_counts_and_nothing_else(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    slug = here.newsroom.slug
    assert main(["designate", slug, "ru", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "stopped": 1,
        "kept": 1,
        "unreadable": 0,
        "first_payments_open": 0,
    }
    assert not CountryRule.objects.filter(country="RU").exists()
    assert main(["designate", slug, "ru", "--by", "heron", "--reason", "a new law"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Promises stopped: 1. Untouched: 1.")
    assert CountryRule.objects.get(country="RU").reason == "a new law"
    assert main(["designate", slug, "ru", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stopped"] == 0
    lines = AuditLine.objects.filter(action="country.designated").order_by("number")
    assert [line.detail["stopped"] for line in lines] == [1, 0]


def test_a_first_payment_open_at_the_bank_is_told(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    _key, progress = here.pay("4000002760003184")
    assert main(["designate", here.newsroom.slug, "ru"]) == 0
    assert "First payments that wait for a bank's answer: 1." in capsys.readouterr().out
    here.answer_at_bank(progress.action_url, "approve")
    here.work()
    assert main(["designate", here.newsroom.slug, "ru"]) == 0
    assert "wait for a bank's answer" not in capsys.readouterr().out


def test_a_preset_tightens_and_loosening_only_proposes(
    here: World, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = here.newsroom.slug
    assert main(["country", slug, "--preset", "ru"]) == 0
    assert "RU refuse" in capsys.readouterr().out
    assert main(["country", slug, "RU", "warn", "--by", "heron"]) == 0
    assert "loosening needs two people" in capsys.readouterr().out
    assert CountryRule.objects.get(country="RU").state == "refuse"
    assert Proposal.objects.get().payload["country"] == "RU"
    assert main(["country", slug, "--preset", "nowhere"]) == 1
