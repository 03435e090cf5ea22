"""PayPal's own books by its transaction search: news since a moment, lines in order, payments by our reference.

The search is complete only up to the moment that it names (`last_refreshed_datetime`), some hours behind; nothing newer
is told. A search spans 31 days at most. https://developer.paypal.com/docs/api/transaction-search/v1/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from mainstay.contributions.port import BalanceLine, EventRef, LineKind, ObjectKind
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.processors.wire import NoAnswer, NotSent

from . import amounts
from .reading import NOT_UNDERSTOOD
from .wire import Reply, Wire

WINDOW = timedelta(days=31)
NEWS_BEFORE = timedelta(days=3)
PAGE = 500
MOST_PAGES = 100
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"

# https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
_KINDS = {
    "T01": LineKind.FEE,
    "T04": LineKind.PAYOUT,
    "T1106": LineKind.DISPUTE,
    "T1107": LineKind.REFUND,
    "T1201": LineKind.DISPUTE,
    "T1202": LineKind.DISPUTE_RETURNED,
}


class PayPalUnreachable(MainstayError):
    """PayPal did not answer a question that moves no money."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line of the search, reduced to what we use."""

    transaction_id: str
    about: str
    code: str
    at: datetime
    amount: Money
    fee: Money
    reference: str

    @property
    def cursor(self) -> str:
        """Where reading goes on after this line."""
        return f"{self.at.strftime(_MOMENT)} {self.transaction_id}"

    @property
    def kind(self) -> LineKind:
        """What the line is about."""
        if self.code.startswith("T00"):
            return LineKind.CHARGE if self.amount.minor > 0 else LineKind.ADJUSTMENT
        return _KINDS.get(self.code) or _KINDS.get(self.code[:3]) or LineKind.ADJUSTMENT


class Reporting:
    """The questions to PayPal's books."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def between(self, begin: datetime, end: datetime) -> tuple[list[Transaction], datetime]:
        """What changed the balance between two moments, in order, and up to when that is complete."""
        found: list[Transaction] = []
        complete = end
        while begin < end:
            stop = min(begin + WINDOW, end)
            more, refreshed = self._window(begin, stop)
            found, complete = found + more, min(complete, refreshed)
            begin = stop
        kept = {one.transaction_id: one for one in found if one.at <= complete}
        return sorted(kept.values(), key=lambda one: (one.at, one.transaction_id)), complete

    def news(self, cursor: str, now: datetime) -> tuple[list[EventRef], str]:
        """Payments, refunds and disputes since the cursor."""
        begin = datetime.fromisoformat(cursor) if cursor else now - NEWS_BEFORE
        lines, complete = self.between(begin, now)
        hints = [_hint(line) for line in lines if line.kind in (LineKind.CHARGE, LineKind.REFUND)]
        query = urlencode({"update_time_after": begin.strftime(_MOMENT), "page_size": 50})
        disputes = self.ask(f"/v1/customer/disputes?{query}").get("items", [])
        hints += [
            EventRef(
                f"{one['dispute_id']} {one.get('update_time', '')}", ObjectKind.DISPUTE, one["dispute_id"]
            )
            for one in disputes
        ]
        return hints, max(begin, complete).strftime(_MOMENT)

    def lines(self, after: str, opened: datetime, now: datetime) -> Iterator[BalanceLine]:
        """The books after a line, from the day on which the account was opened."""
        moment, _, last = after.partition(" ")
        begin = datetime.fromisoformat(moment) if moment else opened
        for one in self.between(begin, now)[0]:
            if (one.at, one.transaction_id) > (begin, last):
                yield self._line(one)

    def by_reference(self, reference: str, now: datetime) -> tuple[list[Transaction], datetime]:
        """Payments of the last 31 days that carry our reference, and up to when that is complete."""
        lines, complete = self.between(now - WINDOW, now)
        return [one for one in lines if one.reference == reference and one.kind == LineKind.CHARGE], complete

    def by_id(self, transaction_id: str, now: datetime) -> list[Transaction]:
        """A transaction of the last 31 days."""
        return [one for one in self.between(now - WINDOW, now)[0] if one.transaction_id == transaction_id]

    def balance(self) -> dict[str, int]:
        """What PayPal holds, waiting amounts included, of the currencies that we know."""
        held = self.ask("/v1/reporting/balances").get("balances", [])
        try:
            read = [
                amounts.read(one["total_balance"]) for one in held if one["currency"] in amounts.CURRENCIES
            ]
        except NOT_UNDERSTOOD:
            raise _not_understood() from None
        return {one.currency: one.minor for one in read}

    def _line(self, one: Transaction) -> BalanceLine:
        disputed = one.kind in (LineKind.DISPUTE, LineKind.DISPUTE_RETURNED)
        source = self._dispute_about(one.about) if disputed else one.transaction_id
        return BalanceLine(
            cursor=one.cursor,
            remote_id=one.transaction_id,
            kind=one.kind,
            amount_minor=one.amount.minor,
            fee_minor=-one.fee.minor,
            currency=one.amount.currency,
            source=source,
            day=one.at.date(),
        )

    def _dispute_about(self, charge_id: str) -> str:
        """The books name the payment that was disputed, not the dispute."""
        query = urlencode({"disputed_transaction_id": charge_id})
        found = self.ask(f"/v1/customer/disputes?{query}").get("items", [])
        return str(found[0]["dispute_id"]) if found else charge_id

    def _window(self, begin: datetime, end: datetime) -> tuple[list[Transaction], datetime]:
        found: list[Transaction] = []
        for page in range(1, MOST_PAGES + 1):
            query = {
                "start_date": begin.strftime(_MOMENT),
                "end_date": end.strftime(_MOMENT),
                "fields": "transaction_info",
                "balance_affecting_records_only": "Y",
                "page_size": PAGE,
                "page": page,
            }
            body = self.ask(f"/v1/reporting/transactions?{urlencode(query)}")
            try:
                rows = [one["transaction_info"] for one in body.get("transaction_details", [])]
                found += [_transaction(row) for row in rows if row["transaction_status"] == "S"]
                refreshed = datetime.fromisoformat(body["last_refreshed_datetime"])
                last = int(body.get("total_pages", 1))
            except NOT_UNDERSTOOD:
                raise _not_understood() from None
            if page >= last:
                break
        return found, refreshed

    def ask(self, path: str) -> Mapping[str, Any]:
        """What stands at a path. Raises `PayPalUnreachable`, and `ProcessorRefused` where the app has no right."""
        try:
            reply: Reply = self._wire.call("GET", path)
        except (NotSent, NoAnswer) as error:
            raise PayPalUnreachable("PayPal can't be reached.") from error
        if not reply.is_success:
            raise PayPalUnreachable(f"PayPal answered {reply.status}.")
        return reply.body


def _transaction(row: Mapping[str, Any]) -> Transaction:
    amount = amounts.read(row["transaction_amount"])
    told = row.get("fee_amount")
    return Transaction(
        transaction_id=row["transaction_id"],
        about=row.get("paypal_reference_id", ""),
        code=row["transaction_event_code"],
        at=datetime.fromisoformat(row["transaction_initiation_date"]).astimezone(UTC),
        amount=amount,
        fee=amounts.read(told) if told else Money(0, amount.currency),
        reference=row.get("invoice_id", ""),
    )


def _hint(one: Transaction) -> EventRef:
    kind = ObjectKind.CHARGE if one.kind == LineKind.CHARGE else ObjectKind.REFUND
    return EventRef(one.transaction_id, kind, one.transaction_id)


def _not_understood() -> PayPalUnreachable:
    return PayPalUnreachable("PayPal answered something that can't be read.")
