"""The reference, the instructions and the port of a bank account."""

from datetime import UTC, datetime

import pytest
import segno
from segno import helpers
from stdnum import iso11649

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    Order,
    Outcome,
    Processor,
    ReturnUrls,
    Source,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money

from .adapter import make
from .example_statement import IBAN
from .instructions import code_text
from .reference import creditor_reference, is_whole, references_in

FIVE = Money(500, "EUR")
ORDER = Order(FIVE, "c1:1", {}, save_method=False)


@pytest.fixture
def bank() -> Processor:
    return make(AccountConfig({"name": "Far Shore Press", "iban": "DE89 3704 0044 0532 0130 00"}, {}))


def test_a_reference_is_a_creditor_reference_of_its_own() -> None:
    made = [creditor_reference(f"c{number}:1") for number in range(2000)]
    assert all(iso11649.is_valid(reference) for reference in made)
    assert len(set(made)) == 2000
    assert creditor_reference("c1:1") == creditor_reference("c1:1") != creditor_reference("c1:2")


def test_a_reference_is_found_however_it_is_written() -> None:
    reference = creditor_reference("c1:1")
    spaced = " ".join(reference[place : place + 4] for place in range(0, 16, 4))
    for text in (reference, spaced, f"Gift/{spaced.lower()} thanks", f"{reference[:7]}-{reference[7:]}"):
        assert list(references_in(text)) == [reference]
    assert list(references_in("a gift for you")) == []


def test_confused_letters_are_read_and_mistakes_are_seen() -> None:
    reference = next(one for one in map(creditor_reference, "abcdefgh") if "0" in one[4:])
    assert [*references_in(reference[:4] + reference[4:].replace("0", "O"))] == [reference]
    assert is_whole(reference)
    digit = "7" if reference[-1] != "7" else "8"
    assert not is_whole(reference[:-1] + digit)


def test_the_code_is_the_one_that_banks_read() -> None:
    reference = creditor_reference("c1:1")
    text = code_text("Far Shore Press", IBAN, "", reference, FIVE)
    ours = segno.make(text, error="m", boost_error=False, encoding="utf-8", micro=False)
    theirs = helpers.make_epc_qr("Far Shore Press", IBAN, FIVE.decimal, reference=reference, encoding="utf-8")
    assert text.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "Far Shore Press",
        IBAN,
        "EUR5.00",
        "",
        reference,
    ]
    assert ours.version == theirs.version


def test_preparing_computes_and_execution_moves_nothing(bank: Processor) -> None:
    prepared = bank.prepare(ORDER, "k")
    assert prepared.outcome == Outcome.EXECUTABLE
    assert bank.prepare(ORDER, "another key") == prepared
    waiting = bank.execute(prepared.remote_id, Source(), "k", "", reader_present=True)
    assert waiting == bank.look_up(prepared.remote_id) == bank.start_checkout(ORDER, "k", ReturnUrls("", ""))
    assert (waiting.outcome, waiting.amount) == (Outcome.ACTION_REQUIRED, FIVE)
    assert waiting.instructions["iban"] == "DE89 3704 0044 0532 0130 00"
    assert waiting.instructions["reference"].replace(" ", "") == creditor_reference("c1:1")
    assert bank.cancel(prepared.remote_id, "k").outcome == Outcome.CANCELLED


@pytest.mark.parametrize(
    "remote_id", ["", "pi_1", "RF00AAAABBBBCCCC.500.EUR", "RF18.x.EUR", "a.1.EUR", "RF18539007547034.1.ZZZ"]
)
def test_an_id_that_is_none_of_ours_is_not_found(bank: Processor, remote_id: str) -> None:
    assert bank.look_up(remote_id).outcome == Outcome.NOT_FOUND


def test_nobody_tells_of_a_bank_account_but_its_statement(bank: Processor) -> None:
    assert bank.poll("7") == ([], "7")
    assert bank.find("c1:1") == []
    assert bank.refund("charge", FIVE, "k").outcome == Outcome.REJECTED
    with pytest.raises(BadSignature):
        bank.verify_webhook({}, b"{}", datetime(2026, 1, 31, tzinfo=UTC))


@pytest.mark.parametrize("settings", [{}, {"name": "A"}, {"name": "A", "iban": "DE00370400440532013000"}])
def test_an_account_needs_a_name_and_a_true_number(settings: dict[str, str]) -> None:
    with pytest.raises(WrongSettings):
        make(AccountConfig(settings, {}))
