"""Stripe's calls as facts. `docs/reference/processors.md` says what was proven against what.

An answer that is missing, late, cut or can't be read after the request was sent is `UNKNOWN`; a refused connection and
429 are `NOT_EXECUTED`. Lists and balances raise `StripeUnreachable`: half a list is no fact.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import stripe
from stripe.params import (
    BalanceTransactionListParams,
    EventListParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentSearchParams,
    RefundCreateParams,
    RefundListParams,
    SetupIntentCreateParams,
)

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
    RefundFact,
    RemoteFact,
    ReturnUrls,
    Source,
    TokenView,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money
from mainstay.processors.wire import NoAnswer, NotSent

from . import books, page, reading, webhook
from .amounts import NotPayable, to_stripe
from .lists import LONGEST_PAGE, Page, StripeUnreachable, all_of, data_of, newer_than, told, whole
from .statement import StatementName, read_statement
from .wire import Refused, Transport, ask

API_VERSION = "2026-10-28.endive"
"""The version whose parameters the library's types describe; a test compares them."""
ADDRESS = "https://api.stripe.com"
DEADLINE_SECONDS = 20

Fact = TypeVar("Fact")
Call = Callable[[], stripe.StripeObject]
_STILL_OPEN = (
    Outcome.EXECUTABLE,
    Outcome.DECLINED_SOFT,
    Outcome.DECLINED_HARD,
    Outcome.ACTION_REQUIRED,
)
"""An intent that can be confirmed again, perhaps after a decline."""


def make(config: AccountConfig) -> Processor:
    """The adapter of one account.

    Settings: `public_key`; `methods` (`card`), what the card page offers, in Stripe's names with commas;
    `statement_suffix`; `deadline_seconds` (20); `address` and `script_address`, for tests.
    Secrets: `api_key` (the web's is restricted), and `webhook_secrets`, a list that holds the old and the new one
    while a secret is replaced.
    """
    try:
        return Stripe(config.settings, config.secrets["api_key"], config.secrets.get("webhook_secrets", ()))
    except KeyError as error:
        raise WrongSettings(f"The Stripe account lacks {error.args[0]!r}.") from None


