"""For `make live-check`: a reader's journeys against PayPal's sandbox, with an app of your own there.

What needs a buyer who signs in and agrees is left to a person. The first run makes an order and says where to click;
the second, with that order in the environment, goes on from there.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from mainstay.contributions.port import AccountConfig, Order, Outcome, RemoteFact, ReturnUrls, Source
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money

from .adapter import ONE_CALL, ORDER_FIRST, PRACTICE, PayPal, make

KEY = "MAINSTAY_PAYPAL_TEST_KEY"
ADDRESS = "MAINSTAY_PAYPAL_TEST_ADDRESS"
ORDER = "MAINSTAY_PAYPAL_TEST_ORDER"
URLS = ReturnUrls("https://example.org/back", "https://example.org/not")
FIVE_EUROS = Money(500, "EUR")

Journey = tuple[str, Callable[[], bool] | None]


def journeys(environment: Mapping[str, str]) -> Iterator[Journey] | None:
    """What is tried, in order: a sentence, and whether it holds, or `None` where a person has to click; `None` without
    a key. Raises `WrongSettings`.

    No key of live mode is known in the sandbox, which is the only place that is asked.
    """
    client_id, _, secret = environment.get(KEY, "").partition(":")
    if not client_id:
        return None
    if not secret:
        raise WrongSettings(
            f"{KEY} must be a sandbox app's client id and its secret, with a colon between them."
        )
    address = environment.get(ADDRESS) or PRACTICE

    def adapter(renewals: str) -> PayPal:
        settings = {"address": address, "deadline_seconds": 60, "renewals": renewals}
        made = make(AccountConfig(settings, {"client_id": client_id, "client_secret": secret}))
        assert isinstance(made, PayPal)
        return made

    reader = _Reader(adapter(ORDER_FIRST), adapter(ONE_CALL), environment.get(ORDER, ""))
    return reader.after_the_click() if reader.order else reader.before_the_click()


@dataclass
class _Reader:
    """One reader, whose names no other run has. `order` is what they approved."""

    processor: PayPal
    at_once: PayPal
    order: str = ""
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    paid: RemoteFact = field(default_factory=lambda: RemoteFact(Outcome.NOT_FOUND))

    def before_the_click(self) -> Iterator[Journey]:
        yield "An order is made without money, and has a page to approve it on.", self._made
        yield "The same key gives the same order, and none of another amount.", self._same_key
        yield "Nobody approved it: no country is told, and nothing is captured.", self._unapproved
        yield "An order that was closed stays closed.", self._closed
        yield (
            "Amounts in JPY, HUF and TWD come back as they went; half a forint is refused here.",
            self._amounts,
        )
        yield "The books, the balance and the disputes can be read.", self._books
        made = self._to_approve(9)
        yield f"Left to you: open {made.action_url} and agree as a sandbox buyer.", None
        yield (
            f"The page that follows may not be there. Then run this again with {ORDER}={made.remote_id}",
            None,
        )

    def after_the_click(self) -> Iterator[Journey]:
        yield "The buyer's country is read before anything is captured.", self._country
        yield "The approved order is captured, once, and the wallet is saved.", self._first
        yield "The same order can't be captured again.", self._again
        yield "A charge leads back to our reference.", self._charge
        yield (
            "A renewal is captured on an order that was made before (renewals = order_first).",
            self._prepared,
        )
        yield "A renewal is made and captured in one call (renewals = one_call).", self._in_one_call
        yield "A part is given back, once, and found by our key.", self._refund
        yield "A saved wallet can be forgotten twice.", self._forget

    def _order(self, number: int, amount: Money = FIVE_EUROS) -> Order:
        words = {"contribution": self.run, "number": str(number)}
        return Order(amount, f"{self.run}:{number}", words, save_method=True)

    def _to_approve(self, number: int, amount: Money = FIVE_EUROS) -> RemoteFact:
        return self.processor.start_checkout(self._order(number, amount), f"live:{self.run}:{number}", URLS)

    def _made(self) -> bool:
        fact = self._to_approve(1)
        return fact.outcome == Outcome.EXECUTABLE and fact.action_url.startswith("http")

    def _same_key(self) -> bool:
        other = self._to_approve(1, Money(900, "EUR"))
        return bool(self._to_approve(1).remote_id) and other.outcome == Outcome.REJECTED

    def _unapproved(self) -> bool:
        order_id = self._to_approve(2).remote_id
        fact = self.processor.execute(order_id, Source(token=order_id), f"live:{self.run}:2:1", "", True)
        return (
            self.processor.read_approval(order_id) is None
            and fact.outcome == Outcome.REJECTED
            and self.processor.look_up(order_id).outcome == Outcome.EXECUTABLE
        )

    def _closed(self) -> bool:
        order_id = self._to_approve(3).remote_id
        closed = self.processor.cancel(order_id, f"live:{self.run}:3:cancel").outcome
        late = self.processor.execute(order_id, Source(token=order_id), f"live:{self.run}:3:1", "", True)
        return closed == Outcome.CANCELLED and late.outcome == Outcome.REJECTED

    def _amounts(self) -> bool:
        whole = [Money(500, "JPY"), Money(180_000, "HUF"), Money(15_000, "TWD")]
        same = [self._to_approve(4 + n, amount).amount == amount for n, amount in enumerate(whole)]
        return all(same) and self._to_approve(8, Money(150_050, "HUF")).outcome == Outcome.REJECTED

    def _books(self) -> bool:
        _news, cursor = self.processor.poll("")
        return bool(cursor) and all(len(code) == 3 for code in self.processor.balance())

    def _country(self) -> bool:
        view = self.processor.read_approval(self.order)
        return view is not None and len(view.country or "") == 2

    def _first(self) -> bool:
        source = Source(token=self.order)
        self.paid = self.processor.execute(self.order, source, f"live:{self.order}:1", "", True)
        return self.paid.outcome == Outcome.SUCCEEDED and self.paid.method is not None

    def _again(self) -> bool:
        again = self.processor.execute(self.order, Source(token=self.order), f"live:{self.order}:2", "", True)
        now = self.processor.look_up(self.order)
        return again.outcome in (Outcome.UNKNOWN, Outcome.SUCCEEDED) and now.charge_id == self.paid.charge_id

    def _charge(self) -> bool:
        found = self.processor.look_up_charge(self.paid.charge_id)
        return bool(found.reference) and found.reference == self.paid.reference

    def _prepared(self) -> bool:
        return self._renewed(self.processor, 2)

    def _in_one_call(self) -> bool:
        return self._renewed(self.at_once, 3)

    def _renewed(self, processor: PayPal, number: int) -> bool:
        if self.paid.method is None:
            return False
        order_id = processor.prepare(self._order(number), f"live:{self.run}:{number}").remote_id
        source, key = Source(method=self.paid.method), f"live:{self.run}:{number}:1"
        return processor.execute(order_id, source, key, "", False).outcome == Outcome.SUCCEEDED

    def _refund(self) -> bool:
        part, key = Money(100, "EUR"), f"live:{self.run}:refund"
        for _twice in range(2):
            self.processor.refund(self.paid.charge_id, part, key)
        found = self.processor.find_refunds(self.paid.charge_id)
        return [(one.reference, one.amount) for one in found] == [(key, part)]

    def _forget(self) -> bool:
        method = self.paid.method
        return method is not None and {self.processor.detach(method) for _twice in range(2)} == {
            Outcome.SUCCEEDED
        }
