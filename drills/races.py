"""Races on PostgreSQL: many threads claim the same rows, and ask for parts of the same payment back, at once."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from . import databases, processes
from .bugs import Bug
from .crash import lab
from .report import Report
from .stories import STORIES

THREADS = 8
ROWS = 300
REFUNDS_EACH = 3
PART_OF_THE_PAYMENT = 150


def run(part: float = 1.0) -> Report:
    """Both races once; they take seconds."""
    counts, found = race(None)
    return Report("races", counts, found)


def race(bug: Bug | None, turns: int = 1) -> tuple[dict[str, int | float], list[str]]:
    """Both races, with or without a deliberate bug: counts, and what is not as it must be.

    Who wins a race is chance, so they are run up to `turns` times, until there is a difference.
    """
    with databases.server("postgresql") as url, lab("postgresql", url) as made:
        for _turn in range(turns):
            made.stage(STORIES[0])
            told = processes.run(lambda: made.in_child("now", lambda _scene: _both(bug)), made.answer)
            if told["differences"]:
                break
    return told["counts"], told["differences"]


def _both(bug: Bug | None) -> dict[str, Any]:
    if bug:
        bug()
    wins = _claims()
    asked, gross = _refunds()
    found = []
    if set(wins.values()) != {1} or len(wins) != ROWS:
        found.append(f"{sum(wins.values())} claims were won for {ROWS} rows.")
    if asked > gross:
        found.append(f"{asked} of a payment of {gross} was promised back.")
    counts = {"threads": THREADS, "rows claimed": len(wins), "claims won": sum(wins.values())}
    return {"counts": {**counts, "asked back of 500": asked}, "differences": found}


def _claims() -> "Counter[Any]":
    """How often each of many due installments was claimed, when all threads go through them together."""
    from mainstay.contributions.models import Installment
    from mainstay.core.clock import clock
    from mainstay.jobs import claims

    first = Installment.objects.get()
    now = clock.now()
    for number in range(2, ROWS + 2):
        Installment.objects.create(
            contribution=first.contribution,
            number=number,
            due_date=first.due_date + timedelta(days=number),
            amount_minor=500,
            currency="USD",
            state="due",
            next_action_at=now,
        )
    due = list(Installment.objects.filter(state="due").order_by("number").values_list("pk", flat=True))
    won: list[Any] = []

    def take_all() -> None:
        for pk in due:
            if claims.claim(Installment, pk, now):
                won.append(pk)

    _at_once(take_all)
    return Counter(won)


def _refunds() -> tuple[int, int]:
    """How much of one payment was promised back in all, and how much it was."""
    from mainstay.collection.models import Payment, Refund
    from mainstay.collection.refunds import request_refund
    from mainstay.core.clock import clock
    from mainstay.core.errors import MainstayError
    from mainstay.core.money import Money

    payment = Payment.objects.get()
    part = Money(PART_OF_THE_PAYMENT, payment.currency)

    def ask() -> None:
        for _turn in range(REFUNDS_EACH):
            token = secrets.token_hex(8)
            try:
                request_refund(payment, part, request_token=token, reason="", actor="drill", now=clock.now())
            except MainstayError:
                return

    _at_once(ask)
    return sum(Refund.objects.values_list("amount_minor", flat=True)), payment.gross_minor


def _at_once(work: Callable[[], None]) -> None:
    """Many threads begin the same work at the same moment."""
    from django.db import connection

    start = threading.Barrier(THREADS)

    def one() -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