class Stripe:
    """One Stripe account."""

    capabilities = Capabilities(
        name="Stripe",
        recurring=True,
        partial_refund=True,
        country_before_money=True,
        currencies=("USD", "EUR", "GBP", "JPY", "KWD", "ISK", "UGX", "HUF", "TWD"),
        key_life_hours=24,
        refund_is_asynchronous=True,
    )

    def __init__(self, account: Mapping[str, Any], api_key: str, webhook_secrets: tuple[str, ...]) -> None:
        self._public_key = account["public_key"]
        self._methods = [name.strip() for name in account.get("methods", "card").split(",")]
        self._statement_suffix = account.get("statement_suffix", "")
        self._script_address = account.get("script_address", page.SCRIPT_ADDRESS)
        self._webhook_secrets = tuple(webhook_secrets)
        client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": account.get("address", ADDRESS).rstrip("/")},
            max_network_retries=0,
            http_client=Transport(float(account.get("deadline_seconds", DEADLINE_SECONDS))),
        )
        self.calls = client.v1

    def card_page(self) -> CardPage:
        """Our own script, which loads Stripe's; and what the page's content policy lets in for it."""
        return page.card_page(self._public_key, self._methods, self._script_address)

    def read_token(self, token: str) -> TokenView | None:
        """The ConfirmationToken: reaches no bank. Raises `StripeUnreachable`."""
        try:
            return reading.token(ask(lambda: self.calls.confirmation_tokens.retrieve(_id(token))))
        except Refused as refusal:
            if refusal.is_missing:
                return None
            raise StripeUnreachable(f"Stripe answered {refusal.status}.") from None
        except (NotSent, NoAnswer, *reading.NOT_UNDERSTOOD):
            raise StripeUnreachable("Stripe can't be asked about the card just now.") from None

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """A PaymentIntent that is not confirmed. A card that is to be saved gets a customer without data."""
        try:
            params: PaymentIntentCreateParams = {
                "amount": to_stripe(order.amount),
                "currency": order.amount.currency.lower(),
                "allowed_payment_method_types": self._methods,
                "metadata": {**order.metadata, reading.REFERENCE: order.reference},
                "expand": reading.INTENT_EXPANDED,
            }
        except NotPayable:
            return RemoteFact(Outcome.REJECTED, decline_code="amount_not_payable")
        if self._statement_suffix:
            params["statement_descriptor_suffix"] = self._statement_suffix
        if order.save_method:
            customer = self._new_customer(key)
            if isinstance(customer, Outcome):
                return RemoteFact(customer)
            params |= {"customer": customer, "setup_future_usage": "off_session"}
        options = _keyed(key)
        return self._pay(lambda: self.calls.payment_intents.create(params, options))

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """Confirms. When the bank wants an absent reader, confirms again so that there is a page to send them to.

        Stripe's script is not asked to follow up on our page: the bank's page is a redirect (`use_stripe_sdk`).
        """
        following: PaymentIntentConfirmParams = {"return_url": return_url, "use_stripe_sdk": False}
        if source.method is None:
            return self._confirm(remote_id, {"confirmation_token": source.token, **following}, key)
        unready = self._join(remote_id, source.method, key)
        if unready is not None:
            return unready
        saved: PaymentIntentConfirmParams = {"payment_method": source.method.method}
        if reader_present:
            return self._confirm(remote_id, {**saved, **following}, key)
        fact = self._confirm(remote_id, {**saved, "off_session": True}, key)
        if fact.decline_code == "authentication_required":
            return self._confirm(remote_id, {**saved, **following}, f"{key}:ask")
        return fact

    def look_up(self, remote_id: str) -> RemoteFact:
        """The PaymentIntent as it is now."""
        return self._look(
            lambda: self.calls.payment_intents.retrieve(_id(remote_id), {"expand": reading.INTENT_EXPANDED}),
            reading.intent,
            lambda outcome: RemoteFact(outcome, remote_id=remote_id),
        )

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """Cancels the PaymentIntent; when money moved already, says so."""
        options = _keyed(key)
        fact = self._pay(
            lambda: self.calls.payment_intents.cancel(
                _id(remote_id), {"expand": reading.INTENT_EXPANDED}, options
            )
        )
        return fact if fact.outcome == Outcome.CANCELLED else self.look_up(remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """Gives money back; needs a key that may. Our key is in its metadata, by which it is found again."""
        try:
            params: RefundCreateParams = {
                "charge": charge_id,
                "amount": to_stripe(amount),
                "metadata": {reading.KEY: key},
            }
        except NotPayable:
            return RefundFact(Outcome.REJECTED, why="amount_not_payable")
        options = _keyed(key)
        return self._act(
            lambda: self.calls.refunds.create(params, options),
            reading.refund,
            RefundFact,
            reading.refused_refund,
        )

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """A refund as it is now."""
        return self._look(
            lambda: self.calls.refunds.retrieve(_id(refund_id)),
            reading.refund,
            lambda outcome: RefundFact(outcome, remote_id=refund_id),
        )

    def find_refunds(self, charge_id: str) -> list[RefundFact]:
        """All refunds of a charge, oldest first. Raises `StripeUnreachable`."""
        found = all_of(lambda page: self._refunds_page(charge_id, page))
        return told(reading.refund, reversed(found))

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """A SetupIntent: saves a card without charging it, perhaps once its holder was at their bank's page."""
        customer = self._new_customer(key)
        if isinstance(customer, Outcome):
            return MethodFact(customer)
        params: SetupIntentCreateParams = {
            "confirm": True,
            "confirmation_token": token,
            "customer": customer,
            "allowed_payment_method_types": self._methods,
            "usage": "off_session",
            "return_url": return_url,
            "use_stripe_sdk": False,
            "expand": reading.SETUP_EXPANDED,
        }
        return self._set_up(lambda: self.calls.setup_intents.create(params, _keyed(key)))

    def look_up_saving(self, remote_id: str) -> MethodFact:
        """The SetupIntent as it is now."""
        return self._look(
            lambda: self.calls.setup_intents.retrieve(_id(remote_id), {"expand": reading.SETUP_EXPANDED}),
            reading.setup,
            MethodFact,
        )

    def cancel_saving(self, remote_id: str, key: str) -> MethodFact:
        """Cancels the SetupIntent; when a card was saved by it already, says so."""
        fact = self._set_up(
            lambda: self.calls.setup_intents.cancel(
                _id(remote_id), {"expand": reading.SETUP_EXPANDED}, _keyed(key)
            )
        )
        return fact if fact.outcome == Outcome.CANCELLED else self.look_up_saving(remote_id)

    def look_up_method(self, method_id: str) -> MethodFact:
        """A saved card as it is now, after Stripe's own updates too. One that was detached is not found."""
        return self._look(
            lambda: self.calls.payment_methods.retrieve(_id(method_id)), reading.kept_method, MethodFact
        )

    def detach(self, method: Method) -> Outcome:
        """Forgets a saved card. Detaching twice is refused there, so we look whether it is gone."""
        options = _keyed(f"detach:{method.method}")
        try:
            ask(lambda: self.calls.payment_methods.detach(_id(method.method), {}, options))
        except (NotSent, NoAnswer):
            return Outcome.UNKNOWN
        except Refused:
            gone = self.look_up_method(method.method).outcome == Outcome.NOT_FOUND
            return Outcome.SUCCEEDED if gone else Outcome.UNKNOWN
        return Outcome.SUCCEEDED

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """Not the way here: the card is typed into Stripe's fields on our page, where its country is read first."""
        return RemoteFact(Outcome.REJECTED, decline_code="flow_not_offered")

    def read_approval(self, remote_id: str) -> TokenView | None:
        """Not the way here."""
        return None

    def look_up_charge(self, charge_id: str) -> RemoteFact:
        """A charge, with its intent."""
        expanded = ["balance_transaction", *(f"payment_intent.{name}" for name in reading.INTENT_EXPANDED)]
        return self._look(
            lambda: self.calls.charges.retrieve(_id(charge_id), {"expand": expanded}),
            reading.charge,
            lambda outcome: RemoteFact(outcome, charge_id=charge_id),
        )

    def find(self, reference: str) -> list[RemoteFact]:
        """All intents that carry our reference, by Stripe's search, which lags behind. Raises `StripeUnreachable`."""
        literal = reference.replace("\\", "\\\\").replace("'", "\\'")
        params: PaymentIntentSearchParams = {
            "query": f"metadata['{reading.REFERENCE}']:'{literal}'",
            "limit": LONGEST_PAGE,
            "expand": [f"data.{name}" for name in reading.INTENT_EXPANDED],
        }
        return told(reading.intent, data_of(whole(lambda: self.calls.payment_intents.search(params))))

    def look_up_dispute(self, dispute_id: str) -> DisputeFact:
        """A dispute as it is now."""
        return self._look(
            lambda: self.calls.disputes.retrieve(_id(dispute_id)),
            books.dispute,
            lambda outcome: DisputeFact(outcome, remote_id=dispute_id),
        )

    def look_up_payout(self, payout_id: str) -> PayoutFact:
        """A payout as it is now."""
        return self._look(
            lambda: self.calls.payouts.retrieve(_id(payout_id)),
            books.payout,
            lambda outcome: PayoutFact(outcome, remote_id=payout_id),
        )

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[EventRef]:
        """See `webhook.verify`."""
        return webhook.verify(headers, body, self._webhook_secrets, now)

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """The next events after the one with that id; at first, and when that one is forgotten, the newest hundred.

        Stripe keeps events for 30 days. Raises `StripeUnreachable`.
        """
        found = newer_than(self._events_page, cursor)
        hints = [hint for hint in told(webhook.hint, found) if hint is not None]
        return hints, str(found[-1]["id"]) if found else cursor

    def balance(self) -> Mapping[str, int]:
        """What Stripe holds. Raises `StripeUnreachable`."""
        (held,) = told(books.held, [whole(self.calls.balance.retrieve)])
        return held

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """Balance transactions after the one with that id, oldest first. Raises `StripeUnreachable`."""
        if not after:
            yield from told(books.line, reversed(all_of(self._balance_page)))
            return
        while found := newer_than(self._balance_page, after):
            yield from told(books.line, found)
            after = str(found[-1]["id"])

    def statement(self) -> StatementName:
        """What the account's settings at Stripe put on bank statements. Raises `StripeUnreachable`."""
        (name,) = told(read_statement, [whole(self.calls.accounts.retrieve_current)])
        return name

    # The type checker can't see that a page's three names are among those of each list; a test can.
    def _balance_page(self, page: Page) -> stripe.StripeObject:
        params: BalanceTransactionListParams = {**page}  # type: ignore[typeddict-item]
        return self.calls.balance_transactions.list(params)

    def _events_page(self, page: Page) -> stripe.StripeObject:
        params: EventListParams = {"types": webhook.TYPES, **page}  # type: ignore[typeddict-item]
        return self.calls.events.list(params)

    def _refunds_page(self, charge_id: str, page: Page) -> stripe.StripeObject:
        params: RefundListParams = {"charge": charge_id, **page}  # type: ignore[typeddict-item]
        return self.calls.refunds.list(params)

    def _confirm(self, remote_id: str, params: PaymentIntentConfirmParams, key: str) -> RemoteFact:
        params["expand"] = reading.INTENT_EXPANDED
        options = _keyed(key)
        return self._pay(lambda: self.calls.payment_intents.confirm(_id(remote_id), params, options))

    def _join(self, remote_id: str, method: Method, key: str) -> RemoteFact | None:
        """Gives the intent the saved method's customer, without whom it can't be used; a fact when that can't be done.

        It moves no money: without an answer nothing was carried out.
        """
        options = _keyed(f"{key}:customer")
        fact = self._pay(
            lambda: self.calls.payment_intents.update(
                _id(remote_id), {"customer": method.customer, "expand": reading.INTENT_EXPANDED}, options
            )
        )
        if fact.remote_id:
            return None if fact.outcome in _STILL_OPEN else fact
        not_known = fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED)
        return self._if_still_open(remote_id) if not_known else fact

    def _if_still_open(self, remote_id: str) -> RemoteFact:
        fact = self.look_up(remote_id)
        return RemoteFact(Outcome.NOT_EXECUTED) if fact.outcome in _STILL_OPEN else fact

    def _new_customer(self, key: str) -> str | Outcome:
        """The id of a customer without a name, an address or anything else; or why there is none."""
        options = _keyed(f"{key}:customer")
        try:
            return str(ask(lambda: self.calls.customers.create({}, options))["id"])
        except Refused as refusal:
            return reading.refused(refusal)
        except (NotSent, NoAnswer, *reading.NOT_UNDERSTOOD):
            return Outcome.NOT_EXECUTED

    def _pay(self, call: Call) -> RemoteFact:
        return self._act(call, reading.intent, RemoteFact, reading.refused_payment)

    def _set_up(self, call: Call) -> MethodFact:
        return self._act(call, reading.setup, MethodFact, reading.refused_setup)

    def _act(
        self,
        call: Call,
        read: Callable[[Mapping[str, Any]], Fact],
        unread: Callable[[Outcome], Fact],
        refused: Callable[[Refused], Fact],
    ) -> Fact:
        """A call that may have changed something, as a fact. Raises `ProcessorRefused`."""
        try:
            return read(ask(call))
        except Refused as refusal:
            return refused(refusal)
        except NotSent:
            return unread(Outcome.NOT_EXECUTED)
        except (NoAnswer, *reading.NOT_UNDERSTOOD):
            return unread(Outcome.UNKNOWN)

    def _look(
        self,
        call: Call,
        read: Callable[[Mapping[str, Any]], Fact],
        unread: Callable[[Outcome], Fact],
    ) -> Fact:
        """A question about one object, as a fact. Raises `ProcessorRefused`."""
        try:
            return read(ask(call))
        except Refused as refusal:
            return unread(reading.not_read(refusal))
        except (NotSent, NoAnswer, *reading.NOT_UNDERSTOOD):
            return unread(Outcome.UNKNOWN)


def _keyed(key: str) -> stripe.RequestOptions:
    return {"idempotency_key": key}


def _id(remote_id: str) -> str:
    """An id as a part of a path: what could leave its place in it is refused by an id that can't exist."""
    return remote_id if remote_id.replace("_", "").isalnum() and remote_id.isascii() else "not-an-id"
