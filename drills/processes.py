"""Doing something in a forked process that may be killed: started warm, it costs a few milliseconds."""

import json
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 600
"""Of one story, which takes less than one: a loaded machine is slow, and only what hangs for ever is ended."""


class ChildFailed(RuntimeError):
    """A drilled process ended with an error of its own, which stands above."""


def start(work: Callable[[], Any], longest_seconds: int = 0) -> int:
    """Begins `work` in a child and returns the child's id. After `longest_seconds` (0: never) it is ended."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.alarm(longest_seconds)
        work()
        code = 0
    except Exception:  # noqa: BLE001 (the child's end: what happened is printed and told by its exit code)
        traceback.print_exc()
    finally:
        os._exit(code)


def run(work: Callable[[], Any], answer: Path, longest_seconds: int = LONGEST_SECONDS) -> Any:
    """What `work` returns in a child, or `None` when the child was killed. Raises `ChildFailed`."""
    answer.unlink(missing_ok=True)
    pid = start(lambda: answer.write_text(json.dumps(work()), encoding="utf-8"), longest_seconds)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status:
        raise ChildFailed(f"A drilled process ended with {os.waitstatus_to_exitcode(status)}.")
    return json.loads(answer.read_text(encoding="utf-8"))


def end(pid: int) -> None:
    """Kills a child of ours and takes its exit code."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
