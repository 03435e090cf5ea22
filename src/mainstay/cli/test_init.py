"""`mainstay init` as a person meets it at a terminal: what is asked twice, what can be typed again, what is refused."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from mainstay.newsrooms.models import Newsroom, Role

from .main import main

PASSPHRASE, PASSWORD = "five quiet words by the sea", "a long password here"
INIT = ["init", "north-pier", "--name", "North Pier", "--legal-name", "North Pier Press"]
INIT += ["--statement-name", "NORTHPIER", "--site", "https://pier.example", "--mail-from", "us@pier.example"]
INIT += ["--admin", "harbour", "--sandbox"]


class Terminal(io.StringIO):
    """Standard input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def keys(keys_root: Path, settings: Any) -> Path:
    settings.MAINSTAY_KEYS = str(keys_root)
    return keys_root


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Types the given secrets unseen, and each word that is asked for; the first of them wrongly `slips` times."""

    def types(*hidden: str, slips: int = 0) -> list[str]:
        asked: list[str] = []
        answers, wrong = iter(hidden), iter(["nonsense"] * slips)
        shown: list[str] = []

        def unseen(prompt: str = "") -> str:
            asked.append(prompt)
            return next(answers)

        def word(prompt: str = "") -> str:
            asked.append(prompt)
            shown.append(capsys.readouterr().out)
            words = dict(re.findall(r"\b(\d+) ([a-z]+) *(?=\s)", "".join(shown).split("server is.", 1)[1]))
            return next(wrong, words[re.findall(r"\d+", prompt)[0]])

        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("getpass.getpass", unseen)
        monkeypatch.setattr("builtins.input", word)
        return asked

    return types


@pytest.mark.django_db
def test_secrets_are_asked_for_twice_and_a_slip_can_be_mended(
    keys: Path, person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["short", PASSPHRASE, "another one by the sea", PASSPHRASE, PASSPHRASE, PASSWORD, PASSWORD]
    asked = person(*typed, slips=2)
    assert main(INIT) == 0
    said = capsys.readouterr().out
    assert "at least 12 characters" in asked[0]
    assert said.index("The paper is right.") < said.index("Next: add a processor account")
    assert Newsroom.objects.get(slug="north-pier").roles.get().staff.check_password(PASSWORD)


@pytest.mark.django_db
def test_a_wrong_paper_is_told_with_the_command_that_helps(
    keys: Path, person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    person(PASSPHRASE, PASSPHRASE, PASSWORD, PASSWORD, slips=3)
    assert main(INIT) == 1
    said = capsys.readouterr()
    assert "mainstay keys words north-pier" in said.err
    assert "Next: add a processor account" in said.out


def test_a_short_name_that_is_taken_gets_one_sentence(
    newsroom: Newsroom, keys: Path, person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = person()
    assert main([part.replace("north-pier", newsroom.slug) for part in INIT]) == 1
    assert capsys.readouterr().err.startswith(f"There is a newsroom '{newsroom.slug}' already")
    assert asked == []


@pytest.mark.django_db
def test_somebody_of_another_newsroom_keeps_their_password(
    keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for slug, given in (("north-pier", f"{PASSPHRASE}\n{PASSWORD}\n"), ("south-pier", f"{PASSPHRASE}\n")):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        assert main([part.replace("north-pier", slug) for part in INIT]) == 0
    assert "keeps their password" in capsys.readouterr().out
    assert Role.objects.filter(staff__pseudonym="harbour", kind="admin").count() == 2
