"""The boundaries of a drilled process: before and after each commit, each call, each mail. It can be killed at any.

The production code has no hook for this: Django's commit, the HTTP transport and the mail backend are wrapped in the
child process that is about to be drilled, and in no other.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.core.mail import EmailMessage
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from .mailbox import FileMailServer
from .side import drilled

Send = Callable[[httpx.HTTPTransport, httpx.Request], httpx.Response]
WRITES = ("INSERT", "UPDATE", "DELETE")


class Boundaries:
    """Counts boundaries, and ends the process with SIGKILL at number `kill_at` (from 1; 0: never).

    The names that it came by last are in the file `last_words` then. They may not be those of a rehearsal: what the
    worker does beside the story depends on the machine's own time.
    """

    def __init__(self, kill_at: int = 0, last_words: Path | None = None) -> None:
        self.names: list[str] = []
        self._kill_at = kill_at
        self._last_words = last_words

    def reach(self, name: str) -> None:
        """One boundary."""
        self.names.append(name)
        if len(self.names) == self._kill_at:
            if self._last_words:
                self._last_words.write_text("\n".join(self.names[-2:]), encoding="utf-8")
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        """A boundary before what the block does, and one after it."""
        self.reach(f"before {name}")
        yield
        self.reach(f"after {name}")


def watch(boundaries: Boundaries, send: Send) -> None:
    """In a drilled child: counts every commit, call and mail. Calls go out by `send`, which may spoil them."""
    _watch_commits(boundaries)
    _watch_calls(boundaries, send)
    _watch_mails(boundaries)


def _watch_commits(boundaries: Boundaries) -> None:
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]
    execute = CursorWrapper._execute  # type: ignore[attr-defined]

    def watched_commit(self: BaseDatabaseWrapper) -> Any:
        with boundaries.around("commit"):
            return commit(self)

    def watched_execute(self: Any, sql: Any, *rest: Any) -> Any:
        """A statement outside a transaction commits by itself."""
        if self.db.in_atomic_block or not str(sql).lstrip().upper().startswith(WRITES):
            return execute(self, sql, *rest)
        with boundaries.around("commit"):
            return execute(self, sql, *rest)

    BaseDatabaseWrapper._commit = watched_commit  # type: ignore[attr-defined]
    CursorWrapper._execute = watched_execute  # type: ignore[attr-defined]


def _watch_calls(boundaries: Boundaries, send: Send) -> None:
    def watched(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        with boundaries.around(drilled().call_name(request)):
            return send(self, request)

    httpx.HTTPTransport.handle_request = watched  # type: ignore[method-assign]


def _watch_mails(boundaries: Boundaries) -> None:
    deliver = FileMailServer.send_messages

    def watched(self: FileMailServer, email_messages: Sequence[EmailMessage]) -> int:
        with boundaries.around("mail"):
            return deliver(self, email_messages)

    FileMailServer.send_messages = watched  # type: ignore[method-assign]
