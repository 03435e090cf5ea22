"""BTCPay Server's Greenfield API as facts: invoices that readers pay, refunds that readers claim.

The server knows no idempotency keys. Ours is the order id that every invoice carries (the installment's reference):
an invoice is looked for before one is made, and a refund by its name. Nothing here moves a reader's money: they send
it, and `look_up` tells. There is no country to read, so whether it is offered at all is decided before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

import httpx
from django.utils.translation import gettext_noop

from mainstay.contributions.port import (
    AccountConfig,
    BalanceLine,
    Capabilities,
    CardPage,
    DisputeFact,
    EventRef,
    Flow,
    Method,
    MethodFact,
    ObjectKind,
    Order,
    Outcome,
    PayoutFact,
    Processor,
    ProcessorRefused,
    RefundFact,
    RemoteFact,
    ReturnUrls,
    Source,
    TokenView,
)
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.money import EXPONENTS, Money
from mainstay.processors.wire import NoAnswer, NotSent, new_client

from . import reading, webhook
from .wire import Reply, send

DEADLINE_SECONDS = 20
CHECKOUT_MINUTES = 24 * 60
LETTER_MINUTES = 20 * 24 * 60
WATCHED_MINUTES = 7 * 24 * 60
"""How long after its end an invoice is still watched, so that money that comes late is seen."""
POLL_BACK_SECONDS = 30 * 24 * 60 * 60
POLLED = ("Processing", "Settled", "Expired")
PAGE = 200
LARGEST_POLL_PAGES = 25
_FURTHEST = (Outcome.ACTION_REQUIRED, Outcome.PENDING, Outcome.SUCCEEDED)
"""What an invoice that serves an order can be at, the one that counts most last."""


class BtcpayUnreachable(MainstayError):
    """The BTCPay Server did not answer a question that moves no money."""

    def __init__(self, status: int = 0) -> None:
        what = f"answered {status}" if status else "can't be reached or answered something that can't be read"
        super().__init__(f"The BTCPay Server {what}.")


def make(config: AccountConfig) -> Processor:
    """The adapter of one store.

    Settings: `address` of the server, `store_id`, `deadline_seconds` (20). Secrets: `api_key`, with the permissions of
    docs/tutorials/btcpay.md, and `webhook_secrets`, a list that holds the old and the new one while one is replaced.
    """
    try:
        return Btcpay(
            address=config.settings["address"],
            store_id=config.settings["store_id"],
            api_key=config.secrets["api_key"],
            webhook_secrets=config.secrets.get("webhook_secrets", ()),
            deadline_seconds=config.settings.get("deadline_seconds", DEADLINE_SECONDS),
        )
    except KeyError as error:
        raise WrongSettings(f"The BTCPay account lacks {error.args[0]!r}.") from None


class Btcpay:
    """One store on one BTCPay Server."""

    capabilities = Capabilities(
        name=gettext_noop("Bitcoin"),
        recurring=True,
        partial_refund=True,
        country_before_money=False,
        currencies=tuple(EXPONENTS),
        key_life_hours=0,
        flow=Flow.PUSH,
        disputes=False,
        payouts=False,
        refund_is_asynchronous=True,
        keeps_books=False,
    )

    def __init__(
        self,
        *,
        address: str,
        store_id: str,
        api_key: str,
        webhook_secrets: Sequence[str] = (),
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._store_id = store_id
        self.store = f"/api/v1/stores/{_path(store_id)}"
        self._webhook_secrets = tuple(webhook_secrets)
        self._deadline_seconds = deadline_seconds
        self._refunding = Lock()
        self.client = new_client(base_url=address, headers={"Authorization": f"token {api_key}"})

    def card_page(self) -> CardPage:
        """There are no fields to load: the reader pays on the server's own page."""
        return CardPage("", "", "")

    def read_token(self, token: str) -> TokenView | None:
        """Nothing comes with a token here."""
        return None

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """An invoice for a letter, open for twenty days. One that is there already for this order is taken."""
        return _executable(self._invoice(order, {"expirationMinutes": LETTER_MINUTES}))

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """Moves nothing: the reader pays. Tells what is true, `ACTION_REQUIRED` as long as they have not."""
        return self.look_up(remote_id)

    def look_up(self, remote_id: str) -> RemoteFact:
        """`GET /api/v1/invoices/{id}`: changes nothing."""
        reply = self._send("GET", f"/api/v1/invoices/{_path(remote_id)}")
        if isinstance(reply, Outcome):
            return RemoteFact(Outcome.UNKNOWN, remote_id)
        return _invoice(reply) if reply.is_success else RemoteFact(reading.not_read(reply), remote_id)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """Closes an invoice that nobody has paid. One with money on its way is left as it is, and told."""
        before = self.look_up(remote_id)
        if before.outcome != Outcome.ACTION_REQUIRED:
            return before
        self._send("POST", f"/api/v1/invoices/{_path(remote_id)}/status", {"status": "Invalid"})
        return self.look_up(remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """A pull payment, which the reader claims. One of this name is looked for first.

        The server itself would give back more than came; what was promised back already is counted here, by one at a
        time. Between processes, `collection.refunds` asks for no more than is left.
        """
        with self._refunding:
            return self._refund(charge_id, amount, key)

    def _refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        try:
            before = self.find_refunds(charge_id)
        except BtcpayUnreachable:
            return RefundFact(Outcome.NOT_EXECUTED)
        for fact in before:
            if fact.reference == key:
                return fact
        paid = self.look_up(charge_id)
        if paid.outcome == Outcome.UNKNOWN:
            return RefundFact(Outcome.NOT_EXECUTED)
        if not _is_left(paid, before, amount):
            return RefundFact(Outcome.REJECTED, why="more_than_is_left")
        body = {
            "name": key,
            "description": charge_id,
            "refundVariant": "Custom",
            "customAmount": reading.written(amount),
            "customCurrency": amount.currency,
        }
        reply = self._send("POST", f"/api/v1/invoices/{_path(charge_id)}/refund", body)
        if isinstance(reply, Outcome):
            return RefundFact(reply)
        if not reply.is_success:
            return RefundFact(reading.refused(reply), why=reply.code[:80])
        return _refund(reply.body, [])

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """The pull payment with what was paid out of it, claims that were called off included."""
        path = f"/api/v1/pull-payments/{_path(refund_id)}"
        found = self._send("GET", path)
        payouts = self._send("GET", f"{path}/payouts?includeCancelled=true")
        if isinstance(found, Outcome) or isinstance(payouts, Outcome):
            return RefundFact(Outcome.UNKNOWN, refund_id)
        if not (found.is_success and payouts.is_success):
            return RefundFact(reading.not_read(found), refund_id)
        return _refund(found.body, payouts.body)

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """The pull payments for an invoice, archived ones too. Raises `BtcpayUnreachable`."""
        rows = self._list(f"{self.store}/pull-payments?includeArchived=true")
        try:
            ids = [str(row["id"]) for row in rows if row.get("description") == charge_id]
        except reading.NOT_UNDERSTOOD:
            raise BtcpayUnreachable from None
        return [self.look_up_refund(refund_id) for refund_id in ids]

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """Nothing can be kept to take money with later."""
        return MethodFact(Outcome.REJECTED, decline_code="flow_not_offered")

    def look_up_method(self, method_id: str) -> MethodFact:
        """Nothing is kept."""
        return MethodFact(Outcome.NOT_FOUND)

    def detach(self, method: Method) -> Outcome:
        """Nothing is kept, so nothing is left to forget."""
        return Outcome.SUCCEEDED

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """An invoice for the reader who is there, with the server's page to send them to."""
        return self._invoice(order, {"expirationMinutes": CHECKOUT_MINUTES, "redirectURL": urls.done})

    def read_approval(self, remote_id: str) -> TokenView | None:
        """The server knows no country."""
        return None

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """The invoice is the charge."""
        return self.look_up(charge_id)

    def find(self, reference: str) -> list[RemoteFact]:
        """The invoices with this order id, newest first. Raises `BtcpayUnreachable`."""
        rows = self._list(f"{self.store}/invoices?{httpx.QueryParams({'orderId': reference})}")
        try:
            facts = [reading.invoice(row) for row in rows]
        except reading.NOT_UNDERSTOOD:
            raise BtcpayUnreachable from None
        return [fact for fact in facts if fact.reference == reference]

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """Nobody can dispute what they sent themselves."""
        return DisputeFact(Outcome.NOT_FOUND)

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """The coins are in the newsroom's own wallet from the beginning."""
        return PayoutFact(Outcome.NOT_FOUND)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """See `webhook.verify`."""
        return webhook.verify(headers, body, self._webhook_secrets, self._store_id)

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """Invoices with money that were made since thirty days before the newest one that we heard of.

        Webhooks are kept in the server's memory and are lost when it restarts. Raises `BtcpayUnreachable`.
        """
        since = {"startDate": str(max(0, int(cursor) - POLL_BACK_SECONDS))} if cursor else {}
        rows = [row for status in POLLED for row in self._pages({"status": status, **since})]
        try:
            newest = max([int(row["createdTime"]) for row in rows], default=int(cursor or 0))
            hints = [_hint(row) for row in rows if _has_money(row)]
        except reading.NOT_UNDERSTOOD:
            raise BtcpayUnreachable from None
        return hints, str(newest) if newest else cursor

    def balance(self) -> Mapping[str, int]:
        """The coins are in the newsroom's wallet, which this account does not read."""
        return {}

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """The server keeps no books in the reader's currency; payments are looked up one by one instead."""
        return iter(())

    def _invoice(self, order: Order, checkout: Mapping[str, Any]) -> RemoteFact:
        """The order's invoice that can still be paid or has been; a new one when there is none."""
        try:
            found = [one for one in self.find(order.reference) if one.outcome in _FURTHEST]
        except BtcpayUnreachable:
            return RemoteFact(Outcome.NOT_EXECUTED)
        if found:
            return _taken(max(found, key=lambda one: _FURTHEST.index(one.outcome)), order)
        body = {
            "amount": reading.written(order.amount),
            "currency": order.amount.currency,
            "metadata": {"orderId": order.reference, **order.metadata},
            "checkout": {"monitoringMinutes": WATCHED_MINUTES, **checkout},
        }
        reply = self._send("POST", f"{self.store}/invoices", body)
        if isinstance(reply, Outcome):
            return RemoteFact(reply)
        if not reply.is_success:
            return RemoteFact(reading.refused(reply), decline_code=reply.code[:60])
        return _invoice(reply)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply | Outcome:
        """An answer, or `NOT_EXECUTED` or `UNKNOWN`. Raises `ProcessorRefused`."""
        try:
            reply = send(self.client, self._deadline_seconds, method, path, body)
        except NotSent:
            return Outcome.NOT_EXECUTED
        except NoAnswer:
            return Outcome.UNKNOWN
        if reply.status in (401, 403):
            raise ProcessorRefused(
                "The BTCPay Server does not accept our key for this. Check its permissions."
            )
        return reply

    def ask(self, path: str) -> Any:
        """The object or list at a path. Raises `BtcpayUnreachable`, and `ProcessorRefused` without the right to it."""
        reply = self._send("GET", path)
        if isinstance(reply, Outcome) or reply.body is None or not reply.is_success:
            raise BtcpayUnreachable(0 if isinstance(reply, Outcome) or reply.is_success else reply.status)
        return reply.body

    def _list(self, path: str) -> list[Any]:
        found = self.ask(path)
        if not isinstance(found, list):
            raise BtcpayUnreachable
        return found

    def _pages(self, query: Mapping[str, str]) -> Iterator[Any]:
        for page in range(LARGEST_POLL_PAGES):
            parts = httpx.QueryParams({**query, "skip": str(page * PAGE), "take": str(PAGE)})
            rows = self._list(f"{self.store}/invoices?{parts}")
            yield from rows
            if len(rows) < PAGE:
                return


def _path(remote_id: str) -> str:
    """An id as a part of a path: what could leave its place in it is refused by an id that can't exist."""
    return remote_id if remote_id.isalnum() and remote_id.isascii() else "not-an-id"


def _invoice(reply: Reply) -> RemoteFact:
    """The invoice in a successful answer. One that can't be read is `UNKNOWN`."""
    try:
        return reading.invoice(reply.body)
    except reading.NOT_UNDERSTOOD:
        return RemoteFact(Outcome.UNKNOWN)


def _refund(body: Any, payouts: Any) -> RefundFact:
    try:
        return reading.pull_payment(body, payouts)
    except reading.NOT_UNDERSTOOD:
        return RefundFact(Outcome.UNKNOWN)


def _executable(fact: RemoteFact) -> RemoteFact:
    """What `prepare` says of an invoice that is there: that it can be gone on with, paid already or not."""
    return replace(fact, outcome=Outcome.EXECUTABLE) if fact.remote_id else fact


def _is_left(paid: RemoteFact, before: Sequence[RefundFact], amount: Money) -> bool:
    """Whether so much of an invoice is neither given nor promised back."""
    if paid.outcome != Outcome.SUCCEEDED or paid.amount is None or paid.amount.currency != amount.currency:
        return False
    promised = sum(one.amount.minor for one in before if one.amount and one.outcome != Outcome.REJECTED)
    return amount.minor + promised <= paid.amount.minor


def _taken(fact: RemoteFact, order: Order) -> RemoteFact:
    """The invoice that is there, unless it is open for another amount: an order never has two that can be paid."""
    if fact.outcome == Outcome.ACTION_REQUIRED and fact.amount != order.amount:
        return RemoteFact(Outcome.REJECTED, decline_code="open_for_another_amount")
    return fact


def _has_money(row: Mapping[str, Any]) -> bool:
    return row["status"] != "Expired" or row["additionalStatus"] in ("PaidLate", "PaidPartial")


def _hint(row: Mapping[str, Any]) -> EventRef:
    return EventRef(
        f"{row['id']}:{row['status']}:{row['additionalStatus']}", ObjectKind.INTENT, str(row["id"])
    )
