"""The due work of this room, for the worker."""

from django.conf import settings

from mainstay.jobs.work import DueWork
from mainstay.sealing.keyring import KeyRing

from . import (
    card_ends,
    debit_files,
    inbox,
    reconcile,
    refunds,
    renewals,
    run,
    saving,
    statement_names,
    tidying,
)

COMPARING = "compare the books"
COLLECTED_AT_ONCE = 500
"""Found at once: at the end of each batch, threads wait for the last call."""


def due_work(ring: KeyRing) -> list[DueWork]:
    """What the worker does about money, in the order in which it does it: first what is known, then what is due."""
    return [
        DueWork(
            COMPARING,
            reconcile.due_checks,
            lambda thing, now: reconcile.reconcile(thing, ring, now),
            workers=1,
        ),
        DueWork("ask for news", inbox.due_polls, inbox.poll),
        DueWork("follow hints", inbox.due_hints, lambda thing, now: inbox.follow(thing, ring, now)),
        DueWork("end pauses", renewals.pauses_over, renewals.end_pause, workers=1),
        DueWork("announce annual renewals", renewals.notices_due, renewals.give_notice, workers=1),
        DueWork("make due installments", renewals.due_contributions, renewals.materialise, workers=1),
        DueWork(
            "collect",
            run.due_installments,
            lambda thing, now: run.collect(thing, ring, settings.PUBLIC_URL, now),
            batch=COLLECTED_AT_ONCE,
        ),
        DueWork("refund", refunds.due_refunds, lambda thing, now: refunds.carry_out_refund(thing, ring, now)),
        DueWork("give up", renewals.lapsing, renewals.lapse, workers=1),
        DueWork(
            "read cards",
            card_ends.accounts_to_read,
            lambda thing, now: card_ends.read_cards(thing, ring, now),
            workers=1,
        ),
        DueWork("ask what statements read", statement_names.accounts_to_ask, statement_names.ask, workers=1),
        DueWork("abandon the unfinished", tidying.unfinished, tidying.abandon, workers=1),
        DueWork("let cards go", tidying.ended_with_card, tidying.let_card_go, workers=1),
        DueWork(
            "forget cards",
            tidying.due_detachments,
            lambda thing, now: tidying.detach(thing, ring, now),
        ),
        DueWork("ask about cards left at their bank", saving.due_savings, saving.resolve),
        DueWork("take debits back", debit_files.stopped_debits, debit_files.take_back, workers=1),
        DueWork("forget mandates", debit_files.outlived, debit_files.forget, workers=1),
        DueWork("cut old links", tidying.newsrooms_to_tidy, tidying.tidy, workers=1),
    ]
