"""For `make live-check`: a reader's journeys against Stripe itself, in its test mode, with a test key.

No browser is needed: in test mode Stripe makes a ConfirmationToken for one of its practice cards by itself.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from stripe.params.test_helpers import ConfirmationTokenCreateParams

from mainstay.contributions.port import AccountConfig, Order, Outcome, RemoteFact, Source
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money

from .adapter import Stripe, make
from .lists import LONGEST_PAGE, data_of, whole

KEY = "MAINSTAY_STRIPE_TEST_KEY"
ADDRESS = "MAINSTAY_STRIPE_TEST_ADDRESS"
BACK = "https://example.org/back"
TEST_KEYS = ("sk_test_", "rk_test_")
GERMAN, SHORT_OF_MONEY, ASKS = (
    "pm_card_de",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_threeDSecure2Required",
)

Journey = tuple[str, Callable[[], bool]]


def journeys(environment: Mapping[str, str]) -> Iterator[Journey] | None:
    """What is tried, in order: a sentence, and whether it holds; `None` without a key. Raises `WrongSettings`."""
    key = environment.get(KEY, "")
    if not key:
        return None
    if not key.startswith(TEST_KEYS):
        raise WrongSettings(f"{KEY} must be a key of Stripe's test mode, sk_test_… or rk_test_….")
    settings = {"public_key": "pk_test", "deadline_seconds": 60}
    if environment.get(ADDRESS):
        settings["address"] = environment[ADDRESS]
    processor = make(AccountConfig(settings, {"api_key": key}))
    assert isinstance(processor, Stripe)
    return _Reader(processor).journeys()


@dataclass
class _Reader:
    """One reader, whose names no other run has."""

    processor: Stripe
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    paid: RemoteFact = field(default_factory=lambda: RemoteFact(Outcome.NOT_FOUND))

    def journeys(self) -> Iterator[Journey]:
        yield "The card's country is read before anything is made.", self._country
        yield "A first payment is made, once, and its card is saved.", self._first
        yield "The same payment can't be made again.", self._again
        yield "A charge leads back to our reference.", self._charge
        yield "A renewal without its reader is paid with the saved card.", self._renewal
        yield "A decline is told as one that may be tried again.", self._declined
        yield "A bank that wants its holder gives a page to go to.", self._asked
        yield "A payment that was cancelled is never made.", self._cancelled
        yield "A part is given back, once, and found by our key.", self._refund
        yield "Amounts in ISK, UGX, HUF, TWD, JPY and KWD come back as they went.", self._amounts
        yield "Stripe's books have a line for the charge.", self._line
        yield (
            "A bank that wants its holder before a card is saved gives a page, until it is given up.",
            self._saved,
        )
        yield "A saved card can be forgotten twice.", self._forget

    def _token(self, card: str) -> str:
        params: ConfirmationTokenCreateParams = {"payment_method": card}
        made = whole(
            lambda: self.processor.calls.test_helpers.confirmation_tokens.create(
                params, {"idempotency_key": secrets.token_hex(16)}
            )
        )
        return str(made["id"])

    def _prepare(self, number: int, amount: Money | None = None, *, save: bool = False) -> RemoteFact:
        order = Order(amount or Money(500, "EUR"), f"{self.run}:{number}", {"number": str(number)}, save)
        return self.processor.prepare(order, f"live:{self.run}:{number}")

    def _pay(self, number: int, source: Source, *, save: bool = False, present: bool = True) -> RemoteFact:
        remote_id = self._prepare(number, save=save).remote_id
        key = f"live:{self.run}:{number}:1"
        return self.processor.execute(remote_id, source, key, BACK, present)

    def _country(self) -> bool:
        view = self.processor.read_token(self._token(GERMAN))
        return view is not None and (view.country, view.kind) == ("DE", "card")

    def _first(self) -> bool:
        self.paid = self._pay(1, Source(token=self._token(GERMAN)), save=True)
        return self.paid.outcome == Outcome.SUCCEEDED and self.paid.method is not None

    def _again(self) -> bool:
        source = Source(token=self._token(GERMAN))
        fact = self.processor.execute(self.paid.remote_id, source, f"live:{self.run}:1:2", BACK, True)
        now = self.processor.look_up(self.paid.remote_id)
        return fact.outcome in (Outcome.UNKNOWN, Outcome.SUCCEEDED) and now.charge_id == self.paid.charge_id

    def _charge(self) -> bool:
        return self.processor.look_up_charge(self.paid.charge_id).reference == f"{self.run}:1"

    def _renewal(self) -> bool:
        return self._pay(2, Source(method=self.paid.method), present=False).outcome == Outcome.SUCCEEDED

    def _declined(self) -> bool:
        fact = self._pay(3, Source(token=self._token(SHORT_OF_MONEY)))
        return (fact.outcome, fact.decline_code) == (Outcome.DECLINED_SOFT, "insufficient_funds")

    def _asked(self) -> bool:
        fact = self._pay(4, Source(token=self._token(ASKS)))
        return fact.outcome == Outcome.ACTION_REQUIRED and fact.action_url.startswith("http")

    def _cancelled(self) -> bool:
        remote_id = self._prepare(5).remote_id
        cancelled = self.processor.cancel(remote_id, f"live:{self.run}:5:cancel").outcome
        late = Source(token=self._token(GERMAN))
        after = self.processor.execute(remote_id, late, f"live:{self.run}:5:1", BACK, True).outcome
        return (cancelled, after) == (Outcome.CANCELLED, Outcome.REJECTED)

    def _refund(self) -> bool:
        for _twice in range(2):
            self.processor.refund(self.paid.charge_id, Money(100, "EUR"), f"live:{self.run}:refund")
        found = self.processor.find_refunds(self.paid.charge_id)
        return [(one.reference, one.amount) for one in found] == [
            (f"live:{self.run}:refund", Money(100, "EUR"))
        ]

    def _amounts(self) -> bool:
        edges = [Money(700, "ISK"), Money(18_000, "UGX"), Money(180_000, "HUF"), Money(15_000, "TWD")]
        edges += [Money(500, "JPY"), Money(1500, "KWD")]
        return all(self._prepare(10 + n, amount).amount == amount for n, amount in enumerate(edges))

    def _line(self) -> bool:
        newest = data_of(
            whole(lambda: self.processor.calls.balance_transactions.list({"limit": LONGEST_PAGE}))
        )
        return self.paid.charge_id in {one["source"] for one in newest}

    def _saved(self) -> bool:
        asked = self.processor.save_method(self._token(ASKS), f"live:{self.run}:save", BACK)
        gone = self.processor.cancel_saving(asked.remote_id, f"live:{self.run}:save:cancel")
        wanted = (Outcome.ACTION_REQUIRED, Outcome.CANCELLED)
        return (asked.outcome, gone.outcome) == wanted and asked.action_url.startswith("http")

    def _forget(self) -> bool:
        method = self.paid.method
        return method is not None and {self.processor.detach(method) for _twice in range(2)} == {
            Outcome.SUCCEEDED
        }
