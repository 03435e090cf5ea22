"""Deliberate bugs, each of a kind that real programs have had. They are put into a drilled process, never into code."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from importlib import import_module
from secrets import randbelow
from types import SimpleNamespace
from typing import Any

Bug = Callable[[], None]
OUTCOME, STEPS = "mainstay.collection.outcome", "mainstay.collection.steps"
FOREVER_SECONDS = 10 * 365 * 24 * 3600


def put(where: str, name: str, what: Any) -> Any:
    """Puts `what` in place of a module's name, and returns what was there.

    Raises `AttributeError` when the name is not there any more: a bug that is not put in proves nothing.
    """
    module = import_module(where)
    before = getattr(module, name)
    setattr(module, name, what)
    return before


def timeout_is_failure() -> None:
    """A call whose answer never came is written down as declined."""
    from mainstay.collection.outcome import _HANDLERS
    from mainstay.contributions.port import Outcome

    put(OUTCOME, "_HANDLERS", {**_HANDLERS, Outcome.UNKNOWN: _HANDLERS[Outcome.DECLINED_HARD]})


def unknown_is_tried_anew() -> None:
    """An outcome that is not known is taken for not executed: the next try makes a new remote object."""
    from mainstay.collection.outcome import _HANDLERS
    from mainstay.contributions.port import Outcome, RemoteFact

    def anew(contribution: Any, attempt: Any, fact: Any, now: datetime) -> None:
        _HANDLERS[Outcome.CANCELLED](contribution, attempt, RemoteFact(Outcome.CANCELLED), now)

    put(OUTCOME, "_HANDLERS", {**_HANDLERS, Outcome.UNKNOWN: anew})


def new_key_on_each_try() -> None:
    """Each try makes a remote object under a key of its own, whose id is not kept before the money moves.

    And nobody asks the company for news: that alone would find the first object's charge before a second is made.
    """

    def prepare(installment: Any, processor: Any) -> Any:
        installment.remote_id, installment.remote_generation = "", randbelow(10**9)
        made = real(installment, processor)
        installment.remote_generation = 1
        return made

    def keep_in_memory(attempt: Any, remote_id: str) -> None:
        attempt.installment.remote_id = remote_id

    def not_written_down(attempt: Any, source_now: Any) -> Any:
        return source_now(attempt.installment.contribution)

    real = put(STEPS, "_prepare", prepare)
    put(STEPS, "_store", keep_in_memory)
    put(STEPS, "_mark_sent", not_written_down)
    put("mainstay.collection.inbox", "due_polls", lambda now, limit: [])
    put(OUTCOME, "step", lambda machine, what, before, after: after)


def no_transaction_around_the_outcome() -> None:
    """Attempt, payment, transfers and letter are written one by one."""
    from mainstay.contributions.models import Attempt, Contribution, Installment

    def unlocked(known: Any) -> Any:
        return Contribution.objects.select_related("newsroom", "account").get(pk=known.pk)

    put(OUTCOME, "transaction", SimpleNamespace(atomic=nullcontext))
    put(OUTCOME, "locked_again", unlocked)
    put(OUTCOME, "locked_installment", lambda pk: Installment.objects.get(pk=pk))
    put(OUTCOME, "locked_attempt", lambda pk: Attempt.objects.get(pk=pk))
    # For the look at other tries: a method, as mypy sees it.
    setattr(Attempt.objects, "select_for_update", Attempt.objects.all)  # noqa: B010


def receipt_after_the_commit() -> None:
    """The receipt is queued once the payment is stored: a moment too late."""
    from django.db import transaction

    def receipt(*given: Any) -> None:
        transaction.on_commit(lambda: real(*given))

    real = put(OUTCOME, "_receipt", receipt)


def lease_without_end() -> None:
    """What a killed process had claimed stays claimed."""

    def claim(model: Any, pk: Any, now: datetime) -> Any:
        return real(model, pk, now, FOREVER_SECONDS)

    real = put("mainstay.collection.run", "claim", claim)


def webhook_is_believed() -> None:
    """A webhook about a payment is taken for the payment, and nothing is fetched."""
    from mainstay.collection.inbox import _FETCH
    from mainstay.collection.news import Told, apply_payment
    from mainstay.contributions.models import Installment
    from mainstay.contributions.port import ObjectKind, Outcome, RemoteFact

    def believe(account: Any, object_id: str, ring: Any, now: datetime) -> Told:
        about = Installment.objects.filter(remote_id=object_id).first()
        if about is None:
            return Told.DONE
        charge_id, amount = f"ch_of_{object_id}", about.amount
        fact = RemoteFact(Outcome.SUCCEEDED, remote_id=object_id, charge_id=charge_id, amount=amount)
        return apply_payment(account, fact, now)

    put("mainstay.collection.inbox", "_FETCH", {**_FETCH, ObjectKind.INTENT: believe})


def date_from_the_last_date() -> None:
    """The next date is counted from the last one, so that a 31st becomes a 28th for ever."""
    from mainstay.contributions.schedule import MONTHS, months_after
    from mainstay.core.frequency import Frequency

    def drifting(anchor: date, steps: int, frequency: str) -> date:
        for _step in range(steps):
            anchor = months_after(anchor, MONTHS[Frequency(frequency)])
        return anchor

    for room in (OUTCOME, "mainstay.collection.renewals"):
        put(room, "due_date", drifting)


def float_amounts() -> None:
    """Amounts go to the processor as floats in major units."""
    from mainstay.core.money import EXPONENTS, Money
    from mainstay.processors.sandbox.adapter import Sandbox

    real = Sandbox.prepare

    def prepare(self: Any, order: Any, key: str) -> Any:
        scale = 10 ** EXPONENTS[order.amount.currency]
        amount = Money(int(order.amount.minor / scale * scale), order.amount.currency)
        return real(self, type(order)(amount, order.reference, order.metadata, order.save_method), key)

    setattr(Sandbox, "prepare", prepare)  # noqa: B010 (a method, as mypy sees it)


def refund_without_a_lock() -> None:
    """What is left of a payment is read without locking its row."""
    from mainstay.collection.models import Payment

    setattr(Payment.objects, "select_for_update", lambda of: Payment.objects.all())  # noqa: B010 (as above)


def claim_by_skip_locked_alone() -> None:
    """`SKIP LOCKED` with a sub-query decides who works, and the database's own guards are gone."""
    from django.db import connection, transaction
    from django.db.models import Exists, OuterRef

    from mainstay.contributions.models import Attempt
    from mainstay.core.ids import new_code

    with connection.cursor() as cursor:
        for name in ("attempt_one_open", "attempt_one_succeeded", "attempt_one_of_a_number"):
            cursor.execute(f"ALTER TABLE contributions_attempt DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")

    def claim(model: Any, pk: Any, now: datetime) -> Any:
        with transaction.atomic():
            taken = Exists(Attempt.objects.filter(installment=OuterRef("pk")))
            row = model.objects.filter(~taken, pk=pk).select_for_update(skip_locked=True).first()
            if row is not None:
                money = {"amount_minor": row.amount_minor, "currency": row.currency}
                Attempt.objects.create(
                    installment=row, number=1, key=new_code(), opened_on=now.date(), **money
                )
        return row and "claimed"

    put("mainstay.jobs.claims", "claim", claim)
