"""Each invariant holds after a real story, and each fault that is planted is caught by the invariant that names it."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, models

from mainstay.cli.main import main
from mainstay.collection.conftest import World, world
from mainstay.collection.models import Payment, Refund
from mainstay.collection.refunds import request_refund
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.core.ids import new_id
from mainstay.core.money import Money
from mainstay.ledger.models import LedgerAccount, Transfer
from mainstay.ledger.post import post, processor_code
from mainstay.letters.models import Letter

from .run import INVARIANTS, verify

__all__ = ["world"]

pytestmark = pytest.mark.django_db
APPROVED = "4242424242424242"


@pytest.fixture
def told(world: World) -> World:
    """A monthly gift with its first renewal, a gift once that was given back in part, and the letters of both."""
    world.pay(APPROVED, mail="reader@farshore.example")
    world.pay(APPROVED, frequency="once", amount=Money(700, "USD"))
    world.clock.moment += timedelta(days=28)
    world.work()
    once = Payment.objects.get(frequency="once")
    request_refund(
        once, Money(200, "USD"), request_token="t", reason="", actor="harbour", now=world.clock.now()
    )
    world.work()
    return world


def loosen(model: type[models.Model]) -> None:
    """The table without its constraints, indexes and triggers, until the test's transaction is taken back."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_strict")
        cursor.execute(f"CREATE TABLE {table} AS SELECT * FROM {table}_strict")


def copy(row: models.Model, **changes: object) -> None:
    """The row once more, under another id."""
    row._state.adding, row.pk = True, new_id()
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def renewal() -> Installment:
    return Installment.objects.get(number=2)


def mixed_currency(world: World) -> None:
    loosen(Transfer)
    Transfer.objects.filter(reference__startswith="charge:").update(currency="EUR")


def account_gone(world: World) -> None:
    loosen(Transfer)
    loosen(LedgerAccount)
    LedgerAccount.objects.filter(code="refunds")._raw_delete("default")


def booked_twice(world: World) -> None:
    loosen(Transfer)
    transfer = Transfer.objects.first()
    assert transfer is not None
    copy(transfer)


def paid_by_nothing(world: World) -> None:
    Payment.objects.filter(installment=renewal()).update(installment=None)
    Attempt.objects.filter(installment=renewal()).update(state="declined")


def not_marked_as_paid(world: World) -> None:
    Installment.objects.filter(pk=renewal().pk).update(state="skipped")


def succeeded_twice(world: World) -> None:
    loosen(Attempt)
    copy(renewal().attempts.get(), number=2, key="other")


def two_open(world: World) -> None:
    loosen(Attempt)
    for number in (2, 3):
        attempt = Attempt.objects.filter(installment=renewal()).first()
        assert attempt is not None
        copy(attempt, number=number, key=f"other {number}", state="unknown")


def too_much_back(world: World) -> None:
    loosen(Payment)
    Payment.objects.filter(frequency="once").update(refunded_minor=900)
    Refund.objects.update(amount_minor=900)


def does_not_know_its_refund(world: World) -> None:
    Payment.objects.filter(frequency="once").update(refunded_minor=0)


def more_than_the_company_holds(world: World) -> None:
    code = processor_code(world.account.pk)
    post(world.newsroom, "income:direct", code, Money(5, "USD"), "planted", world.clock.now().date())


def never_heard_of(world: World) -> None:
    world.company.paid()


def invented(world: World) -> None:
    payment = Payment.objects.get(frequency="once")
    copy(payment, remote_hash="0" * 64, installment=None, refunded_minor=0, matched_on=None)


def gap(world: World) -> None:
    Payment.objects.filter(installment=renewal()).update(installment=None)
    Attempt.objects.filter(installment=renewal()).delete()
    renewal().delete()


def from_the_date_before(world: World) -> None:
    """The promise of the 31st that slipped to the 28th."""
    promise = Contribution.objects.get(frequency="monthly")
    assert promise.next_due_date is not None
    Contribution.objects.filter(pk=promise.pk).update(next_due_date=promise.next_due_date - timedelta(days=3))


def twice_a_month(world: World) -> None:
    due = renewal().due_date
    world.clock.moment += timedelta(days=31)
    world.work()
    Installment.objects.filter(number=3).update(due_date=due - timedelta(days=1))


def not_in_the_books(world: World) -> None:
    loosen(Transfer)
    Transfer.objects.filter(reference__startswith="charge:").first().delete()  # type: ignore[union-attr]


def booked_without_payment(world: World) -> None:
    code = processor_code(world.account.pk)
    post(world.newsroom, "income:direct", code, Money(5, "USD"), "charge:planted", world.clock.now().date())


def forgotten(world: World) -> None:
    Attempt.objects.filter(installment=renewal()).update(state="unknown")
    Installment.objects.filter(pk=renewal().pk).update(state="unknown", next_action_at=None)


def a_fraction(world: World) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's columns hold nothing but whole numbers.")
    loosen(Payment)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_payment SET gross_minor = 500.5")


def receipt_of_nothing(world: World) -> None:
    letter = Letter.objects.filter(kind="receipt").first()
    assert letter is not None
    copy(letter, dedupe_key=f"receipt:{new_id()}")


def other_amount(world: World) -> None:
    Attempt.objects.filter(installment=renewal()).update(amount_minor=499)


PLANTED: list[tuple[str, Callable[[World], None]]] = [
    ("I1", mixed_currency),
    ("I2", account_gone),
    ("I3", booked_twice),
    ("I4", paid_by_nothing),
    ("I4", not_marked_as_paid),
    ("I4", succeeded_twice),
    ("I5", two_open),
    ("I6", too_much_back),
    ("I6", does_not_know_its_refund),
    ("I7", more_than_the_company_holds),
    ("I8", never_heard_of),
    ("I8", invented),
    ("I9", gap),
    ("I9", from_the_date_before),
    ("I10", twice_a_month),
    ("I11", not_in_the_books),
    ("I11", booked_without_payment),
    ("I12", forgotten),
    ("I13", a_fraction),
    ("I14", receipt_of_nothing),
    ("I15", other_amount),
]


def broken() -> dict[str, tuple[str, ...]]:
    return {finding.invariant.name: finding.faults for finding in verify() if not finding.holds}


def test_everything_holds_after_a_real_story(told: World) -> None:
    assert broken() == {}


@pytest.mark.parametrize(
    ("name", "plant"), PLANTED, ids=[f"{name} {plant.__name__}" for name, plant in PLANTED]
)
def test_a_planted_fault_is_caught(told: World, name: str, plant: Callable[[World], None]) -> None:
    plant(told)
    found = dict(zip([one.name for one in INVARIANTS], [one.faults for one in INVARIANTS], strict=True))[name]
    assert next(found(), None), f"{name} does not see it"


def test_every_invariant_has_a_fault_that_it_catches() -> None:
    assert [one.name for one in INVARIANTS] == [f"I{number}" for number in range(1, 16)]
    assert {name for name, _plant in PLANTED} == {one.name for one in INVARIANTS}


def test_the_command_names_the_first_difference(told: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    capsys.readouterr()
    does_not_know_its_refund(told)
    assert main(["verify", "--offline", "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("I6: The payment ")
    findings = json.loads(printed.out)
    assert [one["invariant"] for one in findings if not one["holds"]] == ["I6"]
    assert "I7" not in {one["invariant"] for one in findings}
