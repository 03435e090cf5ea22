"""Renewals on a moved clock, against the practice payment company."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from mainstay.contributions import actions
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.letters.models import Letter

from .cards import confirm_url, confirmed, replace_card
from .checkout import Step
from .conftest import World
from .models import Detachment, Payment, Refund
from .refunds import RefundTooLarge, request_refund

APPROVED, SOFT_LATER, EXPIRED_LATER, ALWAYS_ASKS = (
    "4242424242424242",
    "4000000000000341",
    "4000000000000770",
    "4000002760003184",
)


def _dues() -> list[str]:
    return [str(day) for day in Installment.objects.order_by("number").values_list("due_date", flat=True)]


def test_a_monthly_promise_of_the_31st_keeps_its_day(world: World) -> None:
    world.pay(APPROVED, mail="reader@example.org")
    world.days(100, every=4)
    assert _dues() == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert Payment.objects.count() == 4
    assert Letter.objects.filter(kind="receipt").count() == 4
    assert Contribution.objects.get().state == "active"


def test_after_an_outage_one_installment_is_collected_and_the_others_are_skipped(world: World) -> None:
    from datetime import timedelta

    world.pay(APPROVED)
    world.clock.moment += timedelta(days=100)
    world.work()
    assert [row.state for row in Installment.objects.order_by("number")] == [
        "paid",
        "skipped",
        "skipped",
        "paid",
    ]
    assert str(Contribution.objects.get().next_due_date) == "2026-05-31"


def test_soft_declines_are_tried_on_their_days_then_the_promise_lapses(world: World) -> None:
    world.pay(SOFT_LATER, mail="reader@example.org")
    world.quiet_days(28)
    assert Contribution.objects.get().state == "failing"
    world.days(15)
    declined = Attempt.objects.filter(installment__number=2)
    assert [str(day) for day in declined.order_by("number").values_list("opened_on", flat=True)] == [
        "2026-02-28",
        "2026-03-02",
        "2026-03-05",
        "2026-03-09",
        "2026-03-14",
    ]
    assert Letter.objects.filter(kind="payment_failed").count() == 2
    world.days(8)
    assert Contribution.objects.get().state == "lapsed"
    assert Installment.objects.get(number=2).state == "uncollectible"


def test_an_expired_card_is_not_tried_again_and_another_card_heals_it(world: World) -> None:
    world.pay(EXPIRED_LATER)
    world.days(35, every=4)
    assert Attempt.objects.filter(installment__number=2).count() == 1
    row = Contribution.objects.get()
    assert row.state == "failing"
    assert replace_card(row, world.token(APPROVED), world.clock.now()).step == Step.PAID
    assert Detachment.objects.count() == 1
    world.work()
    row.refresh_from_db()
    assert (row.state, Payment.objects.count(), Detachment.objects.count()) == ("active", 2, 0)


def test_a_replaced_card_from_a_refused_country_is_refused(world: World) -> None:
    world.pay(APPROVED)
    before = bytes(Contribution.objects.get().method_sealed or b"")
    assert (
        replace_card(Contribution.objects.get(), world.token("4000006430000009"), world.clock.now()).step
        == Step.REFUSED
    )
    assert bytes(Contribution.objects.get().method_sealed or b"") == before


def test_authentication_needed_sends_one_letter_with_a_way_to_the_bank(world: World) -> None:
    _key, progress = world.pay(ALWAYS_ASKS, mail="reader@example.org")
    world.answer_at_bank(progress.action_url, "approve")
    world.clock.moment = world.clock.moment.replace(minute=45)
    world.work()
    world.quiet_days(30)
    row = Contribution.objects.get()
    assert row.state == "failing"
    assert Letter.objects.filter(kind="authentication_needed").count() == 1
    url = confirm_url(row, world.clock.now())
    assert "/bank/" in url
    world.answer_at_bank(url, "approve")
    confirmed(row, world.clock.now())
    row.refresh_from_db()
    assert (row.state, Payment.objects.count()) == ("active", 2)


def test_an_annual_promise_is_announced_twice_and_then_collected(world: World) -> None:
    world.pay(APPROVED, frequency="annual", mail="reader@example.org")
    world.quiet_days(330)
    world.days(34, every=2)
    assert Payment.objects.count() == 1
    assert Letter.objects.filter(kind="renewal_notice").count() == 2
    Letter.objects.update(state="sent")
    world.days(1)
    assert (Payment.objects.count(), str(world.newsroom.today(world.clock.now()))) == (2, "2027-01-31")


def test_an_annual_promise_waits_while_its_notice_has_not_gone_out(world: World) -> None:
    world.pay(APPROVED, frequency="annual", mail="reader@example.org")
    world.quiet_days(330)
    world.days(50, every=4)
    assert Payment.objects.count() == 1
    Letter.objects.update(state="sent")
    world.days(7)
    assert Payment.objects.count() == 2


def test_an_annual_promise_without_an_address_ends(world: World) -> None:
    world.pay(APPROVED, frequency="annual")
    world.quiet_days(330)
    world.days(36, every=4)
    row = Contribution.objects.get()
    assert (row.state, row.ended_why, Payment.objects.count()) == ("cancelled", "no_address", 1)


def test_a_stopped_promise_is_not_collected_and_its_card_is_forgotten(world: World) -> None:
    world.pay(APPROVED)
    today = world.newsroom.today(world.clock.now())
    actions.stop(Contribution.objects.get(), why="reader", actor="reader", day=today)
    world.days(40, every=4)
    assert Payment.objects.count() == 1
    assert Contribution.objects.get().method_sealed is None
    assert any(call["method"] == "DELETE" for call in world.calls())


def test_a_pause_skips_and_goes_on_by_itself(world: World) -> None:
    world.pay(APPROVED)
    today = world.newsroom.today(world.clock.now())
    actions.pause(Contribution.objects.get(), 2, actor="reader", day=today)
    world.days(80, every=4)
    assert Payment.objects.count() == 1
    world.days(15)
    assert [str(row.day) for row in Payment.objects.order_by("day")] == ["2026-01-31", "2026-04-30"]


def test_resuming_a_pause_early_keeps_the_day(world: World) -> None:
    world.pay(APPROVED)
    row = actions.pause(Contribution.objects.get(), 6, actor="reader", day=date(2026, 1, 31))
    row = actions.resume(row, actor="reader", day=date(2026, 3, 10))
    assert str(row.next_due_date) == "2026-03-31"
    world.quiet_days(58)
    world.days(2)
    world.quiet_days(28)
    world.days(4)
    world.quiet_days(8)
    assert [str(payment.day) for payment in Payment.objects.order_by("day")][1:] == [
        "2026-03-31",
        "2026-04-30",
    ]


def test_another_day_amount_and_frequency(world: World) -> None:
    world.pay(APPROVED)
    today = world.newsroom.today(world.clock.now())
    row = actions.change_day(Contribution.objects.get(), 15, actor="reader", day=today)
    assert str(row.next_due_date) == "2026-02-15"
    row = actions.change_amount(row, Money(900, "USD"), actor="reader", day=today)
    world.quiet_days(14)
    world.days(2)
    world.quiet_days(26)
    world.days(8)
    assert [(str(payment.day), payment.gross_minor) for payment in Payment.objects.order_by("day")] == [
        ("2026-01-31", 500),
        ("2026-02-15", 900),
        ("2026-03-15", 900),
    ]
    row = actions.change_frequency(row, "annual", actor="reader", day=today)
    assert str(row.next_due_date) == "2026-04-15"


def test_day_31_in_february_comes_back_in_march(world: World) -> None:
    world.pay(APPROVED)
    world.days(2)
    row = actions.change_day(Contribution.objects.get(), 31, actor="reader", day=date(2026, 2, 2))
    assert str(row.next_due_date) == "2026-02-28"
    world.quiet_days(25)
    world.days(2)
    world.quiet_days(29)
    world.days(9)
    assert [str(payment.day) for payment in Payment.objects.order_by("day")] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
    ]


def test_renewals_stopped_at_the_till_wait(world: World) -> None:
    world.pay(APPROVED)
    world.newsroom.renewals_stopped_reason = "Processor trouble"
    world.newsroom.save()
    world.quiet_days(30)
    assert Payment.objects.count() == 1
    world.newsroom.renewals_stopped_reason = ""
    world.newsroom.save()
    world.work()
    assert Payment.objects.count() == 2


def test_refunds_whole_part_twice_and_too_much(world: World) -> None:
    world.pay(APPROVED)
    payment, now = Payment.objects.get(), world.clock.now()

    def ask(minor: int, token: str) -> Refund:
        return request_refund(
            payment, Money(minor, "USD"), request_token=token, reason="", actor="finance", now=now
        )

    assert ask(200, "a").pk == ask(200, "a").pk
    ask(200, "b")
    with pytest.raises(RefundTooLarge):
        ask(200, "c")
    world.work()
    payment.refresh_from_db()
    assert (payment.refunded_minor, payment.left) == (400, Money(100, "USD"))
    assert Refund.objects.filter(state="succeeded").count() == 2
    assert Transfer.objects.filter(reference__startswith="refund:").count() == 2


def test_old_payments_lose_their_link(world: World) -> None:
    world.pay(APPROVED)
    actions.stop(Contribution.objects.get(), why="reader", actor="reader", day=date(2026, 2, 1))
    from datetime import timedelta

    world.clock.moment += timedelta(days=400)
    world.work()
    payment = Payment.objects.get()
    assert (payment.contribution, payment.installment, Contribution.objects.get().checkout_hash) == (
        None,
        None,
        None,
    )


def test_the_ledger_is_append_only(world: World) -> None:
    world.pay(APPROVED)
    statements = ["UPDATE ledger_transfer SET amount_minor = 1", "DELETE FROM ledger_transfer"]
    if connection.vendor == "postgresql":
        statements += ["SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE ledger_transfer CASCADE"]
    for statement in statements:
        with (
            pytest.raises(Exception, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Transfer.objects.count() == 2


def test_the_database_refuses_a_second_open_attempt(world: World) -> None:
    world.pay("4000000000008880")
    attempt = Attempt.objects.get()
    attempt.pk, attempt.number, attempt.key = None, 2, "v1:other"
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save(force_insert=True)


def test_what_was_given_up_forgets_its_remote_object_and_a_late_success_still_counts(world: World) -> None:
    world.pay(SOFT_LATER)
    world.quiet_days(28)
    world.days(23)
    given_up = Installment.objects.get(number=2)
    named = given_up.remote_id
    assert (given_up.state, bool(named)) == ("uncollectible", True)
    world.quiet_days(10)
    assert Installment.objects.get(number=2).remote_id == named
    world.quiet_days(5)
    assert Installment.objects.get(number=2).remote_id == ""
    world.company.confirm(named, token=world.token(APPROVED))
    world.later(minutes=11)
    world.later(minutes=11)
    assert (Installment.objects.get(number=2).state, Payment.objects.count()) == ("paid", 2)
