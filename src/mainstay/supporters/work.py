"""What the worker does for supporters: reminders, month keys, sign-in links, and forgetting what is over."""

from mainstay.jobs.work import DueWork
from mainstay.sealing.keyring import KeyRing

from .months import month_work
from .reminder_run import ReminderRun
from .sign_in import link_work, tidy_work


def due_work(ring: KeyRing) -> list[DueWork]:
    """The room's kinds of due work."""
    reminders = ReminderRun(ring)
    return [
        DueWork("reminders", reminders.find, reminders.do),
        month_work(ring),
        link_work(ring),
        tidy_work(),
    ]
