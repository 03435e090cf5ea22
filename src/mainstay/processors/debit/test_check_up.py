"""What is known of an account for direct debits before anybody signs."""

import pytest

from mainstay.contributions.port import AccountConfig
from mainstay.core.errors import WrongSettings

from .check_up import look

GOOD = {"name": "Far Shore Press", "iban": "DE89 3704 0044 0532 0130 00", "creditor_id": "DE98ZZZ09999999999"}


def test_an_account_that_is_ready() -> None:
    facts = look(AccountConfig(GOOD, {}), None, "")
    assert (facts.live, facts.takes, facts.problems) == (True, ("EUR",), ())


def test_a_wrong_creditor_identifier_is_no_account() -> None:
    with pytest.raises(WrongSettings, match="creditor identifier"):
        look(AccountConfig({**GOOD, "creditor_id": "DE97ZZZ09999999999"}, {}), None, "")


def test_what_is_wrong_with_the_account_is_said() -> None:
    facts = look(AccountConfig({**GOOD, "bic": "BNPAFRPP"}, {}), None, "")
    assert facts.problems == ("The BIC is of another country than the IBAN.",)
