"""An account at a local PayPal, for tests: as much of its protocol as the adapter uses, with its state.

It keeps PayPal's promises: an order is captured at most once, a key repeats its answer, a refund stays within its
capture. `example_server` serves it over HTTP. Faults are switched on by a test.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

CLIENT_ID, CLIENT_SECRET = "shop", "shop-secret"
WEB_ID = "web"
"""Another app with the same secret, which may not read the books."""
START = datetime(2027, 1, 15, 8, tzinfo=UTC)
Body = dict[str, Any]
Answer = tuple[int, Body]


class Says(StrEnum):
    """What the bank or PayPal says to a capture."""

    APPROVED = "approved"
    DECLINED = "declined"
    DECLINED_FOR_GOOD = "declined for good"
    REFUSED = "refused without a capture"
    PENDING = "pending"
    FAILS_LATER = "approved now, declined from the vault"


class Break(StrEnum):
    """How a call goes wrong."""

    SILENT_BEFORE = "silence, nothing done"
    SILENT_AFTER = "silence, all done"
    ERROR_AFTER = "500, all done"
    CUT = "cut in mid-answer"
    NONSENSE = "200 and nonsense"
    DRIP = "dribbles"
    TOO_MANY = "429"
    UNAUTHORIZED = "401, from now on"


@dataclass(frozen=True)
class Heard:
    """One request of the adapter."""

    method: str
    path: str
    query: list[tuple[str, str]]
    body: Any
    key: str


@dataclass
class Account:
    """One account at PayPal: what was made there, and what a test can do to it."""

    address: str = ""
    country: str | None = "US"
    says: Says = Says.APPROVED
    now: datetime = START
    orders: dict[str, Body] = field(default_factory=dict)
    refunds: dict[str, Body] = field(default_factory=dict)
    vault: dict[str, Body] = field(default_factory=dict)
    setups: dict[str, Body] = field(default_factory=dict)
    disputes: dict[str, Body] = field(default_factory=dict)
    books: list[Body] = field(default_factory=list)
    keys: dict[str, Answer] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    breaks: list[tuple[Callable[[Heard], bool], Break]] = field(default_factory=list)
    certificate: bytes = b""
    urls: dict[str, Mapping[str, str]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    hooks: list[Body] = field(default_factory=list)
    events: list[Body] = field(default_factory=list)
    made: int = 0

    def captures(self) -> list[Body]:
        """Captures that took money, oldest first."""
        return [
            one
            for one in self._captures()
            if one["status"] in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
        ]

    def approve(self, order_id: str) -> None:
        """What the payer does on PayPal's page."""
        with self.lock:
            order = self.orders.get(order_id) or self.setups[order_id]
            if order["status"] in ("COMPLETED", "VAULTED"):
                return
            order["status"] = "APPROVED"
            address = {"address": {"country_code": self.country}} if self.country else {}
            order["payer"] = {"payer_id": "PAYER1", "email_address": "payer@example.org", **address}
            order["payment_source"] = {"paypal": {"email_address": "payer@example.org", **address}}

    def dispute(self, capture_id: str, stage: str, status: str = "OPEN", outcome: str = "NONE") -> str:
        """The payer objects, or a dispute goes on."""
        capture = next(one for one in self.captures() if one["id"] == capture_id)
        self.disputes["PP-D-1"] = {
            "dispute_id": "PP-D-1",
            "update_time": _moment(self.now),
            "disputed_transactions": [{"seller_transaction_id": capture_id}],
            "dispute_amount": capture["amount"],
            "dispute_life_cycle_stage": stage,
            "status": status,
            "dispute_outcome": {"outcome_code": outcome},
        }
        return "PP-D-1"

    def withdraw(self, value: str, currency: str = "USD") -> str:
        """The newsroom takes money out."""
        return self._book("T0403", {"currency_code": currency, "value": f"-{value}"}, None, "")

    def ask_bank(self) -> Says:
        """What the bank says to a capture that nothing else stands against."""
        return self.says

    def answer(self, heard: Heard) -> Answer:
        """The answer to a request that is not broken."""
        parts = heard.path.strip("/").split("/")
        with self.lock:
            if heard.key and heard.method == "POST":
                kept = f"{'/'.join(parts[:3])} {heard.key}"
                if kept not in self.keys:
                    self.keys[kept] = self._act(heard, parts)
                status, body = self.keys[kept]
                return (200 if status == 201 else status), body
            return self._act(heard, parts)

    def _number(self) -> int:
        self.made += 1
        return self.made

    def _tell(self, kind: str, about: str) -> None:
        """An event, as webhooks carry it."""
        name = f"WH-{self._number()}"
        self.events.append(
            {"id": name, "create_time": _moment(self.now), "event_type": kind, "resource": {"id": about}}
        )

    def _act(self, heard: Heard, parts: list[str]) -> Answer:
        name = parts[3] if len(parts) > 3 else ""
        pattern = "/".join([*parts[:3], "*", *parts[4:]] if name else parts)
        found = _ROUTES.get((heard.method, pattern))
        return found(self, heard, name) if found else _missing()

    def _new_order(self, asked: Body) -> Answer:
        unit = asked["purchase_units"][0]
        wallet = asked.get("payment_source", {}).get("paypal", {})
        order_id = f"ORDER{self._number()}"
        order = {
            "id": order_id,
            "intent": asked["intent"],
            "status": "PAYER_ACTION_REQUIRED" if wallet else "CREATED",
            "purchase_units": [{"reference_id": "default", **unit}],
            "links": [
                {
                    "rel": "payer-action",
                    "method": "GET",
                    "href": f"{self.address}/checkoutnow?token={order_id}",
                }
            ],
        }
        self.orders[order_id] = order
        if "vault_id" in wallet:
            status, paid = self._capture(order_id, {"payment_source": {"paypal": wallet}})
            if status >= 400:
                del self.orders[order_id]
            return status, paid
        context = wallet.get("experience_context", {})
        self.urls[order_id] = {
            "done": context.get("return_url", ""),
            "cancelled": context.get("cancel_url", ""),
            "vault": wallet.get("attributes", {}).get("vault", {}).get("store_in_vault", ""),
        }
        return 201, order

    def _new_setup(self, asked: Body) -> Answer:
        name, context = f"SETUP{self._number()}", asked["payment_source"]["paypal"]["experience_context"]
        href = f"{self.address}/checkoutnow?token={name}"
        self.setups[name] = {
            "id": name,
            "customer": {"id": f"CUSTOMER{self._number()}"},
            "status": "PAYER_ACTION_REQUIRED",
            "links": [{"rel": "approve", "method": "GET", "href": href}],
        }
        self.urls[name] = {"done": context["return_url"], "cancelled": context["cancel_url"]}
        return 201, self.setups[name]

    def _keep_setup(self, asked: Body) -> Answer:
        setup = self.setups.get(asked["payment_source"]["token"]["id"])
        if setup is None:
            return _missing()
        if setup["status"] != "APPROVED" or self.says == Says.REFUSED:
            return _issue("TOKEN_NOT_APPROVED")
        setup["status"] = "VAULTED"
        name, wallet = f"VAULT{self._number()}", dict(setup["payment_source"]["paypal"])
        self.vault[name] = {"id": name, "customer": setup["customer"], "payment_source": {"paypal": wallet}}
        return 201, self.vault[name]

    def _change(self, name: str, changes: list[Body]) -> Answer:
        order = self.orders.get(name)
        if order is None:
            return _missing()
        if order["status"] == "COMPLETED":
            return _issue("ORDER_ALREADY_COMPLETED")
        assert changes == [{"op": "replace", "path": "/intent", "value": "AUTHORIZE"}]
        order["intent"] = "AUTHORIZE"
        return 204, {}

    def _capture(self, name: str, asked: Body) -> Answer:
        order = self.orders.get(name)
        if order is None:
            return _missing()
        vault_id = (asked.get("payment_source") or {}).get("paypal", {}).get("vault_id", "")
        problem = self._problem(order, vault_id)
        if problem:
            return _issue(problem)
        unit = order["purchase_units"][0]
        says = self.ask_bank()
        status, advice = _TOLD[Says.DECLINED if vault_id and says == Says.FAILS_LATER else says]
        capture_id = f"CAPTURE{self._number()}"
        paid = unit["amount"]
        capture = {
            "id": capture_id,
            "status": status,
            "amount": paid,
            "invoice_id": unit["invoice_id"],
            "custom_id": unit["custom_id"],
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
            **advice,
        }
        unit.setdefault("payments", {}).setdefault("captures", []).append(capture)
        if status in ("COMPLETED", "PENDING"):
            order["status"] = "COMPLETED"
        if status == "COMPLETED":
            self._settle(order, capture, vault_id)
            self._tell("CHECKOUT.ORDER.COMPLETED", order["id"])
        self._tell(f"PAYMENT.CAPTURE.{status}", capture_id)
        return 201, order

    def _problem(self, order: Body, vault_id: str) -> str:
        if order["status"] == "COMPLETED":
            return "ORDER_ALREADY_CAPTURED"
        if order["intent"] != "CAPTURE":
            return "ACTION_DOES_NOT_MATCH_INTENT"
        if vault_id and vault_id not in self.vault:
            return "TOKEN_ID_NOT_FOUND"
        if not vault_id and order["status"] != "APPROVED":
            return "ORDER_NOT_APPROVED"
        invoice = order["purchase_units"][0]["invoice_id"]
        if any(one["invoice_id"] == invoice for one in self.captures()):
            return "DUPLICATE_INVOICE_ID"
        return "INSTRUMENT_DECLINED" if self.says == Says.REFUSED else ""

    def _settle(self, order: Body, capture: Body, vault_id: str) -> None:
        """Money arrived: the fee, the vault, the books."""
        paid = capture["amount"]
        fee = {"currency_code": paid["currency_code"], "value": "1" if "." not in paid["value"] else "0.45"}
        net = str(Decimal(paid["value"]) - Decimal(fee["value"]))
        capture["seller_receivable_breakdown"] = {
            "gross_amount": paid,
            "paypal_fee": fee,
            "net_amount": {"currency_code": paid["currency_code"], "value": net},
        }
        if self.urls.get(order["id"], {}).get("vault") and not vault_id:
            self._save(order)
        if vault_id:
            order["payment_source"] = {"paypal": dict(self.vault[vault_id]["payment_source"]["paypal"])}
        self._book("T0006", paid, fee, "", transaction_id=capture["id"], invoice_id=capture["invoice_id"])

    def _save(self, order: Body) -> None:
        name, customer = f"VAULT{self._number()}", {"id": f"CUSTOMER{self._number()}"}
        wallet = order["payment_source"]["paypal"]
        self.vault[name] = {"id": name, "customer": customer, "payment_source": {"paypal": dict(wallet)}}
        wallet["attributes"] = {"vault": {"id": name, "status": "VAULTED", "customer": customer}}

    def _refund(self, capture_id: str, asked: Body) -> Answer:
        capture = next((one for one in self.captures() if one["id"] == capture_id), None)
        if capture is None:
            return _missing()
        order = self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]
        payments = order["purchase_units"][0]["payments"]
        given = sum(Decimal(one["amount"]["value"]) for one in payments.get("refunds", []))
        if given + Decimal(asked["amount"]["value"]) > Decimal(capture["amount"]["value"]):
            return _issue("REFUND_AMOUNT_EXCEEDED")
        refund = {
            "id": f"REFUND{self._number()}",
            "status": "COMPLETED",
            "amount": asked["amount"],
            "custom_id": asked["custom_id"],
            "links": [
                {"rel": "up", "method": "GET", "href": f"{self.address}/v2/payments/captures/{capture_id}"}
            ],
        }
        payments.setdefault("refunds", []).append(refund)
        self.refunds[refund["id"]] = refund
        capture["status"] = "PARTIALLY_REFUNDED"
        back = {**asked["amount"], "value": f"-{asked['amount']['value']}"}
        self._book("T1107", back, None, capture_id, transaction_id=refund["id"])
        self._tell("PAYMENT.CAPTURE.REFUNDED", refund["id"])
        return 201, refund

    def _book(
        self,
        code: str,
        amount: Body,
        fee: Body | None,
        about: str,
        *,
        transaction_id: str = "",
        invoice_id: str = "",
    ) -> str:
        self.now += timedelta(seconds=1)
        line = {
            "transaction_id": transaction_id or f"LINE{self._number()}",
            "transaction_event_code": code,
            "transaction_initiation_date": self.now.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "transaction_amount": amount,
            "transaction_status": "S",
        }
        if fee:
            line["fee_amount"] = {**fee, "value": f"-{fee['value']}"}
        line |= {"paypal_reference_id": about} if about else {}
        line |= {"invoice_id": invoice_id} if invoice_id else {}
        self.books.append(line)
        return str(line["transaction_id"])

    def _search(self, query: Mapping[str, str]) -> Body:
        begin, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        assert end - begin <= timedelta(days=31), "PayPal searches 31 days at most"
        rows = [
            {"transaction_info": one}
            for one in self.books
            if begin <= datetime.fromisoformat(one["transaction_initiation_date"]) <= end
        ]
        size, page = int(query["page_size"]), int(query["page"])
        return {
            "transaction_details": rows[(page - 1) * size : page * size],
            "last_refreshed_datetime": self.now.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "total_pages": max(1, -(-len(rows) // size)),
        }

    def balances(self) -> list[Body]:
        """What is held in each currency."""
        held: dict[str, Decimal] = {}
        for line in self.books:
            for part in (line["transaction_amount"], line.get("fee_amount")):
                if part:
                    code = part["currency_code"]
                    held[code] = held.get(code, Decimal()) + Decimal(part["value"])
        return [
            {"currency": code, "total_balance": {"currency_code": code, "value": str(value)}}
            for code, value in held.items()
        ]

    def _disputes(self, query: Mapping[str, str]) -> list[Body]:
        about, since = query.get("disputed_transaction_id"), query.get("update_time_after", "")
        return [
            one
            for one in self.disputes.values()
            if about in (None, one["disputed_transactions"][0]["seller_transaction_id"])
            and one["update_time"] >= since
        ]

    def _forget(self, name: str) -> Answer:
        return (204, {}) if self.vault.pop(name, None) else _missing()

    def _capture_of(self, name: str) -> Body | None:
        return next((one for one in self._captures() if one["id"] == name), None)

    def _captures(self) -> list[Body]:
        units = [order["purchase_units"][0] for order in self.orders.values()]
        return [one for unit in units for one in unit.get("payments", {}).get("captures", [])]


Route = Callable[[Account, Heard, str], Answer]
_ROUTES: Mapping[tuple[str, str], Route] = {
    ("POST", "v2/checkout/orders"): lambda at, heard, name: at._new_order(heard.body),
    ("GET", "v2/checkout/orders/*"): lambda at, heard, name: _found(at.orders.get(name)),
    ("PATCH", "v2/checkout/orders/*"): lambda at, heard, name: at._change(name, heard.body),
    ("POST", "v2/checkout/orders/*/capture"): lambda at, heard, name: at._capture(name, heard.body),
    ("GET", "v2/payments/captures/*"): lambda at, heard, name: _found(at._capture_of(name)),
    ("POST", "v2/payments/captures/*/refund"): lambda at, heard, name: at._refund(name, heard.body),
    ("GET", "v2/payments/refunds/*"): lambda at, heard, name: _found(at.refunds.get(name)),
    ("POST", "v3/vault/setup-tokens"): lambda at, heard, name: at._new_setup(heard.body),
    ("GET", "v3/vault/setup-tokens/*"): lambda at, heard, name: _found(at.setups.get(name)),
    ("POST", "v3/vault/payment-tokens"): lambda at, heard, name: at._keep_setup(heard.body),
    ("GET", "v3/vault/payment-tokens/*"): lambda at, heard, name: _found(at.vault.get(name)),
    ("DELETE", "v3/vault/payment-tokens/*"): lambda at, heard, name: at._forget(name),
    ("GET", "v1/customer/disputes"): lambda at, heard, name: (
        200,
        {"items": at._disputes(dict(heard.query))},
    ),
    ("GET", "v1/customer/disputes/*"): lambda at, heard, name: _found(at.disputes.get(name)),
    ("GET", "v1/reporting/transactions"): lambda at, heard, name: (200, at._search(dict(heard.query))),
    ("GET", "v1/notifications/webhooks"): lambda at, heard, name: (200, {"webhooks": at.hooks}),
    ("GET", "v1/reporting/balances"): lambda at, heard, name: (200, {"balances": at.balances()}),
}

_TOLD: Mapping[Says, tuple[str, Body]] = {
    Says.APPROVED: ("COMPLETED", {}),
    Says.FAILS_LATER: ("COMPLETED", {}),
    Says.DECLINED: ("DECLINED", {"processor_response": {"response_code": "5120"}}),
    Says.DECLINED_FOR_GOOD: (
        "DECLINED",
        {"processor_response": {"response_code": "9500", "payment_advice_code": "03"}},
    ),
    Says.PENDING: ("PENDING", {}),
}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _found(body: Body | None) -> Answer:
    return (200, body) if body is not None else _missing()


def _missing() -> Answer:
    return 404, {"name": "RESOURCE_NOT_FOUND", "details": [{"issue": "INVALID_RESOURCE_ID"}]}


def _issue(issue: str) -> Answer:
    return 422, {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue}]}
