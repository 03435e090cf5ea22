"""A local socket that answers one line of JSON with another, in a thread of its own, one caller after the other."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import connection

log = logging.getLogger("mainstay.vault")
LONGEST_REQUEST_BYTES = 4_096
REQUEST_SECONDS = 5
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Door:
    """Listens at `path`, whose file has the rights `mode`; `admits` decides about each caller, `answer` answers."""

    def __init__(
        self,
        path: Path,
        answer: Answer,
        *,
        mode: int,
        admits: Callable[[socket.socket], bool] = lambda caller: True,
    ) -> None:
        self._path = path
        self._answer_to = answer
        self._mode = mode
        self._admits = admits
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._serve, name=path.stem, daemon=True)

    def open(self) -> None:
        """Opens the socket. A file left by a worker that died is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o777 & ~self._mode)
        try:
            self._listener.bind(str(self._path))
        finally:
            os.umask(before)
        self._listener.listen(8)
        self._thread.start()

    def close(self) -> None:
        """Stops listening."""
        with suppress(OSError):  # Where the system says "not connected", closing alone ends the wait.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _address = self._listener.accept()
            except OSError:
                return
            with caller:
                try:
                    self._answer(caller)
                except Exception:  # Whatever one caller's request led to, the next one is answered.
                    log.exception("a request to the vault failed")

    def _answer(self, caller: socket.socket) -> None:
        caller.settimeout(REQUEST_SECONDS)
        try:
            request = _read(caller)
            answer = (
                self._answer_to(request) if self._admits(caller) else {"problem": "This socket is not yours."}
            )
            caller.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            return  # The caller left before the answer: there is nobody to tell.
        finally:
            connection.close()


def _read(caller: socket.socket) -> dict[str, Any]:
    data = b""
    while not data.endswith(b"\n") and len(data) < LONGEST_REQUEST_BYTES:
        part = caller.recv(LONGEST_REQUEST_BYTES)
        if not part:
            break
        data += part
    try:
        request = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}
