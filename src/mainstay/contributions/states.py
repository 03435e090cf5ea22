"""All states and all transitions, in one place each. Any other transition raises.

contribution  pending -> active | completed | abandoned; active <-> paused; active -> failing -> active | lapsed;
              any living one -> cancelled
installment   scheduled -> due -> collecting -> paid | retrying | action_required | pending | unknown;
              -> skipped | uncollectible. Money always wins: a late success makes it paid
attempt       created -> prepared -> sent -> succeeded | declined | rejected | pending | action_required | unknown
              | not_executed | cancelled | expired
refund        requested -> pending | unknown | succeeded | failed; one that had succeeded may still fail
dispute       inquiry -> opened -> won | lost
"""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mainstay.core.errors import IllegalTransition

from .port import DisputeStage


class ContributionState(TextChoices):
    """Where a promise stands."""

    PENDING = "pending", _("first payment not finished")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    FAILING = "failing", _("failing")
    LAPSED = "lapsed", _("lapsed")
    COMPLETED = "completed", _("completed")
    ABANDONED = "abandoned", _("not finished")
    CANCELLED = "cancelled", _("stopped")


class InstallmentState(TextChoices):
    """Where one due payment stands."""

    SCHEDULED = "scheduled", _("scheduled")
    DUE = "due", _("due")
    COLLECTING = "collecting", _("being collected")
    PAID = "paid", _("paid")
    RETRYING = "retrying", _("will be tried again")
    ACTION_REQUIRED = "action_required", _("waits for the reader’s bank")
    PENDING = "pending", _("on its way")
    UNKNOWN = "unknown", _("not answered yet")
    SKIPPED = "skipped", _("skipped")
    UNCOLLECTIBLE = "uncollectible", _("given up")


class RefundState(TextChoices):
    """Where money on its way back stands."""

    REQUESTED = "requested", _("asked for")
    UNKNOWN = "unknown", _("not answered yet")
    PENDING = "pending", _("on its way")
    SUCCEEDED = "succeeded", _("given back")
    FAILED = "failed", _("did not work")


class AttemptState(TextChoices):
    """Where one try stands."""

    CREATED = "created", _("written down")
    PREPARED = "prepared", _("prepared")
    SENT = "sent", _("sent")
    SUCCEEDED = "succeeded", _("succeeded")
    DECLINED = "declined", _("declined")
    REJECTED = "rejected", _("rejected")
    PENDING = "pending", _("on its way")
    ACTION_REQUIRED = "action_required", _("waits for the reader’s bank")
    UNKNOWN = "unknown", _("not answered yet")
    NOT_EXECUTED = "not_executed", _("not carried out")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


_C, _I, _A, _R, _D = ContributionState, InstallmentState, AttemptState, RefundState, DisputeStage

OPEN_ATTEMPT = (_A.CREATED, _A.PREPARED, _A.SENT, _A.UNKNOWN, _A.PENDING, _A.ACTION_REQUIRED)
LIVING = (_C.PENDING, _C.ACTIVE, _C.PAUSED, _C.FAILING)
RENEWING = (_C.ACTIVE, _C.FAILING)

CONTRIBUTION: Mapping[str, tuple[str, ...]] = {
    _C.PENDING: (_C.ACTIVE, _C.COMPLETED, _C.ABANDONED, _C.CANCELLED),
    _C.ACTIVE: (_C.PAUSED, _C.FAILING, _C.COMPLETED, _C.CANCELLED),
    _C.PAUSED: (_C.ACTIVE, _C.CANCELLED),
    _C.FAILING: (_C.ACTIVE, _C.PAUSED, _C.LAPSED, _C.CANCELLED),
    _C.LAPSED: (_C.ACTIVE, _C.CANCELLED),
    _C.ABANDONED: (_C.ACTIVE, _C.COMPLETED),
    _C.COMPLETED: (),
    _C.CANCELLED: (),
}

_COLLECTED = (_I.PAID, _I.RETRYING, _I.ACTION_REQUIRED, _I.PENDING, _I.UNKNOWN, _I.SKIPPED, _I.UNCOLLECTIBLE)
INSTALLMENT: Mapping[str, tuple[str, ...]] = {
    _I.SCHEDULED: (_I.DUE, _I.SKIPPED, _I.PAID),
    _I.DUE: (_I.COLLECTING, _I.SKIPPED, _I.PAID),
    _I.COLLECTING: _COLLECTED,
    _I.RETRYING: (_I.COLLECTING, _I.SKIPPED, _I.UNCOLLECTIBLE, _I.PAID),
    _I.ACTION_REQUIRED: (
        _I.COLLECTING,
        _I.PAID,
        _I.RETRYING,
        _I.PENDING,
        _I.UNKNOWN,
        _I.SKIPPED,
        _I.UNCOLLECTIBLE,
    ),
    _I.PENDING: (_I.PAID, _I.RETRYING, _I.ACTION_REQUIRED, _I.UNKNOWN, _I.SKIPPED, _I.UNCOLLECTIBLE),
    _I.UNKNOWN: (_I.PAID, _I.RETRYING, _I.PENDING, _I.ACTION_REQUIRED, _I.SKIPPED, _I.UNCOLLECTIBLE),
    _I.SKIPPED: (_I.PAID,),
    _I.UNCOLLECTIBLE: (_I.PAID, _I.COLLECTING),
    _I.PAID: (),
}

_RESOLVED = (_A.SUCCEEDED, _A.DECLINED, _A.REJECTED, _A.NOT_EXECUTED, _A.CANCELLED, _A.EXPIRED)
_ANSWERED = (*_RESOLVED, _A.PENDING, _A.ACTION_REQUIRED, _A.UNKNOWN)
ATTEMPT: Mapping[str, tuple[str, ...]] = {
    _A.CREATED: (_A.PREPARED, _A.REJECTED, _A.NOT_EXECUTED, _A.CANCELLED, _A.EXPIRED),
    _A.PREPARED: (_A.SENT, _A.SUCCEEDED, _A.REJECTED, _A.NOT_EXECUTED, _A.CANCELLED, _A.EXPIRED),
    _A.SENT: _ANSWERED,
    _A.UNKNOWN: _ANSWERED,
    _A.PENDING: (*_RESOLVED, _A.ACTION_REQUIRED, _A.UNKNOWN),
    _A.ACTION_REQUIRED: _ANSWERED,
    _A.SUCCEEDED: (),
    **dict.fromkeys(_RESOLVED[1:], (_A.SUCCEEDED,)),
}

REFUND: Mapping[str, tuple[str, ...]] = {
    _R.REQUESTED: (_R.UNKNOWN, _R.PENDING, _R.SUCCEEDED, _R.FAILED),
    _R.UNKNOWN: (_R.PENDING, _R.SUCCEEDED, _R.FAILED),
    _R.PENDING: (_R.SUCCEEDED, _R.FAILED),
    _R.SUCCEEDED: (_R.FAILED,),
    _R.FAILED: (),
}

DISPUTE: Mapping[str, tuple[str, ...]] = {
    _D.INQUIRY: (_D.OPENED, _D.WON, _D.LOST),
    _D.OPENED: (_D.WON, _D.LOST),
    _D.WON: (),
    _D.LOST: (),
}


def step(machine: Mapping[str, tuple[str, ...]], what: str, before: str, after: str) -> str:
    """`after`, if the machine allows it (staying is allowed); else raises `IllegalTransition`."""
    if before != after and after not in machine[before]:
        raise IllegalTransition(what, str(before), str(after))
    return after
