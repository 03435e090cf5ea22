"""The books against the company's own: what is missing is fetched, what doesn't fit is shown, nothing is charged."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Attempt, Contribution, ContributionEvent, Installment
from mainstay.contributions.port import DisputeStage
from mainstay.core.ids import new_id, remote_hash
from mainstay.core.money import Money
from mainstay.jobs.work import DueWork
from mainstay.ledger.models import Transfer
from mainstay.ledger.post import balance, bank_code, fees_code, post, processor_code, transit_code
from mainstay.processors.registry import forget_adapters

from . import reconcile as comparing
from .conftest import World
from .models import AccountCheck, Difference, Payment, Payout
from .reconcile import ask_for_check, due_checks, hold_after_outage, reconcile
from .renewals import due_contributions, materialise
from .run import due_installments
from .sealed import seal_remote
from .verify.promises import numbers_and_dates
from .work import due_work

pytestmark = pytest.mark.django_db
Kind = Difference.Kind
APPROVED = "4242424242424242"


def check(world: World) -> AccountCheck:
    """Compares the account now."""
    ask_for_check(world.account, world.clock.now())
    reconcile(world.account.pk, world.ring, world.clock.now())
    return AccountCheck.objects.get()


def differences() -> dict[str, dict[str, object]]:
    return {row.kind: row.detail for row in Difference.objects.filter(state="open")}


def lose_payment(*, attempts: bool = True) -> None:
    """What a restored backup looks like: neither payment nor transfers, and the installment not yet collected."""
    Payment.objects.all().delete()
    Transfer.objects.all().delete()
    Installment.objects.update(state="due")
    if attempts:
        Attempt.objects.all().delete()


def test_all_in_order_is_said_with_its_day(world: World) -> None:
    world.pay(APPROVED)
    row = check(world)
    assert (row.problem, row.checked_on, row.lines_read) == ("", world.clock.now().date(), 1)
    assert row.sums == {"USD": Payment.objects.get().gross_minor - Payment.objects.get().fee_minor}
    assert Payment.objects.get().matched_on == row.checked_on
    assert differences() == {}


def test_every_day_at_six_and_when_asked(world: World) -> None:
    six = world.clock.now().replace(hour=6)
    assert due_checks(six - timedelta(minutes=1), 10) == []
    assert due_checks(six, 10) == [world.account.pk]
    reconcile(world.account.pk, world.ring, six)
    assert due_checks(six + timedelta(hours=17), 10) == []
    ask_for_check(world.account, six)
    assert due_checks(six, 10) == [world.account.pk]
    reconcile(world.account.pk, world.ring, six)
    assert due_checks(six + timedelta(days=1), 10) == [world.account.pk]


def test_a_payment_that_we_lost_comes_back(world: World, unguarded_books: None) -> None:
    world.pay(APPROVED)
    before = Payment.objects.get()
    lose_payment()
    row = check(world)
    payment = Payment.objects.get()
    assert (row.payments_booked, row.promises_rebuilt) == (1, 0)
    assert (payment.gross, payment.fee_minor, payment.installment) == (
        before.gross,
        before.fee_minor,
        Installment.objects.get(),
    )
    assert Installment.objects.get().state == "paid"
    assert differences() == {}


def test_a_lost_promise_is_rebuilt_paused_and_its_code_opens_it(world: World, unguarded_books: None) -> None:
    world.company.clock.now = world.clock.now().timestamp()
    world.pay(APPROVED)
    before = Contribution.objects.get()
    lose_payment()
    ContributionEvent.objects.all().delete()
    Installment.objects.all().delete()
    Contribution.objects.all().delete()
    row = check(world)
    promise = Contribution.objects.get()
    assert (row.payments_booked, row.promises_rebuilt) == (1, 1)
    assert (promise.pk, promise.state, promise.resume_on) == (before.pk, "paused", None)
    assert (promise.code_hash, promise.amount, promise.frequency) == (
        before.code_hash,
        before.amount,
        before.frequency,
    )
    assert promise.method_sealed
    assert promise.next_due_date == before.next_due_date
    assert differences() == {Kind.MISSING_PROMISE: {"contribution": str(before.pk)}}


def test_a_promise_that_is_rebuilt_from_a_later_payment_counts_on_from_it(world: World) -> None:
    world.company.clock.now = world.clock.now().timestamp()
    promise = str(new_id())
    words = {"contribution": promise, "number": "5", "frequency": "monthly"}
    world.company.paid(reference=f"{promise}:5", metadata=words)
    check(world)
    row = Contribution.objects.get()
    assert (row.anchor_number, row.next_number, str(row.next_due_date)) == (5, 6, "2026-02-28")
    assert list(numbers_and_dates()) == []


def test_a_renewal_that_the_backup_had_not_made_yet(world: World, unguarded_books: None) -> None:
    world.pay(APPROVED)
    promise = Contribution.objects.get()
    world.quiet_days(28)
    assert Payment.objects.count() == 2
    lost = Payment.objects.get(installment__number=2)
    Transfer.objects.filter(reference__endswith=lost.remote_hash).delete()
    lost.delete()
    Attempt.objects.filter(installment__number=2).delete()
    Installment.objects.filter(number=2).delete()
    Contribution.objects.filter(pk=promise.pk).update(next_number=2, next_due_date=promise.next_due_date)
    AccountCheck.objects.update(cursor="", sums={})
    assert check(world).payments_booked == 1
    world.days(1)
    promise.refresh_from_db()
    assert (promise.state, promise.next_number) == ("active", 3)
    assert Payment.objects.count() == 2
    assert len([call for call in world.calls() if call["path"].endswith("/confirm")]) == 2


def test_money_that_no_promise_asked_for_waits_apart_from_gifts(world: World) -> None:
    charge = world.company.paid()["charge"]
    check(world)
    assert differences()[Kind.UNKNOWN_PAYMENT] == {"minor": 500, "currency": "USD"}
    assert -balance(world.newsroom, "USD", "unapplied").minor == 500
    assert Transfer.objects.filter(reference=f"unapplied:{remote_hash(charge['id'])}").exists()
    assert Kind.BALANCE not in differences()


@pytest.mark.parametrize(
    ("number", "frequency"), [("1", "weekly"), ("0", "monthly"), ("99999999999999999999", "monthly")]
)
def test_a_promise_that_cannot_be_is_not_rebuilt_and_stops_nothing(
    world: World, number: str, frequency: str
) -> None:
    """Another program that uses the company's account may write into it what it likes."""
    promise = str(new_id())
    words = {"contribution": promise, "number": number, "frequency": frequency}
    world.company.paid(reference=f"{promise}:{number}", metadata=words)
    row = check(world)
    assert (row.problem, Contribution.objects.count()) == ("", 0)
    assert list(differences()) == [Kind.UNKNOWN_PAYMENT]


