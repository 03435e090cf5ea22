"""Statements as a table (CSV), as banks export them for spreadsheets: columns are known by their headings.

Encodings: UTF-8, else Windows-1252. Separators: semicolon, comma or tab. Days: 2026-03-31, 31.03.2026, 31/03/2026.
Amounts are signed, with a decimal comma or point.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from .lines import LARGEST_TEXT, BadStatement, StatementLine, minor_units, numbered

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "day": ("booking date", "buchungstag", "buchungsdatum", "date", "datum", "completed date"),
    "amount": ("amount", "betrag", "montant", "importe", "bedrag"),
    "currency": ("currency", "währung", "waehrung", "devise", "divisa", "munt"),
    "text": ("remittance information", "verwendungszweck", "reference", "description", "communication"),
    "account": ("payer account", "iban", "kontonummer/iban", "account number", "counterparty iban"),
}
NEEDED = ("day", "amount", "text")
LARGEST_ROW_CHARACTERS = 4_000


def read(content: bytes, currency: str) -> list[StatementLine]:
    """The lines of the table; `currency` is the account's, for tables that don't name one. Raises `BadStatement`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise BadStatement(_("The file can’t be read as a table. Export the statement again, as CSV."))
    rows = list(_rows(text))
    where, columns = _heading(rows)
    try:
        return list(numbered(_line(row, columns, currency) for row in rows[where + 1 :] if any(row)))
    except (ValueError, InvalidOperation, IndexError) as error:
        raise BadStatement(_("A row of the table can’t be read (%(what)s).") % {"what": error}) from None


def _rows(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    if any(len(line) > LARGEST_ROW_CHARACTERS for line in lines):
        raise BadStatement(_("A row of the table is longer than any bank writes them."))
    separator = max(";,\t", key=text[:5000].count)
    try:
        for row in csv.reader(lines, delimiter=separator):
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise BadStatement(_("A quotation mark in the table is never closed.")) from None


def _heading(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    """The first of the first thirty rows that names the needed columns, and where each column is."""
    for number, row in enumerate(rows[:30]):
        names = [cell.lower() for cell in row]
        found = {
            key: names.index(one)
            for key, known in HEADINGS.items()
            for one in reversed(known)
            if one in names
        }
        if all(key in found for key in NEEDED):
            return number, found
    raise BadStatement(
        _(
            "The table needs the headings “Booking date”, “Amount” and “Remittance information” (or “Buchungstag”, "
            "“Betrag” and “Verwendungszweck”) in one row. “Currency” and “IBAN” are read if they are there."
        )
    )


def _line(row: list[str], columns: Mapping[str, int], currency: str) -> StatementLine:
    cell = {name: row[place] for name, place in columns.items()}
    code = (cell.get("currency") or currency).upper()[:3]
    minor = minor_units(_number(cell["amount"]), code)
    payer = cell.get("account", "")[:2].upper()
    text = cell["text"][:LARGEST_TEXT]
    return StatementLine(
        _day(cell["day"]), abs(minor), code, minor < 0, text, payer if payer.isalpha() else ""
    )


def _number(written: str) -> Decimal:
    """A number with a decimal comma or point; what separates groups is dropped."""
    compact = re.sub(r"[\s'’]", "", written)
    decimal = max(compact.rfind(","), compact.rfind("."))
    if decimal >= 0 and compact.count(compact[decimal]) == 1 and len(compact) - decimal != 4:
        whole = re.sub(r"[.,]", "", compact[:decimal])
        return Decimal(f"{whole}.{compact[decimal + 1 :]}")
    if decimal >= 0 and len(compact) - decimal == 4 and compact.count(compact[decimal]) == 1:
        raise ValueError(f"{written} may be thousands or decimals")
    return Decimal(re.sub(r"[.,]", "", compact))


def _day(written: str) -> date:
    parts = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})", written)
    if parts is None:
        return date.fromisoformat(written[:10])
    year = int(parts[3]) if len(parts[3]) == 4 else 2000 + int(parts[3])
    return date(year, int(parts[2]), int(parts[1]))
