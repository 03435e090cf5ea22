"""What is known of a bank account before readers are told its number."""

from typing import Any

import pytest

from mainstay.contributions.port import AccountConfig
from mainstay.core.errors import WrongSettings
from mainstay.processors.check_up import AccountFacts

from .check_up import look

GOOD = {"name": "Far Shore Press", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}


def asked(**changes: Any) -> AccountFacts:
    return look(AccountConfig({**GOOD, **changes}, {}), None, "")


def test_an_account_that_is_ready() -> None:
    assert asked() == AccountFacts(
        live=True, statement="", web_key_is_restricted=True, hook_is_known=True, takes=("EUR",)
    )
    assert asked(bic="").problems == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"bic": "COBADEF"}, "The BIC is not a valid one. Compare it with a statement."),
        ({"bic": "BNPAFRPP"}, "The BIC is of another country than the IBAN."),
        ({"name": " "}, "The owner’s name must have 1 to 70 characters, as the bank has it."),
        ({"name": "a" * 71}, "The owner’s name must have 1 to 70 characters, as the bank has it."),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, str], problem: str) -> None:
    assert asked(**changes).problems == (problem,)


def test_wrong_check_digits_are_no_account() -> None:
    with pytest.raises(WrongSettings, match="IBAN"):
        asked(iban="DE88 3704 0044 0532 0130 00")