def test_a_payment_that_the_company_does_not_have_is_shown(world: World) -> None:
    world.pay(APPROVED)
    check(world)
    payment = Payment.objects.get()
    payment.pk, payment.installment, payment.contribution = None, None, None
    payment.remote_hash, payment.matched_on = "0" * 64, None
    payment.remote_sealed = seal_remote(world.newsroom, "pi_invented", "ch_invented")
    payment._state.adding = True
    payment.pk = world.newsroom.pk
    payment.save()
    world.clock.moment += timedelta(days=3)
    check(world)
    assert differences()[Kind.MISSING_THERE]["payment"] == str(payment.pk)


def test_another_balance_is_shown_and_goes_when_it_is_right_again(world: World) -> None:
    code = processor_code(world.account.pk)
    post(world.newsroom, "income:direct", code, Money(7, "USD"), "wrong", world.clock.now().date())
    check(world)
    assert differences()[Kind.BALANCE] == {"currency": "USD", "told": 0, "lines": 0, "ours": 7}
    post(world.newsroom, code, "income:direct", Money(7, "USD"), "right", world.clock.now().date())
    check(world)
    assert differences() == {}


def test_a_company_that_cannot_be_reached_is_a_problem_not_a_difference(world: World) -> None:
    world.account.settings = {**world.account.settings, "address": "http://127.0.0.1:9"}
    world.account.save()
    forget_adapters()
    row = check(world)
    assert row.problem
    assert row.checked_on is None
    assert row.next_action_at == world.clock.now() + timedelta(minutes=30)
    assert differences() == {}


