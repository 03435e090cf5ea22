"""All due work of all rooms, in the order in which a pass of the worker does it."""

from mainstay.alarms.work import due_work as alarms_work
from mainstay.collection.work import due_work as collection_work
from mainstay.guard.work import due_work as guard_work
from mainstay.jobs.database_log import due_work as database_log_work
from mainstay.jobs.work import DueWork
from mainstay.letters.work import due_work as letters_work
from mainstay.moving.work import due_work as moving_work
from mainstay.sealing.keyring import KeyRing
from mainstay.supporters.work import due_work as supporters_work


def all_work(ring: KeyRing) -> list[DueWork]:
    """Money first, then reminders and sign-in links, then the letters that both queued; alarms, and the log last."""
    return [
        *collection_work(ring),
        *supporters_work(ring),
        *letters_work(ring),
        *moving_work(),
        *guard_work(),
        *alarms_work(),
        *database_log_work(),
    ]
