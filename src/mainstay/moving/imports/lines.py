"""Reading another tool's file, line by line: a promise that can be taken over, or a sentence that says why not.

Pure: no database, no network. A sentence never repeats what the line says of a person.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mainstay.contributions.schedule import due_date, first_step_from
from mainstay.core.amounts import BadAmount, read_amount
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money, UnknownCurrency
from mainstay.letters.addresses import BadMail, read_mail

from .tools import PERIODS, Tool

LARGEST_FILE_BYTES = 50_000_000
MOST_LINES = 100_000


class BadFile(MainstayError):
    """A file that can't be read as this tool's export."""


class Refused(MainstayError):
    """One line that can't be taken over."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What one line promises. `customer` and `method` are the processor's tokens, where the file has them."""

    origin: str
    mail: str
    amount: Money
    frequency: Frequency
    started_on: date
    next_due: date
    due_day: int
    language: str = ""
    customer: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file by its number, with its promise or with why it is refused."""

    number: int
    promise: Promise | None = None
    why_not: str = ""


def read_file(path: Path, tool: Tool, currency: str, today: date) -> Iterator[Line]:
    """Every line under the heading. `currency` is meant where the file names none. Raises `BadFile`."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise BadFile("The file is larger than 50 MB. Split it, with the heading in each part.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _lines(csv.reader(file, strict=True), tool, currency, today)
    except OSError as error:
        raise BadFile(f"The file can't be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BadFile("The file is not in UTF-8. Export it again as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise BadFile(f"The file is not a table with commas ({error}).") from None


def _lines(rows: "Iterator[list[str]]", tool: Tool, currency: str, today: date) -> Iterator[Line]:
    heading = [_plain(name) for name in next(rows, [])]
    _check_heading(heading, tool)
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        if number > MOST_LINES:
            raise BadFile(
                f"The file has more than {MOST_LINES} lines. Split it, with the heading in each part."
            )
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(heading, row, strict=False))
        try:
            promise = _read(cells, tool, currency, today)
        except Refused as refusal:
            yield Line(number, why_not=str(refusal))
            continue
        first = seen.setdefault(promise.origin, number)
        yield Line(number, promise) if first == number else Line(number, why_not=f"It repeats line {first}.")


def _check_heading(heading: Sequence[str], tool: Tool) -> None:
    needed = {"id": tool.id, "mail address": tool.mail, "amount": tool.amount, "frequency": tool.period}
    missing = [what for what, names in needed.items() if not set(names) & set(heading)]
    if missing:
        raise BadFile(
            f"This does not look like an export of {tool.name}: its first line names no {', no '.join(missing)}."
        )


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.strip().lower()))


def _cell(cells: Mapping[str, str], names: Sequence[str]) -> str:
    found = (cells[name].strip() for name in names if name in cells)
    return next(found, "")


def _read(cells: Mapping[str, str], tool: Tool, currency: str, today: date) -> Promise:
    """Raises `Refused`."""
    status = _plain(_cell(cells, tool.status))
    if status and status not in tool.living:
        raise Refused(f"It does not go on any more (its status is “{status[:30]}”).")
    origin = _cell(cells, tool.id)
    if not origin:
        raise Refused("It has no id, so that a second import could not tell that it came before.")
    frequency = _frequency(cells, tool)
    started = _day(_cell(cells, tool.started), tool) or today
    next_due, due_day = _next_due(cells, tool, frequency, started, today)
    customer, method = _tokens(cells, tool)
    return Promise(
        origin=origin,
        mail=_mail(_cell(cells, tool.mail)),
        amount=_amount(_cell(cells, tool.amount), (_cell(cells, tool.currency) or currency).upper()),
        frequency=frequency,
        started_on=min(started, today),
        next_due=next_due,
        due_day=due_day,
        language=_cell(cells, tool.language),
        customer=customer,
        method=method,
    )


def _frequency(cells: Mapping[str, str], tool: Tool) -> Frequency:
    if _cell(cells, tool.interval) not in ("", "1"):
        raise Refused(
            "It is due every few months or years; only every month and every year can be taken over."
        )
    found = PERIODS.get(_plain(_cell(cells, tool.period)))
    if found is None:
        raise Refused("It is neither monthly nor annual.")
    return found


def _mail(typed: str) -> str:
    if not typed:
        return ""
    try:
        return read_mail(typed)
    except BadMail:
        raise Refused("Its mail address is none.") from None


def _amount(typed: str, currency: str) -> Money:
    try:
        amount = read_amount(typed, currency)
    except UnknownCurrency:
        raise Refused(f"Its currency “{currency[:5]}” can't be used here.") from None
    except BadAmount:
        raise Refused("Its amount can't be read for certain.") from None
    if amount.minor <= 0:
        raise Refused("Its amount is nothing.")
    return amount


def _day(written: str, tool: Tool) -> date | None:
    """A day, with or without a time after it; `None` when there is none. Raises `Refused`."""
    if not written:
        return None
    for shape in tool.dates:
        for text in (written, written[:10]):
            try:
                return datetime.strptime(text, shape).date()  # noqa: DTZ007 (a day of the calendar, in no zone)
            except ValueError:
                continue
    raise Refused("One of its dates can't be read for certain.")


def _next_due(
    cells: Mapping[str, str], tool: Tool, frequency: Frequency, started: date, today: date
) -> tuple[date, int]:
    """The first due date after today and the wished day of the month: what the file says, else counted on."""
    told = _day(_cell(cells, tool.next_due), tool)
    if told is not None and told > today:
        return told, max(told.day, started.day) if _is_last_day(told) else told.day
    anchor = told or _day(_cell(cells, tool.last_paid), tool) or started
    step = first_step_from(anchor, frequency, date.fromordinal(today.toordinal() + 1))
    return due_date(anchor, step, frequency), anchor.day


def _is_last_day(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month


def _tokens(cells: Mapping[str, str], tool: Tool) -> tuple[str, str]:
    pairs = (part.partition(":") for part in _cell(cells, tool.methods).split("|"))
    packed = {name.strip(): value.strip() for name, _, value in pairs}
    customer = _cell(cells, tool.customer) or _ending("customer_id", packed)
    method = _cell(cells, tool.method) or _ending("source_id", packed)
    return (customer, method) if customer and method else ("", "")


def _ending(name: str, packed: Mapping[str, str]) -> str:
    """The value whose name ends so: a shop's plug-ins put the payment company's name before it."""
    return next((value for key, value in packed.items() if key.endswith(name)), "")
