"""Every command says what it is for; rules for countries are set with a line in the log."""

import os

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


def test_an_account_is_added_changed_and_taken_out_of_the_offer(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--set", "address=https://pay.example", "--set", "place=2", "--set", 'webhook_ids=["WH-1"]']
    assert main(["account", newsroom.slug, "paypal", "--label", "PayPal", *told]) == 0
    account = newsroom.processor_accounts.get()
    assert capsys.readouterr().out == f'[accounts."{account.pk}"]\n'
    assert account.settings == {"address": "https://pay.example", "place": 2, "webhook_ids": ["WH-1"]}
    assert account.active
    change = ["--change", str(account.pk), "--remove", "address", "--set", "place=1", "--offer", "no"]
    change += ["--currencies", "usd,EUR"]
    assert main(["account", newsroom.slug, *change]) == 0
    account.refresh_from_db()
    assert account.settings == {"place": 1, "webhook_ids": ["WH-1"]}
    assert (account.active, account.currencies) == (False, ["USD", "EUR"])
    assert "not offered place=1" in capsys.readouterr().out
    assert "pay.example" not in str(AuditLine.objects.get(action="account.changed").detail)


def test_an_account_of_nobody_is_not_changed(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert main(["account", newsroom.slug, "--change", nobody, "--offer", "no"]) == 1
    assert main(["account", newsroom.slug, "paypall"]) == 1
    assert main(["account", newsroom.slug, "paypal", "--currencies", "USD,XYZ"]) == 1
    assert not newsroom.processor_accounts.exists()
    assert "no account" in (told := capsys.readouterr().err)
    assert "There is no processor 'paypall'" in told


def test_a_reader_who_has_read_enough_is_no_error(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody_reads:
        monkeypatch.setattr("sys.stdout", nobody_reads)
        assert main(["country", newsroom.slug, "ru", "refuse"]) == 0
    assert newsroom.country_rules.get().state == "refuse"


def test_another_broken_pipe_is_told(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_arguments: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(command_modules()["country"], "run", broken)
    with pytest.raises(BrokenPipeError):
        main(["country", newsroom.slug])
