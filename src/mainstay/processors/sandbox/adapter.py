"""The sandbox company's calls as facts. `src/mainstay_sandbox/README.md` documents what it answers.

A cut connection or an unexpected answer after the request was sent is `UNKNOWN`; a refused connection, the documented
503 and 429 are `NOT_EXECUTED`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mainstay.contributions.port import (
    AccountConfig,
    BalanceLine,
    Capabilities,
    CardPage,
    Method,
    MethodFact,
    Order,
    Outcome,
    ProcessorRefused,
    RefundFact,
    RemoteFact,
    Source,
    TokenView,
)
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.money import Money

DEADLINE_SECONDS = 20
SOFT = frozenset({"insufficient_funds", "authentication_failed", "try_again_later"})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SandboxUnreachable(MainstayError):
    """The practice payment company did not answer a question that moves no money."""


def make(config: AccountConfig) -> "Sandbox":
    """The adapter of one account. Settings: `address`, `public_address`, `public_key`; secret: `api_key`."""
    try:
        return Sandbox(
            address=config.settings["address"],
            public_address=config.settings.get("public_address", config.settings["address"]),
            public_key=config.settings["public_key"],
            api_key=config.secrets["api_key"],
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
        currencies=("USD", "EUR", "GBP", "JPY", "KWD"),
        key_life_hours=24,
    )

    def __init__(self, *, address: str, public_address: str, public_key: str, api_key: str) -> None:
        self._public_address = public_address.rstrip("/")
        self._public_key = public_key
        self.client = httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {api_key}"}, timeout=DEADLINE_SECONDS
        )

    def card_page(self) -> CardPage:
        """The company's script, its origin, and the key that makes tokens."""
        return CardPage(f"{self._public_address}/v1/card.js", self._public_address, self._public_key)

    def read_token(self, token: str) -> TokenView | None:
        """`GET /v1/tokens/{id}`: reaches no bank. Raises `SandboxUnreachable`."""
        answer = self._ask("GET", f"/v1/tokens/{_path(token)}")
        if answer.status_code == 404:
            return None
        body = self._understood(answer)
        return None if body["used"] else TokenView(country=body["country"], kind=body["kind"])

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """`POST /v1/intents`: moves no money."""
        body = {
            "amount_minor": order.amount.minor,
            "currency": order.amount.currency,
            "reference": order.reference,
            "metadata": dict(order.metadata),
            "save_method": order.save_method,
        }
        return self._fact("/v1/intents", body, key)

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """`POST /v1/intents/{id}/confirm`. When the bank wants an absent reader, asks for the page to send them to."""
        body: dict[str, Any] = {"method": source.method.method} if source.method else {"token": source.token}
        path = f"/v1/intents/{_path(remote_id)}/confirm"
        if reader_present:
            return self._fact(path, {**body, "return_url": return_url}, key)
        fact = self._fact(path, {**body, "off_session": True}, key)
        if fact.decline_code == "authentication_required":
            return self._fact(path, {**body, "return_url": return_url}, f"{key}:ask")
        return fact

    def look_up(self, remote_id: str) -> RemoteFact:
        """`GET /v1/intents/{id}`: changes nothing."""
        try:
            answer = self.client.get(f"/v1/intents/{_path(remote_id)}")
        except httpx.HTTPError:
            return RemoteFact(Outcome.UNKNOWN, remote_id=remote_id)
        if answer.status_code == 404:
            return RemoteFact(Outcome.NOT_FOUND, remote_id=remote_id)
        return self._read(answer)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """`POST /v1/intents/{id}/cancel`; when money moved already, says so."""
        fact = self._fact(f"/v1/intents/{_path(remote_id)}/cancel", {}, key)
        return fact if fact.outcome == Outcome.CANCELLED else self.look_up(remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """`POST /v1/refunds`; needs the full key."""
        body = {"charge": charge_id, "amount_minor": amount.minor}
        try:
            answer = self.client.post("/v1/refunds", json=body, headers={"Idempotency-Key": key})
        except _NOT_SENT:
            return RefundFact(Outcome.NOT_EXECUTED)
        except httpx.HTTPError:
            return RefundFact(Outcome.UNKNOWN)
        return _read_refund(answer)

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """`GET /v1/refunds/{id}`."""
        return _read_refund(self._ask("GET", f"/v1/refunds/{_path(refund_id)}"))

    def save_method(self, token: str, key: str) -> MethodFact:
        """`POST /v1/methods`: saves a card without charging it."""
        try:
            answer = self.client.post("/v1/methods", json={"token": token}, headers={"Idempotency-Key": key})
        except _NOT_SENT:
            return MethodFact(Outcome.NOT_EXECUTED)
        except httpx.HTTPError:
            return MethodFact(Outcome.UNKNOWN)
        self._check_key(answer)
        if answer.status_code == 402:
            return MethodFact(Outcome.DECLINED_HARD, decline_code=_error(answer).get("decline_code", ""))
        if answer.is_success:
            return MethodFact(Outcome.SUCCEEDED, method=_method(answer.json()))
        return MethodFact(Outcome.REJECTED, decline_code=_error(answer).get("code", ""))

    def detach(self, method: Method) -> Outcome:
        """`DELETE /v1/methods/{id}`; twice is no error."""
        try:
            answer = self.client.delete(f"/v1/methods/{_path(method.method)}")
        except httpx.HTTPError:
            return Outcome.UNKNOWN
        self._check_key(answer)
        gone = answer.is_success or answer.status_code in (404, 409)
        return Outcome.SUCCEEDED if gone else Outcome.UNKNOWN

    def balance_lines(self, after: int) -> Iterator[BalanceLine]:
        """`GET /v1/balance_lines`, page by page. Raises `SandboxUnreachable`."""
        more = True
        while more:
            page = self._understood(self._ask("GET", f"/v1/balance_lines?after={after}&limit=500"))
            for line in page["data"]:
                after = line["number"]
                yield BalanceLine(**line)
            more = page["has_more"]

    def _ask(self, method: str, path: str) -> httpx.Response:
        try:
            answer = self.client.request(method, path)
        except httpx.HTTPError as error:
            raise SandboxUnreachable("The practice payment company can't be reached.") from error
        self._check_key(answer)
        return answer

    def _understood(self, answer: httpx.Response) -> dict[str, Any]:
        if not answer.is_success:
            raise SandboxUnreachable(f"The practice payment company answered {answer.status_code}.")
        body: dict[str, Any] = answer.json()
        return body

    def _fact(self, path: str, body: Mapping[str, Any], key: str) -> RemoteFact:
        try:
            answer = self.client.post(path, json=body, headers={"Idempotency-Key": key})
        except _NOT_SENT:
            return RemoteFact(Outcome.NOT_EXECUTED)
        except httpx.HTTPError:
            return RemoteFact(Outcome.UNKNOWN)
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> RemoteFact:
        self._check_key(answer)
        if answer.is_success:
            try:
                return _intent(answer.json())
            except (ValueError, KeyError, TypeError):
                return RemoteFact(Outcome.UNKNOWN)
        return _refusal(answer)

    def _check_key(self, answer: httpx.Response) -> None:
        if answer.status_code in (401, 403):
            raise ProcessorRefused(
                "The practice payment company does not accept our key. Check the secrets file."
            )


def _path(remote_id: str) -> str:
    """An id as a part of a path: what could leave its place in it is refused by an id that can't exist."""
    return remote_id if remote_id.replace("_", "").isalnum() else "not-an-id"


def _refusal(answer: httpx.Response) -> RemoteFact:
    error = _error(answer)
    code = error.get("code", "")
    if answer.status_code == 402:
        decline = error.get("decline_code", "")
        hard = decline not in SOFT
        return RemoteFact(Outcome.DECLINED_HARD if hard else Outcome.DECLINED_SOFT, decline_code=decline)
    if answer.status_code == 429 or code == "company_fault":
        return RemoteFact(Outcome.NOT_EXECUTED)
    if code in ("intent_already_succeeded", "intent_processing") or answer.status_code >= 500:
        return RemoteFact(Outcome.UNKNOWN)
    return RemoteFact(Outcome.REJECTED, decline_code=code[:60])


def _error(answer: httpx.Response) -> dict[str, str]:
    try:
        error = answer.json().get("error", {})
    except (ValueError, AttributeError):
        return {}
    return error if isinstance(error, dict) else {}


def _intent(body: dict[str, Any]) -> RemoteFact:
    charge, method = body.get("charge"), body.get("method")
    error = body.get("last_error") or {}
    return RemoteFact(
        outcome=_outcome(body["status"], error),
        remote_id=body["id"],
        charge_id=charge["id"] if charge else "",
        amount=Money(body["amount_minor"], body["currency"]),
        fee=Money(charge["fee_minor"], charge["currency"]) if charge else None,
        method=_method(method) if method else None,
        decline_code=error.get("decline_code", "") or "",
        action_url=body.get("action_url") or "",
        reference=body.get("reference", ""),
    )


def _outcome(status: str, error: Mapping[str, Any]) -> Outcome:
    if status == "requires_confirmation" and error:
        return Outcome.DECLINED_SOFT if error.get("decline_code") in SOFT else Outcome.DECLINED_HARD
    return {
        "requires_confirmation": Outcome.EXECUTABLE,
        "requires_action": Outcome.ACTION_REQUIRED,
        "processing": Outcome.UNKNOWN,
        "succeeded": Outcome.SUCCEEDED,
        "cancelled": Outcome.CANCELLED,
    }[status]


def _method(body: Mapping[str, Any]) -> Method:
    expires = f"{body['exp_year']}-{body['exp_month']:02}"
    return Method(body["customer"], body.get("id") or body["method"], body["country"], expires)


def _read_refund(answer: httpx.Response) -> RefundFact:
    if answer.is_success:
        body = answer.json()
        amount = Money(body["amount_minor"], body["currency"])
        return RefundFact(Outcome.SUCCEEDED, remote_id=body["id"], amount=amount)
    if answer.status_code >= 500:
        return RefundFact(
            Outcome.NOT_EXECUTED if _error(answer).get("code") == "company_fault" else Outcome.UNKNOWN
        )
    return RefundFact(Outcome.REJECTED, why=_error(answer).get("code", "")[:80])
