"""The inbox against the practice company over HTTP: what happens there arrives in our books, to the minor unit."""

from datetime import timedelta

from mainstay.contributions.models import Contribution
from mainstay.core.money import Money
from mainstay.ledger.post import balance, processor_code

from .conftest import World
from .models import Difference, Dispute, Payment, Refund
from .refunds import request_refund
from .sealed import open_method, open_remote

APPROVED = "4242424242424242"


def _charge(world: World) -> str:
    payment = Payment.objects.latest("day")
    return open_remote(world.ring, world.newsroom, bytes(payment.remote_sealed))["charge_id"]


def _news(world: World, minutes: float = 11) -> None:
    """Time goes by, and the worker asks for news."""
    world.clock.moment += timedelta(minutes=minutes)
    world.work()
    world.work()


def _books_agree(world: World) -> bool:
    there = {
        line["currency"]: line["amount_minor"] for line in world.company.get("/v1/balance").json()["data"]
    }
    ours = balance(world.newsroom, "USD", processor_code(world.account.pk)).minor
    return ours == there.get("USD", 0) and not Difference.objects.filter(state="open").exists()


def test_a_refund_made_on_their_pages_and_a_dispute_that_is_won(world: World) -> None:
    world.pay(APPROVED)
    charge = _charge(world)
    world.company.post("/v1/refunds", {"charge": charge, "amount_minor": 200})
    dispute = world.company.post("/v1/test/disputes", {"charge": charge, "amount_minor": 300}).json()
    _news(world)
    assert (Refund.objects.get().state, Dispute.objects.get().stage) == ("succeeded", "opened")
    assert Contribution.objects.get().ended_why == "dispute"
    assert _books_agree(world)
    world.company.post(f"/v1/test/disputes/{dispute['id']}", {"stage": "won", "fee_returned": True})
    _news(world)
    assert Dispute.objects.get().stage == "won"
    assert _books_agree(world)


def test_a_refund_whose_answer_was_lost_is_made_once(world: World) -> None:
    world.pay(APPROVED)
    world.company.post("/v1/test/faults", {"call": "refund", "fault": "error_500_after"})
    request_refund(
        Payment.objects.get(),
        Money(500, "USD"),
        request_token="t",
        reason="",
        actor="finance",
        now=world.clock.now(),
    )
    world.work()
    assert Refund.objects.get().state == "unknown"
    _news(world)
    assert (Refund.objects.get().state, Payment.objects.get().refunded_minor) == ("succeeded", 500)
    assert len(world.company.get(f"/v1/refunds?charge={_charge(world)}").json()["data"]) == 1
    assert _books_agree(world)


def test_a_refund_that_fails_after_it_had_succeeded(world: World) -> None:
    world.pay(APPROVED)
    refund = world.company.post("/v1/refunds", {"charge": _charge(world), "amount_minor": 500}).json()
    _news(world)
    world.company.post(f"/v1/test/refunds/{refund['id']}", {"result": "failed"})
    _news(world)
    assert (Refund.objects.get().state, Payment.objects.get().refunded_minor) == ("failed", 0)
    assert _books_agree(world)


def test_a_card_that_its_bank_replaced(world: World) -> None:
    world.pay(APPROVED)
    _news(world)
    method = open_method(world.ring, Contribution.objects.select_related("newsroom").get())
    assert method is not None
    world.company.post(f"/v1/test/methods/{method.method}", {"change": "replaced"})
    _news(world)
    renewed = open_method(world.ring, Contribution.objects.select_related("newsroom").get())
    assert renewed is not None
    assert (renewed.method, renewed.expires) != (method.method, method.expires)
    world.quiet_days(28)
    assert Payment.objects.count() == 2
