"""PayPal's calls as facts. The reader approves an order on PayPal's page; we read their country, then capture.

A renewal is an order that is made without a payer and captured from the saved wallet (`order_first`). Should PayPal
refuse that for an account, `one_call` makes and captures it at once: see `one_call.py` for what replaces the order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    BalanceLine,
    Capabilities,
    CardPage,
    DisputeFact,
    EventRef,
    Flow,
    Method,
    MethodFact,
    Order,
    Outcome,
    PayoutFact,
    PayoutStage,
    Processor,
    RefundFact,
    RemoteFact,
    ReturnUrls,
    Source,
    TokenView,
)
from mainstay.core.clock import clock
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money
from mainstay.processors.wire import NoAnswer, NotSent

from . import amounts, asking, one_call, reading, saving, webhook
from .reporting import PayPalUnreachable, Reporting
from .wire import Reply, Wire

DEADLINE_SECONDS = 20
LIVE, PRACTICE = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
_HOSTS = {
    LIVE: ("https://www.paypal.com", "https://api.paypal.com/"),
    PRACTICE: ("https://www.sandbox.paypal.com", "https://api.sandbox.paypal.com/"),
}
"""Where payers approve, and where certificates may come from."""
ORDER_FIRST, ONE_CALL = "order_first", "one_call"
OPENED_BEFORE_DAYS = 365 * 2


def make(config: AccountConfig, now: Callable[[], datetime] | None = None) -> Processor:
    """The adapter of one account. `now` tells the present moment; the machine's clock, unless told otherwise.

    Settings: `address` (live unless told otherwise), `webhook_ids`, `renewals` (`order_first` or `one_call`),
    `books_from` (a day; two years ago), `deadline_seconds` (20). Secrets: `client_id`, `client_secret`.
    """
    settings = config.settings
    renewals = settings.get("renewals", ORDER_FIRST)
    if renewals not in (ORDER_FIRST, ONE_CALL):
        raise WrongSettings(f"'renewals' of the PayPal account is {ORDER_FIRST!r} or {ONE_CALL!r}.")
    return PayPal(
        wire_of(config),
        address_of(config),
        settings.get("webhook_ids", ()),
        renewals,
        settings.get("books_from", ""),
        now or clock.now,
    )


def address_of(config: AccountConfig) -> str:
    """Where PayPal's API is for this account."""
    return str(config.settings.get("address", LIVE)).rstrip("/")


def wire_of(config: AccountConfig) -> Wire:
    """Calls for the account. Raises `WrongSettings` without its secrets."""
    try:
        return Wire(
            address_of(config),
            config.secrets["client_id"],
            config.secrets["client_secret"],
            config.settings.get("deadline_seconds", DEADLINE_SECONDS),
        )
    except KeyError as error:
        raise WrongSettings(f"The PayPal account lacks {error.args[0]!r}.") from None


