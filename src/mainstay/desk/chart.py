"""The chart of twelve months: lying bars, readable without colour by pattern and by the amount at each bar's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mainstay.core.money import Money
from mainstay.reports.money import MonthOfMoney

ROW_HEIGHT = 26
LABEL_WIDTH = 66
BAR_WIDTH = 196


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar, in units of the drawing."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: where its line is, its parts, and the amount written at its end."""

    first: date
    y: int
    pieces: tuple[Piece, ...]
    end: int
    gross: Money

    @property
    def text_y(self) -> int:
        """The base line of the bar's text."""
        return self.y + 16


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing of one currency, and the months for the table behind it."""

    currency: str
    months: Sequence[MonthOfMoney]
    bars: tuple[Bar, ...]
    height: int


def chart(currency: str, months: Sequence[MonthOfMoney]) -> Chart:
    """The drawing. The longest bar is as wide as the field; money that came is never drawn as nothing."""
    largest = max((month.gross.minor for month in months), default=0) or 1
    bars = tuple(_bar(month, place * ROW_HEIGHT, largest) for place, month in enumerate(months))
    return Chart(currency, months, bars, len(bars) * ROW_HEIGHT)


def _bar(month: MonthOfMoney, y: int, largest: int) -> Bar:
    pieces, x = [], LABEL_WIDTH
    for kind, money in (("monthly", month.monthly), ("annual", month.annual), ("once", month.once)):
        if money.minor:
            width = max(2, money.minor * BAR_WIDTH // largest)
            pieces.append(Piece(kind, x, width))
            x += width
    return Bar(month.first, y, tuple(pieces), x + 6, month.gross)
