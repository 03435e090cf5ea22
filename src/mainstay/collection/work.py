"""The due work of this room, for the worker."""

from django.conf import settings

from mainstay.jobs.claims import due_ids
from mainstay.jobs.work import DueWork
from mainstay.sealing.keyring import KeyRing

from . import renewals, run, tidying
from .models import Refund
from .refunds import carry_out_refund


def due_work(ring: KeyRing) -> list[DueWork]:
    """What the worker does about money, in the order in which it does it."""
    return [
        DueWork("end pauses", renewals.pauses_over, renewals.end_pause, workers=1),
        DueWork("announce annual renewals", renewals.notices_due, renewals.give_notice, workers=1),
        DueWork("make due installments", renewals.due_contributions, renewals.materialise, workers=1),
        DueWork(
            "collect",
            run.due_installments,
            lambda thing, now: run.collect(thing, ring, settings.PUBLIC_URL, now),
        ),
        DueWork(
            "refund",
            lambda now, limit: due_ids(Refund.objects.all(), now, limit),
            lambda thing, now: carry_out_refund(thing, ring, now),
        ),
        DueWork("give up", renewals.lapsing, renewals.lapse, workers=1),
        DueWork("let cards go", tidying.ended_with_card, tidying.let_card_go, workers=1),
        DueWork(
            "forget cards",
            tidying.due_detachments,
            lambda thing, now: tidying.detach(thing, ring, now),
        ),
        DueWork("cut old links", tidying.newsrooms_to_tidy, tidying.tidy, workers=1),
    ]
