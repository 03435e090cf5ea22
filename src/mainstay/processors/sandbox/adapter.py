"""The sandbox company's calls as facts. `src/mainstay_sandbox/README.md` documents what it answers.

An answer that is missing, late, cut or can't be read after the request was sent is `UNKNOWN`; a refused connection, the
documented 503 and 429 are `NOT_EXECUTED`. Lists and balances raise `SandboxUnreachable`: half a list is no fact.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import httpx

from mainstay.contributions.port import (
    AccountConfig,
    BalanceLine,
    Capabilities,
    CardPage,
    DisputeFact,
    EventRef,
    Method,
    MethodFact,
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
from mainstay.core.money import Money
from mainstay.processors.wire import NoAnswer, NotSent, new_client

from . import reading, webhook
from .wire import Reply, send

DEADLINE_SECONDS = 20
LONGEST_PAGE = 500

Fact = TypeVar("Fact")
Item = TypeVar("Item")


class SandboxUnreachable(MainstayError):
    """The practice payment company did not answer a question that moves no money."""


def make(config: AccountConfig) -> Processor:
    """The adapter of one account.

    Settings: `address`, `public_address`, `public_key`, `deadline_seconds` (20). Secrets: `api_key`, and
    `webhook_secrets`, a list that holds the old and the new one while a secret is replaced.
    """
    try:
        return Sandbox(
            address=config.settings["address"],
            public_address=config.settings.get("public_address", config.settings["address"]),
            public_key=config.settings["public_key"],
            api_key=config.secrets["api_key"],
            webhook_secrets=config.secrets.get("webhook_secrets", ()),
            deadline_seconds=config.settings.get("deadline_seconds", DEADLINE_SECONDS),
        )
    except KeyError as error:
        raise WrongSettings(f"The sandbox account lacks {error.args[0]!r}.") from None


class Sandbox:
    """One account at the practice payment company."""

    capabilities = Capabilities(
        name="Practice payments",
        recurring=True,
        partial_refund=True,
        country_before_money=True,
        currencies=("USD", "EUR", "GBP", "JPY", "KWD", "ISK", "UGX", "HUF", "TWD"),
        key_life_hours=24,
    )

    def __init__(
        self,
        *,
        address: str,
        public_address: str,
        public_key: str,
        api_key: str,
        webhook_secrets: Sequence[str] = (),
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._public_address = public_address.rstrip("/")
        self._public_key = public_key
        self._webhook_secrets = tuple(webhook_secrets)
        self._deadline_seconds = deadline_seconds
        self.client = new_client(base_url=address, headers={"Authorization": f"Bearer {api_key}"})

    def card_page(self) -> CardPage:
        """The company's script, its origin, and the key that makes tokens."""
        return CardPage(f"{self._public_address}/v1/card.js", self._public_address, self._public_key)

    def read_token(self, token: str) -> TokenView | None:
        """`GET /v1/tokens/{id}`: reaches no bank. Raises `SandboxUnreachable`."""
        reply = self._ask(f"/v1/tokens/{_path(token)}")
        if reply.status == 404:
            return None
        body = _whole(reply)
        try:
            return None if body["used"] else TokenView(country=body["country"], kind=body["kind"])
        except reading.NOT_UNDERSTOOD:
            raise _not_understood() from None

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """`POST /v1/intents`: moves no money."""
        body = {
            "amount_minor": order.amount.minor,
            "currency": order.amount.currency,
            "reference": order.reference,
            "metadata": dict(order.metadata),
            "save_method": order.save_method,
        }
        return self._pay("/v1/intents", body, key)

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """`POST /v1/intents/{id}/confirm`. When the bank wants an absent reader, asks for the page to send them to."""
        body: dict[str, Any] = {"method": source.method.method} if source.method else {"token": source.token}
        path = f"/v1/intents/{_path(remote_id)}/confirm"
        if reader_present:
            return self._pay(path, {**body, "return_url": return_url}, key)
        fact = self._pay(path, {**body, "off_session": True}, key)
        if fact.decline_code == "authentication_required":
            return self._pay(path, {**body, "return_url": return_url}, f"{key}:ask")
        return fact

    def look_up(self, remote_id: str) -> RemoteFact:
        """`GET /v1/intents/{id}`: changes nothing."""
        body = self._fetch(f"/v1/intents/{_path(remote_id)}")
        return _fact(reading.intent, RemoteFact, body, remote_id)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """`POST /v1/intents/{id}/cancel`; when money moved already, says so."""
        fact = self._pay(f"/v1/intents/{_path(remote_id)}/cancel", {}, key)
        return fact if fact.outcome == Outcome.CANCELLED else self.look_up(remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """`POST /v1/refunds`; needs the full key. The key is its reason too, by which it is found again."""
        body = {"charge": charge_id, "amount_minor": amount.minor, "reason": key}
        reply = self._send("POST", "/v1/refunds", body, key)
        return RefundFact(reply) if isinstance(reply, Outcome) else reading.asked_refund(reply)

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """`GET /v1/refunds/{id}`."""
        return _fact(reading.refund, RefundFact, self._fetch(f"/v1/refunds/{_path(refund_id)}"), refund_id)

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """`GET /v1/refunds?charge=`, oldest first; needs the full key. Raises `SandboxUnreachable`."""
        query = httpx.QueryParams({"charge": charge_id, "limit": LONGEST_PAGE})
        reply = self._ask(f"/v1/refunds?{query}")
        return [] if reply.status == 404 else _all(reading.refund, _whole(reply))

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """`POST /v1/savings`: saves a card without charging it, perhaps once its holder was at their bank's page."""
        return self._save("/v1/savings", {"token": token, "return_url": return_url}, key)

    def look_up_saving(self, remote_id: str) -> MethodFact:
        """`GET /v1/savings/{id}`."""
        body = self._fetch(f"/v1/savings/{_path(remote_id)}")
        return _fact(reading.saving, lambda outcome, _id: MethodFact(outcome), body, remote_id)

    def cancel_saving(self, remote_id: str, key: str) -> MethodFact:
        """`POST /v1/savings/{id}/cancel`; when a card was saved already, says so."""
        return self._save(f"/v1/savings/{_path(remote_id)}/cancel", {}, key)

    def look_up_method(self, method_id: str) -> MethodFact:
        """`GET /v1/methods/{id}`. One that was detached is not found."""
        body = self._fetch(f"/v1/methods/{_path(method_id)}")
        return _fact(reading.kept_method, lambda outcome, _id: MethodFact(outcome), body, method_id)

    def detach(self, method: Method) -> Outcome:
        """`DELETE /v1/methods/{id}`; twice is no error."""
        reply = self._send("DELETE", f"/v1/methods/{_path(method.method)}")
        gone = not isinstance(reply, Outcome) and (reply.is_success or reply.status == 404)
        return Outcome.SUCCEEDED if gone else Outcome.UNKNOWN

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """Not this company's way: cards are typed into its fields on our page."""
        return RemoteFact(Outcome.REJECTED, decline_code="flow_not_offered")

    def read_approval(self, remote_id: str) -> TokenView | None:
        """Not this company's way: nobody approves on a page of its own before the card is known."""
        return None

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """`GET /v1/charges/{id}`, which carries the intent."""
        body = self._fetch(f"/v1/charges/{_path(charge_id)}")
        if isinstance(body, Outcome):
            return RemoteFact(body, charge_id=charge_id)
        try:
            return reading.intent(body["intent"])
        except reading.NOT_UNDERSTOOD:
            return RemoteFact(Outcome.UNKNOWN, charge_id=charge_id)

    def find(self, reference: str) -> list[RemoteFact]:
        """`GET /v1/intents?reference=`, newest first; needs the full key. Raises `SandboxUnreachable`."""
        query = httpx.QueryParams({"reference": reference, "limit": LONGEST_PAGE})
        return _all(reading.intent, self._page(f"/v1/intents?{query}"))

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """`GET /v1/disputes/{id}`."""
        return _fact(
            reading.dispute, DisputeFact, self._fetch(f"/v1/disputes/{_path(dispute_id)}"), dispute_id
        )

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """`GET /v1/payouts/{id}`."""
        return _fact(reading.payout, PayoutFact, self._fetch(f"/v1/payouts/{_path(payout_id)}"), payout_id)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """See `webhook.verify`."""
        return webhook.verify(headers, body, self._webhook_secrets, now)

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """`GET /v1/events`, one page of at most 500; needs the full key. Raises `SandboxUnreachable`."""
        query = httpx.QueryParams({"after": cursor or "0", "limit": LONGEST_PAGE})
        page = self._page(f"/v1/events?{query}")
        hints = _all(reading.event, page)
        return hints, str(page["data"][-1]["number"]) if hints else cursor

    def balance(self) -> Mapping[str, int]:
        """`GET /v1/balance`; needs the full key. Raises `SandboxUnreachable`."""
        held = _all(lambda one: (one["currency"], one["amount_minor"]), self._page("/v1/balance"))
        return dict(held)

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """`GET /v1/balance_lines`, page by page; needs the full key. Raises `SandboxUnreachable`."""
        more = True
        while more:
            query = httpx.QueryParams({"after": after or "0", "limit": LONGEST_PAGE})
            page = self._page(f"/v1/balance_lines?{query}")
            for line in _all(reading.line, page):
                after = line.cursor
                yield line
            more = bool(page.get("has_more")) and bool(page["data"])

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> Reply | Outcome:
        """An answer, or `NOT_EXECUTED` or `UNKNOWN`. Raises `ProcessorRefused`."""
        try:
            reply = send(self.client, self._deadline_seconds, method, path, body, key)
        except NotSent:
            return Outcome.NOT_EXECUTED
        except NoAnswer:
            return Outcome.UNKNOWN
        if reply.status in (401, 403):
            raise ProcessorRefused(
                "The practice payment company does not accept our key. Check the secrets file."
            )
        return reply

    def _pay(self, path: str, body: Mapping[str, Any], key: str) -> RemoteFact:
        reply = self._send("POST", path, body, key)
        return RemoteFact(reply) if isinstance(reply, Outcome) else reading.payment(reply)

    def _save(self, path: str, body: Mapping[str, Any], key: str) -> MethodFact:
        reply = self._send("POST", path, body, key)
        return MethodFact(reply) if isinstance(reply, Outcome) else reading.saved(reply)

    def _fetch(self, path: str) -> Mapping[str, Any] | Outcome:
        """The object at a path, or `UNKNOWN` or `NOT_FOUND`."""
        reply = self._send("GET", path)
        if isinstance(reply, Outcome):
            return Outcome.UNKNOWN
        return reply.body if reply.is_success else reading.not_read(reply)

    def _ask(self, path: str) -> Reply:
        reply = self._send("GET", path)
        if isinstance(reply, Outcome):
            raise SandboxUnreachable("The practice payment company can't be reached.")
        return reply

    def _page(self, path: str) -> Mapping[str, Any]:
        return _whole(self._ask(path))


def _path(remote_id: str) -> str:
    """An id as a part of a path: what could leave its place in it is refused by an id that can't exist."""
    return remote_id if remote_id.replace("_", "").isalnum() and remote_id.isascii() else "not-an-id"


def _fact(
    read: Callable[[Mapping[str, Any]], Fact],
    unread: Callable[[Outcome, str], Fact],
    body: Mapping[str, Any] | Outcome,
    remote_id: str,
) -> Fact:
    """An object as a fact; without one, or when it can't be read, the fact that says so."""
    if isinstance(body, Outcome):
        return unread(body, remote_id)
    try:
        return read(body)
    except reading.NOT_UNDERSTOOD:
        return unread(Outcome.UNKNOWN, remote_id)


def _all(read: Callable[[Mapping[str, Any]], Item], page: Mapping[str, Any]) -> list[Item]:
    try:
        return [read(one) for one in page["data"]]
    except reading.NOT_UNDERSTOOD:
        raise _not_understood() from None


def _whole(reply: Reply) -> Mapping[str, Any]:
    if not reply.is_success:
        raise SandboxUnreachable(f"The practice payment company answered {reply.status}.")
    return reply.body


def _not_understood() -> SandboxUnreachable:
    return SandboxUnreachable("The practice payment company answered something that can't be read.")
