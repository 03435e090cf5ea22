"""`mainstay export`: the books for an accountant. No reader is in them."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.ledger.statements import Period

HELP = "Write the books for an accountant: statements, transfers, or a journal for hledger and beancount."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which newsroom, what, and of which time."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("what", choices=("statements", "transfers", "journal"), help="what to write")
    parser.add_argument("--month", default="", help="one month, such as 2026-03")
    parser.add_argument(
        "--from", dest="first", default="", metavar="DAY", help="the first day, such as 2026-01-01"
    )
    parser.add_argument("--to", dest="last", default="", metavar="DAY", help="the last day")
    parser.add_argument("--output", type=Path, help="a file to write; printed otherwise")


def run(arguments: argparse.Namespace) -> int:
    """Writes line by line, however long the books are."""
    from mainstay.core.errors import WrongSettings
    from mainstay.ledger.exports import journal, statements_csv, transfers_csv
    from mainstay.newsrooms.models import Newsroom

    try:
        newsroom = Newsroom.objects.get(slug=arguments.newsroom)
    except Newsroom.DoesNotExist:
        raise WrongSettings(f"There is no newsroom {arguments.newsroom!r}.") from None
    writers = {"statements": statements_csv, "transfers": transfers_csv, "journal": journal}
    _write(writers[arguments.what](newsroom, _period(arguments)), arguments.output)
    return 0


def _period(arguments: argparse.Namespace) -> "Period":
    from datetime import date

    from mainstay.ledger.statements import BadPeriod, Period

    if arguments.month:
        return Period.of_month(arguments.month)
    try:
        return Period(date.fromisoformat(arguments.first), date.fromisoformat(arguments.last))
    except ValueError:
        raise BadPeriod from None


def _write(lines: Iterator[str], output: Path | None) -> None:
    if output is None:
        sys.stdout.writelines(lines)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
