"""What a process that holds private keys asks of the operating system: no core dumps, no looks from outside, no swap.

Python copies bytes as it likes, so no single key can be pinned or wiped: the whole process is locked into memory.
Each wish that the system refuses is told, because then somebody must see to it (encrypted swap, the service's limits).
"""

import ctypes
import resource
import sys
from collections.abc import Callable

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4


def keep_to_itself() -> list[str]:
    """Asks for all three; returns a sentence for each that this system or its limits did not grant."""
    wishes: tuple[tuple[Callable[[], bool], str], ...] = (
        (_no_core_file, "Core files can't be forbidden here: set LimitCORE=0 for the service."),
        (
            _not_dumpable,
            "Other processes of this user may read this one's memory: this system can't forbid it.",
        ),
        (
            _locked_in,
            "Memory may be swapped out: encrypt the swap, or set LimitMEMLOCK=infinity for the service.",
        ),
    )
    return [sentence for granted, sentence in wishes if not granted()]


def _no_core_file() -> bool:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return False
    return True


def _not_dumpable() -> bool:
    """Linux: prctl(2), PR_SET_DUMPABLE. Also keeps debuggers of the same user away."""
    return sys.platform == "linux" and bool(_library().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def _locked_in() -> bool:
    """Linux: mlockall(2). Pages are locked when they are first touched, so that unused stacks cost nothing."""
    flags = _MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT
    return sys.platform == "linux" and _may_lock_all() and bool(_library().mlockall(flags) == 0)


def _may_lock_all() -> bool:
    """With a small limit mlockall succeeds and every later allocation fails: then it is not asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if hard != resource.RLIM_INFINITY:
        return False
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
    return True


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