class PayPal:
    """One account at PayPal."""

    capabilities = Capabilities(
        name="PayPal",
        recurring=True,
        partial_refund=True,
        country_before_money=True,
        currencies=amounts.CURRENCIES,
        key_life_hours=6,
        flow=Flow.APPROVAL,
        payouts=False,
        refund_is_asynchronous=True,
    )

    def __init__(
        self,
        wire: Wire,
        address: str,
        webhook_ids: Sequence[str],
        renewals: str,
        books_from: str,
        now: Callable[[], datetime],
    ) -> None:
        self._wire, self._now = wire, now
        self._origin, self._certificates = _HOSTS.get(address, (address, f"{address}/"))
        self._webhook_ids = tuple(webhook_ids)
        self._one_call = renewals == ONE_CALL
        self._books_from = date.fromisoformat(books_from) if books_from else None
        self._reporting = Reporting(wire)
        self._certificate = lru_cache(maxsize=8)(self._fetch_certificate)

    def card_page(self) -> CardPage:
        """No script and no frame: the form leads on to PayPal's page."""
        nothing: dict[str, Sequence[str]] = {"script-src": (), "frame-src": ()}
        return CardPage("", self._origin, "", lets_in=nothing | {"form-action": [self._origin]})

    def read_token(self, token: str) -> TokenView | None:
        """Not PayPal's way here: nothing is typed on our page."""
        return None

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """`POST /v2/checkout/orders` without a payer: moves no money."""
        if self._one_call:
            return one_call.prepare(order, self._now())
        return self._make(order, lambda: asking.order(order), key)

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """`POST /v2/checkout/orders` for the reader to approve, or to approve anew after a decline: moves no money."""
        fact = self._make(order, lambda: asking.order_to_approve(order, urls), key)
        declined = fact.outcome in (Outcome.DECLINED_SOFT, Outcome.DECLINED_HARD)
        return replace(fact, outcome=Outcome.EXECUTABLE) if declined and fact.remote_id else fact

    def read_approval(self, remote_id: str) -> TokenView | None:
        """The payer's country, of an order or of a wallet that is to be saved. Raises `PayPalUnreachable`."""
        saves = saving.is_ours(remote_id)
        body = self._fetch(_setup_path(remote_id) if saves else _order_path(remote_id))
        if body == Outcome.UNKNOWN:
            raise PayPalUnreachable("PayPal can't be reached.")
        if isinstance(body, Outcome):
            return None
        if saves:
            return saving.view(body)
        if not reading.is_approved(body):
            return None
        return TokenView(country=reading.payer_country(body), kind="paypal")

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """`POST /v2/checkout/orders/{id}/capture`: what the payer approved, or from their saved wallet."""
        vault_id = source.method.method if source.method else ""
        if one_call.is_ours(remote_id):
            return self._pay("/v2/checkout/orders", one_call.body(remote_id, vault_id), key)
        body = asking.saved_wallet(vault_id) if vault_id else {}
        fact = self._pay(f"{_order_path(remote_id)}/capture", body, key)
        return replace(fact, action_url="")

    def look_up(self, remote_id: str) -> RemoteFact:
        """`GET /v2/checkout/orders/{id}`: changes nothing."""
        if one_call.is_ours(remote_id):
            return one_call.look_up(remote_id, self._reporting, self.look_up_charge, self._now())
        body = self._fetch(_order_path(remote_id))
        if isinstance(body, Outcome):
            return RemoteFact(body, remote_id=remote_id)
        try:
            return reading.order(body)
        except reading.NOT_UNDERSTOOD:
            return RemoteFact(Outcome.UNKNOWN, remote_id=remote_id)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """`PATCH /v2/checkout/orders/{id}`: an order that is no longer for CAPTURE can't be captured. Then the truth.

        Nothing is saved before the capture, so there is no wallet to forget. An order that is gone is closed.
        """
        if saving.is_ours(remote_id):
            return RemoteFact(Outcome.CANCELLED, remote_id=remote_id)
        if not one_call.is_ours(remote_id):
            self._send("PATCH", _order_path(remote_id), asking.closed(), key)
        fact = self.look_up(remote_id)
        gone = fact.outcome == Outcome.NOT_FOUND
        return RemoteFact(Outcome.CANCELLED, remote_id=remote_id) if gone else fact

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """`POST /v2/payments/captures/{id}/refund`, kept 45 days under its key, which is its `custom_id` too."""
        try:
            body = {"amount": amounts.written(amount), "custom_id": key}
        except amounts.NotPayable:
            return RefundFact(Outcome.REJECTED, why="amount_not_whole")
        reply = self._send("POST", f"/v2/payments/captures/{_path(charge_id)}/refund", body, key)
        return RefundFact(reply) if isinstance(reply, Outcome) else reading.asked_refund(reply, charge_id)

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """`GET /v2/payments/refunds/{id}`."""
        body = self._fetch(f"/v2/payments/refunds/{_path(refund_id)}")
        try:
            return RefundFact(body, refund_id) if isinstance(body, Outcome) else reading.refund(body)
        except reading.NOT_UNDERSTOOD:
            return RefundFact(Outcome.UNKNOWN, refund_id)

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """The refunds on the capture's order. Raises `PayPalUnreachable`."""
        capture = self._known(f"/v2/payments/captures/{_path(charge_id)}")
        order = self._known(_order_path(reading.order_of_capture(capture))) if capture else {}
        try:
            units = order.get("purchase_units", [])
            refunds = [one for unit in units for one in (unit.get("payments") or {}).get("refunds") or []]
            return [reading.refund(one, charge_id) for one in refunds]
        except reading.NOT_UNDERSTOOD:
            raise PayPalUnreachable("PayPal answered something that can't be read.") from None

    def start_saving(self, key: str, urls: ReturnUrls) -> RemoteFact:
        """`POST /v3/vault/setup-tokens`: for the reader to approve. Saves nothing yet. See `saving`."""
        reply = self._send("POST", "/v3/vault/setup-tokens", saving.asked(urls), key)
        return RemoteFact(reply) if isinstance(reply, Outcome) else saving.started(reply)

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """`POST /v3/vault/payment-tokens` with what the reader approved: the wallet is saved, nothing is paid."""
        if not saving.is_ours(token):
            return MethodFact(Outcome.REJECTED, decline_code="not_approved")
        reply = self._send("POST", "/v3/vault/payment-tokens", saving.kept(token), key)
        return MethodFact(reply) if isinstance(reply, Outcome) else saving.saved(reply)

    def look_up_method(self, method_id: str) -> MethodFact:
        """`GET /v3/vault/payment-tokens/{id}`."""
        reply = self._send("GET", f"/v3/vault/payment-tokens/{_path(method_id)}")
        return MethodFact(Outcome.UNKNOWN) if isinstance(reply, Outcome) else reading.saved_wallet(reply)

    def detach(self, method: Method) -> Outcome:
        """`DELETE /v3/vault/payment-tokens/{id}`; twice is no error."""
        reply = self._send("DELETE", f"/v3/vault/payment-tokens/{_path(method.method)}")
        gone = not isinstance(reply, Outcome) and (reply.is_success or reply.status == 404)
        return Outcome.SUCCEEDED if gone else Outcome.UNKNOWN

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """`GET /v2/payments/captures/{id}`, and the order that it names."""
        body = self._fetch(f"/v2/payments/captures/{_path(charge_id)}")
        if isinstance(body, Outcome):
            return RemoteFact(body, charge_id=charge_id)
        try:
            order_id = reading.order_of_capture(body)
            return self.look_up(order_id) if order_id else reading.lone_capture(body)
        except reading.NOT_UNDERSTOOD:
            return RemoteFact(Outcome.UNKNOWN, charge_id=charge_id)

    def find(self, reference: str) -> list[RemoteFact]:
        """Payments of the last 31 days, hours behind. Raises `PayPalUnreachable`."""
        found, _complete = self._reporting.by_reference(reference, self._now())
        return [self.look_up_charge(one.transaction_id) for one in found]

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """`GET /v1/customer/disputes/{id}`."""
        body = self._fetch(f"/v1/customer/disputes/{_path(dispute_id)}")
        try:
            return DisputeFact(body, dispute_id) if isinstance(body, Outcome) else reading.dispute(body)
        except reading.NOT_UNDERSTOOD:
            return DisputeFact(Outcome.UNKNOWN, dispute_id)

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """A withdrawal of the last 31 days, by the books: it is there once it is done."""
        try:
            found = self._reporting.by_id(payout_id, self._now())
        except PayPalUnreachable:
            return PayoutFact(Outcome.UNKNOWN, payout_id)
        if not found:
            return PayoutFact(Outcome.NOT_FOUND, payout_id)
        amount = Money(abs(found[0].amount.minor), found[0].amount.currency)
        return PayoutFact(Outcome.SUCCEEDED, payout_id, PayoutStage.ARRIVED, amount)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """See `webhook.verify`. The certificate is fetched once."""
        return webhook.verify(headers, body, self._webhook_ids, self._certificate, now)

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """News by the books and the list of disputes, hours behind. Raises `PayPalUnreachable`."""
        return self._reporting.news(cursor, self._now())

    def balance(self) -> Mapping[str, int]:
        """`GET /v1/reporting/balances`. Raises `PayPalUnreachable`."""
        return self._reporting.balance()

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """The books by transaction search, hours behind. Raises `PayPalUnreachable`."""
        now = self._now()
        opened = self._books_from or date.fromordinal(now.toordinal() - OPENED_BEFORE_DAYS)
        return self._reporting.lines(after, datetime(opened.year, opened.month, opened.day, tzinfo=UTC), now)

    def _make(self, order: Order, body: Callable[[], Mapping[str, Any]], key: str) -> RemoteFact:
        """An order. PayPal answers a used key with the old order, even if we ask for another: that is refused here."""
        try:
            fact = self._pay("/v2/checkout/orders", body(), key)
        except amounts.NotPayable:
            return RemoteFact(Outcome.REJECTED, decline_code="amount_not_whole")
        if fact.remote_id and (fact.amount, fact.reference) != (order.amount, order.reference):
            return RemoteFact(Outcome.REJECTED, decline_code="key_used_for_another_order")
        return fact

    def _pay(self, path: str, body: Mapping[str, Any], key: str) -> RemoteFact:
        reply = self._send("POST", path, body, key)
        return RemoteFact(reply) if isinstance(reply, Outcome) else reading.payment(reply)

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | list[Any] | None = None, key: str = ""
    ) -> Reply | Outcome:
        """An answer, or `NOT_EXECUTED` or `UNKNOWN`. Raises `ProcessorRefused`."""
        try:
            return self._wire.call(method, path, body, key)
        except NotSent:
            return Outcome.NOT_EXECUTED
        except NoAnswer:
            return Outcome.UNKNOWN

    def _fetch(self, path: str) -> Mapping[str, Any] | Outcome:
        """The object at a path, or `UNKNOWN` or `NOT_FOUND`."""
        reply = self._send("GET", path)
        if isinstance(reply, Outcome):
            return Outcome.UNKNOWN
        if reply.is_success:
            return reply.body or Outcome.UNKNOWN
        return Outcome.NOT_FOUND if reply.status == 404 else Outcome.UNKNOWN

    def _known(self, path: str) -> Mapping[str, Any]:
        """The object at a path; empty when there is none."""
        body = self._fetch(path)
        if body == Outcome.UNKNOWN:
            raise PayPalUnreachable("PayPal can't be reached.")
        return {} if isinstance(body, Outcome) else body

    def _fetch_certificate(self, address: str) -> bytes:
        """From PayPal's host alone: whoever forges a webhook names a certificate of their own."""
        if not address.startswith(self._certificates) or "@" in urlsplit(address).netloc:
            raise BadSignature("The webhook names a certificate that is not PayPal's.")
        try:
            return self._wire.fetch(address)
        except NoAnswer:
            raise BadSignature("The webhook's certificate can't be fetched.") from None


def _path(remote_id: str) -> str:
    """An id as a part of a path: what could leave its place in it is refused by an id that can't exist."""
    kept = remote_id.replace("-", "").replace("_", "")
    return remote_id if kept.isalnum() and remote_id.isascii() else "not-an-id"


def _order_path(order_id: str) -> str:
    return f"/v2/checkout/orders/{_path(order_id)}"


def _setup_path(remote_id: str) -> str:
    return f"/v3/vault/setup-tokens/{_path(saving.token_of(remote_id))}"
