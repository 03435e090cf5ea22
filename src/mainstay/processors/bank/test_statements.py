"""Statements that banks write, and files that only look like them."""

from datetime import date

import pytest

from . import camt as camt_file
from . import table
from .example_statement import IBAN, VERSIONS, Entry, camt
from .lines import BadStatement

RF = "RF18539007547034"


def amounts(content: bytes) -> list[int]:
    return [line.amount_minor for line in camt_file.read(content, IBAN)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_reads_the_same(version: str) -> None:
    entries = (Entry(reference=RF, text="thank you"), Entry(amount="12.5", debit=True, code="AC04"))
    first, second = camt_file.read(camt(*entries, version=version), IBAN)
    assert (first.amount_minor, first.currency, first.outgoing) == (500, "EUR", False)
    assert (first.day, first.text, first.country) == (date(2026, 1, 31), f"{RF} thank you", "FR")
    assert (second.amount_minor, second.outgoing, second.return_code) == (1250, True, "AC04")


def test_a_batch_is_taken_apart() -> None:
    batch = [Entry(reference=RF, bank_ref=str(number)) for number in range(500)]
    content = camt(Entry(amount="2500.00", batch=batch))
    lines = camt_file.read(content, IBAN)
    assert len(lines) == 500
    assert len({line.fingerprint for line in lines}) == 500
    assert sum(line.amount_minor for line in lines) == 250_000


def test_a_batch_of_another_sum_stays_one_line() -> None:
    assert amounts(camt(Entry(amount="11.00", batch=[Entry(), Entry()]))) == [1100]


def test_only_what_is_booked_counts() -> None:
    assert amounts(camt(Entry(status="PDNG"), Entry(amount="7.00"), Entry(status="INFO"))) == [700]


def test_two_alike_are_two_and_the_same_twice_is_one() -> None:
    one, other = camt_file.read(camt(Entry(), Entry()), IBAN)
    assert one.fingerprint != other.fingerprint
    later = camt_file.read(camt(Entry(), Entry(), Entry(day="2026-02-01")), IBAN)
    assert {one.fingerprint, other.fingerprint} < {line.fingerprint for line in later}


def test_no_fingerprint_is_made_of_a_person() -> None:
    [one] = camt_file.read(camt(Entry(payer="FR7630006000011234567890189")), IBAN)
    [other] = camt_file.read(camt(Entry(payer="ES9121000418450200051332")), IBAN)
    assert one.fingerprint == other.fingerprint


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "&{chr(97 + n)};&{chr(97 + n)};">' for n in range(20)
)


@pytest.mark.parametrize(
    "content",
    [
        camt(Entry(text="&u;"), before=f"{BOMB}]>"),
        camt(Entry(text="&x;"), before='<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        camt(Entry(), before='<!DOCTYPE b SYSTEM "http://127.0.0.1:9/evil.dtd">'),
        camt(Entry())[:-20],
        camt(Entry(text="café")).decode().encode("latin-1"),
        b"<Document/>",
        b"<",
        camt(Entry(amount="-5.00")),
        camt(Entry(amount="5.005")),
        camt(Entry(amount="NaN")),
        camt(Entry(amount="1e30")),
        camt(Entry(amount="1e999999999")),
        camt(Entry(day="yesterday")),
        camt(Entry(), iban="FR7630006000011234567890189"),
        camt(*(Entry(),) * 20_001),
    ],
)
def test_a_file_that_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(BadStatement):
        camt_file.read(content, IBAN)


GERMAN = "Kontoauszug;;;;\r\nBuchungstag;Kontonummer/IBAN;Verwendungszweck;Betrag;Währung\r\n{rows}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_german_table(encoding: str) -> None:
    rows = f"31.01.2026;FR76 3000 6000 0112 3456 7890 189;für {RF};1.234,56;EUR\r\n01.02.26;;Gebühr;-3,90;EUR"
    gift, fee = table.read(GERMAN.format(rows=rows).encode(encoding), "EUR")
    assert (gift.day, gift.amount_minor, gift.outgoing) == (date(2026, 1, 31), 123_456, False)
    assert (gift.text, gift.country) == (f"für {RF}", "FR")
    assert (fee.day, fee.amount_minor, fee.outgoing) == (date(2026, 2, 1), 390, True)


def test_an_english_table() -> None:
    content = b'Date,Description,Amount\n2026-01-31,"Gift, with a comma","1,234.56"\n'
    [line] = table.read(content, "EUR")
    assert (line.amount_minor, line.currency, line.text) == (123_456, "EUR", "Gift, with a comma")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Name;Amount\nA;5,00\n",
        b"Date;Amount;Reference\n31.02.2026;5,00;x\n",
        b"Date;Amount;Reference\n2026-01-31;five;x\n",
        b"Date;Amount;Reference\n2026-01-31;1.234;x\n",
        b"Date;Amount;Reference\n2026-01-31\n",
        b"Date;Amount;Reference\n2026-01-31;5,00;" + b"x" * 5000,
        b"Date;Amount;Reference\n2026-01-31;5,00;x\x00\n",
        bytes(range(256)) * 20,
        b"Date;Amount;Reference\n2026-01-31;1e999999999;x\n",
        b'Date;Amount;Reference\n2026-01-31;5,00;"' + (b"x" * 3000 + b"\n") * 50,
    ],
)
def test_a_table_that_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(BadStatement):
        table.read(content, "EUR")
