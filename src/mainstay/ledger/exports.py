"""The books for an accountant: statements and transfers as CSV, and a plain-text journal.

The journal is one file that both hledger and beancount read: what only one of them understands is written so that the
other takes it for a transaction without postings (`open`, `balance`). References become links (`^charge/...`), since
neither program knows the other's way of tagging. Amounts are exact, with the decimals of their currency.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from io import StringIO

from django.db.models import QuerySet

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import LedgerAccount, Transfer
from .statements import AccountLine, Period, statement

CHUNK = 2000
_ROOTS = {
    "processor": "Assets:Processor",
    "hold": "Assets:Set-Aside",
    "transit": "Assets:In-Transit",
    "bank": "Assets:Bank",
    "fees": "Expenses:Fees",
    "income": "Income:Gifts",
    "refunds": "Income:Refunds",
    "chargebacks": "Income:Chargebacks",
    "unapplied": "Liabilities:Unapplied",
    "exchange": "Equity:Exchange",
}
"""What an account's code begins with, as the five kinds that accountants and beancount know."""


def statements_csv(newsroom: Newsroom, period: Period) -> Iterator[str]:
    """One line for each account: opening, in, out, closing."""
    yield _csv(["account", "currency", "opening", "in", "out", "closing"])
    for line in statement(newsroom, period):
        amounts = (line.opening, line.came_in, line.went_out, line.closing)
        yield _csv([line.code, line.opening.currency, *(str(amount.decimal) for amount in amounts)])


def transfers_csv(newsroom: Newsroom, period: Period) -> Iterator[str]:
    """One line for each transfer, in the order of days."""
    yield _csv(["day", "from", "to", "amount", "currency", "reference"])
    for row in _transfers(newsroom, period):
        amount = str(Money(row.amount_minor, row.currency).decimal)
        codes = (row.from_account.code, row.to_account.code)
        yield _csv([row.day.isoformat(), *codes, amount, row.currency, row.reference])


def journal(newsroom: Newsroom, period: Period) -> Iterator[str]:
    """A plain-text journal that begins with what was there and ends by asserting what is left."""
    lines = statement(newsroom, period)
    yield f"; {newsroom.legal_name or newsroom.name}: {period.first} to {period.last}\n\n"
    accounts = {journal_account(code) for code in _codes(newsroom)}
    opened = period.first - timedelta(days=1)
    for name in sorted(accounts):
        yield f"{opened} open {name}\n"
    yield from _opening(lines, opened)
    for row in _transfers(newsroom, period):
        yield _transaction(row)
    yield from _closing(lines, period.last + timedelta(days=1))


def journal_account(code: str) -> str:
    """An account's code as both programs take it: `income:spring` is `Income:Gifts:Spring`."""
    kind, _, rest = code.partition(":")
    root = _ROOTS[kind]
    if not rest:
        return root
    part = rest[:8].upper() if kind in ("processor", "hold", "transit", "bank", "fees") else rest
    written = re.sub(r"[^A-Za-z0-9-]", "-", part)
    return f"{root}:{written[0].upper()}{written[1:]}" if written[0] != "-" else f"{root}:X{written}"


def _codes(newsroom: Newsroom) -> QuerySet[LedgerAccount, str]:
    return LedgerAccount.objects.filter(newsroom=newsroom).values_list("code", flat=True)


def _opening(lines: Sequence[AccountLine], day: date) -> Iterator[str]:
    held = [line for line in lines if line.opening.minor]
    if held:
        yield f'\n{day} * "opening balances"\n'
        yield from (_posting(journal_account(line.code), line.opening) for line in held)


def _transaction(row: Transfer) -> str:
    amount = Money(row.amount_minor, row.currency)
    event, _, rest = row.reference.partition(":")
    link = re.sub(r"[^A-Za-z0-9-]", "/", f"{event}:{rest}")
    head = f'\n{row.day} * "{event.replace("_", " ")}" ^{link}\n'
    source, target = journal_account(row.from_account.code), journal_account(row.to_account.code)
    return head + _posting(target, amount) + _posting(source, -amount)


def _posting(name: str, amount: Money) -> str:
    return f"  {name}  {amount.decimal} {amount.currency}\n"


def _closing(lines: Iterable[AccountLine], day: date) -> Iterator[str]:
    """What is left in each account; two of our codes may be one name in the journal."""
    left: dict[tuple[str, str], Money] = {}
    for line in lines:
        key = (journal_account(line.code), line.closing.currency)
        left[key] = left.get(key, Money(0, line.closing.currency)) + line.closing
    yield "\n"
    for (name, currency), amount in sorted(left.items()):
        yield f"{day} balance {name}  {amount.decimal} {currency}\n"


def _transfers(newsroom: Newsroom, period: Period) -> Iterator[Transfer]:
    rows = Transfer.objects.filter(newsroom=newsroom, day__gte=period.first, day__lte=period.last)
    return rows.select_related("from_account", "to_account").order_by("day", "reference").iterator(CHUNK)


def _csv(cells: Sequence[str]) -> str:
    """One line. No cell begins as a formula would in a spreadsheet, but numbers may be negative."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_plain(cell) for cell in cells])
    return line.getvalue()


def _plain(cell: str) -> str:
    number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell and not number else cell