def test_what_is_asked_for_while_it_runs_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    later = world.clock.now() + timedelta(minutes=1)
    whole = comparing._compare_all

    def asked_meanwhile(check: AccountCheck, ring: object, now: object) -> None:
        whole(check, ring, now)  # type: ignore[arg-type]
        ask_for_check(world.account, later)

    monkeypatch.setattr(comparing, "_compare_all", asked_meanwhile)
    check(world)
    assert due_checks(later, 10) == [world.account.pk]


def test_after_an_outage_nothing_is_collected_before_the_comparison(world: World) -> None:
    world.pay(APPROVED)
    now = world.clock.now()
    assert not hold_after_outage(now - timedelta(minutes=59), now)
    assert not hold_after_outage(None, now)
    world.clock.moment += timedelta(days=29)
    now = world.clock.now()
    assert hold_after_outage(now - timedelta(minutes=61), now)
    _materialise(world)
    assert due_installments(now, 10) == []
    reconcile(world.account.pk, world.ring, now)
    assert len(due_installments(now, 10)) == 1


def _materialise(world: World) -> None:
    for contribution in due_contributions(world.clock.now(), 10):
        materialise(contribution, world.clock.now())


def test_refunds_and_disputes_180_days_later_find_their_payment(world: World) -> None:
    world.pay(APPROVED, frequency="once")
    payment = Payment.objects.get()
    check(world)
    world.clock.moment += timedelta(days=180)
    charge = world.company.get("/v1/balance_lines").json()["data"][0]["source"]
    refund = world.company.post("/v1/refunds", {"charge": charge, "amount_minor": 200})
    assert refund.is_success
    dispute = world.company.post("/v1/test/disputes", {"charge": charge, "amount_minor": 300})
    assert dispute.is_success
    check(world)
    payment.refresh_from_db()
    assert payment.refunded_minor == 200
    assert payment.disputes.get().stage == DisputeStage.OPENED
    world.company.post(f"/v1/test/disputes/{dispute.json()['id']}", {"stage": "won", "fee_returned": True})
    check(world)
    assert payment.disputes.get().stage == DisputeStage.WON
    assert differences() == {}


def test_a_payout_is_followed_until_it_arrives_or_comes_back(world: World) -> None:
    world.pay(APPROVED)
    first = world.company.post("/v1/test/payouts", {"currency": "USD", "amount_minor": 100}).json()["id"]
    second = world.company.post("/v1/test/payouts", {"currency": "USD", "amount_minor": 50}).json()["id"]
    check(world)
    assert sorted(Payout.objects.values_list("stage", flat=True)) == ["sent", "sent"]
    world.company.post(f"/v1/test/payouts/{first}", {"stage": "arrived"})
    world.company.post(f"/v1/test/payouts/{second}", {"stage": "failed"})
    check(world)
    assert sorted(Payout.objects.values_list("stage", flat=True)) == ["arrived", "failed"]
    assert balance(world.newsroom, "USD", bank_code(world.account.pk)).minor == 100
    assert balance(world.newsroom, "USD", transit_code(world.account.pk)).minor == 0
    assert differences() == {}


def test_a_fee_that_is_learned_later(world: World) -> None:
    world.company.post("/v1/test/settings", {"fee_after_seconds": 3600})
    world.pay(APPROVED)
    assert Payment.objects.get().fee_minor is None
    check(world)
    world.company.clock.now += 3700
    check(world)
    assert Payment.objects.get().fee_minor == 45
    assert balance(world.newsroom, "USD", fees_code(world.account.pk)).minor == 45
    assert differences() == {}


def test_a_gift_that_is_settled_in_another_currency_and_given_back(world: World) -> None:
    world.company.post("/v1/test/settings", {"settlement_currency": "EUR", "rates": {"USD": "0.92"}})
    world.pay(APPROVED, amount=Money(1000, "USD"))
    check(world)
    charge = world.company.get("/v1/balance_lines").json()["data"][0]["source"]
    world.company.post("/v1/refunds", {"charge": charge, "amount_minor": 400})
    check(world)
    assert balance(world.newsroom, "USD", processor_code(world.account.pk)).minor == 0
    assert balance(world.newsroom, "USD", "exchange").minor == 600
    assert balance(world.newsroom, "EUR", "exchange").minor == -(920 - 368)
    assert differences() == {}


def test_the_work_is_the_worker_s_first(world: World) -> None:
    first: DueWork = due_work(world.ring)[0]
    assert first.name == "compare the books"
