"""The worker's local socket: a passphrase comes in, the people key is in memory. Nothing ever goes out but a status.

One request is one line of JSON, one answer another: {"do": "unlock", "newsroom": ..., "passphrase": ...},
{"do": "status"}, {"do": "lock"}. The socket's file is for the worker's own system user (0600); on Linux the kernel
is asked as well who is calling.
"""

import json
import os
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from mainstay.core.errors import MainstayError
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

LONGEST_REQUEST_BYTES = 4_096
REQUEST_SECONDS = 5
_ROOT = 0


class BadRequest(MainstayError):
    """A request that the vault does not know."""

    def __init__(self) -> None:
        super().__init__("The vault can unlock, lock and tell its status.")


class Vault:
    """Listens in a thread of its own, one caller after another: guessing is as slow as Argon2 makes it."""

    def __init__(self, ring: KeyRing, path: Path) -> None:
        self._ring = ring
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._serve, name="vault", daemon=True)

    def start(self) -> None:
        """Opens the socket. A file left by a worker that died is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._listener.bind(str(self._path))
        finally:
            os.umask(before)
        self._listener.listen(8)
        self._thread.start()

    def close(self) -> None:
        """Stops listening and forgets the keys."""
        with suppress(OSError):  # Where the system says "not connected", closing alone ends the wait.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)
        self._ring.lock()

    def _serve(self) -> None:
        while True:
            try:
                caller, _address = self._listener.accept()
            except OSError:
                return
            with caller:
                self._answer(caller)

    def _answer(self, caller: socket.socket) -> None:
        caller.settimeout(REQUEST_SECONDS)
        try:
            answer = self._do(_read(caller)) if _is_ours(caller) else {"problem": "This socket is not yours."}
            caller.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            return  # The caller left before the answer: there is nobody to tell.
        finally:
            connection.close()

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            match request:
                case {"do": "unlock", "newsroom": str(slug), "passphrase": str(passphrase)}:
                    self._ring.unlock(slug, passphrase)
                case {"do": "lock"}:
                    self._ring.lock()
                case {"do": "status"}:
                    pass
                case _:
                    raise BadRequest
        except MainstayError as error:
            return {"problem": str(error)}
        try:
            return self._status()
        except DatabaseError:
            return {"problem": "It is done, but the database can't be reached to tell the status."}

    def _status(self) -> dict[str, Any]:
        slugs = list(Newsroom.objects.order_by("slug").values_list("slug", flat=True))
        unlocked = [slug for slug in slugs if self._ring.people_key(slug) is not None]
        return {"unlocked": unlocked, "locked": [slug for slug in slugs if slug not in unlocked]}


def _read(caller: socket.socket) -> dict[str, Any]:
    data = b""
    while not data.endswith(b"\n") and len(data) < LONGEST_REQUEST_BYTES:
        part = caller.recv(LONGEST_REQUEST_BYTES)
        if not part:
            break
        data += part
    try:
        request = json.loads(data)
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _is_ours(caller: socket.socket) -> bool:
    """The same system user, or root. Where the kernel can't tell, the file's rights stand alone."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _pid, user, _group = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in (os.getuid(), _ROOT)
