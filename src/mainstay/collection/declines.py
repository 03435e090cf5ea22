"""Many declines in a row, and no success between them: that is trouble at the processor, not with so many cards.

The run stops for that account, so that no reader loses a try and no bank grows suspicious; staff hear of it by the
alarm about the share of declines. The count is of this process and is gone with it: the next one finds out as fast.
"""

import threading
import uuid
from datetime import datetime

from mainstay.contributions.states import AttemptState
from mainstay.newsrooms.models import ProcessorAccount

from .watch import rest

LARGEST_ROW = 20
_rows: dict[uuid.UUID, int] = {}
_resting_until: dict[uuid.UUID, datetime] = {}
_turn = threading.Lock()


def count(account: ProcessorAccount, state: str, now: datetime) -> None:
    """Counts how a renewal ended. The twentieth decline in a row puts the account to rest, and each one after it."""
    with _turn:
        if state == AttemptState.SUCCEEDED:
            _rows.pop(account.pk, None)
        if state != AttemptState.DECLINED:
            return
        _rows[account.pk] = _rows.get(account.pk, 0) + 1
        tired = _rows[account.pk] >= LARGEST_ROW
    if tired:
        until = rest(account, now)
        _resting_until[account.pk] = until


def stopped(account_id: uuid.UUID, now: datetime) -> bool:
    """Whether the run of this account was stopped a moment ago: what was found due before that waits too."""
    until = _resting_until.get(account_id)
    return until is not None and until > now
