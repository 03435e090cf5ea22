"""Every command says what it is for; rules for countries are set with a line in the log."""

import pytest

from mainstay.audit.models import AuditLine
from mainstay.core.clock import clock
from mainstay.newsrooms import staffing, voices
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom

from .main import command_modules, main, make_parser


@pytest.mark.parametrize("name", sorted(command_modules()))
def test_each_command_has_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        make_parser().parse_args([name, "--help"])
    assert left.value.code == 0
    assert command_modules()[name].HELP in " ".join(capsys.readouterr().out.split())


def test_a_rule_for_a_country_is_set_and_logged(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["country", newsroom.slug, "ru", "refuse", "--by", "admin-1"]) == 0
    assert capsys.readouterr().out == "RU refuse\n"
    assert newsroom.country_rules.get().state == "refuse"
    assert AuditLine.objects.get(action="country.set").actor == "admin-1"


def test_nonsense_gets_a_sentence_and_exit_code_1(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["country", "nowhere"]) == 1
    assert main(["country", newsroom.slug, "Russia", "refuse"]) == 1
    assert "two letters" in capsys.readouterr().err
    assert not newsroom.country_rules.exists()


def test_the_books_are_written_for_a_month(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", newsroom.slug, "statements", "--month", "2026-01"]) == 0
    assert capsys.readouterr().out.splitlines() == ["account,currency,opening,in,out,closing"]
    assert main(["export", newsroom.slug, "journal", "--from", "2026-02-01", "--to", "2026-01-01"]) == 1
    assert "Write a month as" in capsys.readouterr().err


def test_the_operator_lets_a_single_admin_in_again(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    make_staff("heron", "a long password", newsroom, "admin")
    assert main(["code", "far-shore", "heron"]) == 0
    code = capsys.readouterr().out.splitlines()[0]
    assert voices.resting(newsroom, clock.now()).get().voice_by == "operator"
    entered = staffing.enter_with_code("heron", code, now=clock.now())
    assert entered is not None
    assert main(["code", "far-shore", "wren"]) == 1
    assert "no staff called 'wren'" in capsys.readouterr().err
