"""The worker's two local sockets: the operator's, through which keys come and go, and the desk's, which only asks.

The operator's is for the worker's own system user (0600; on Linux the kernel is asked as well who is calling):
{"do": "unlock", "newsroom": ..., "passphrase": ...}, {"do": "lock"}, {"do": "status"}. No key ever goes out.
The desk's is for the group that web and worker share (0660): {"do": "find", ...}, {"do": "open", ...},
{"do": "export", ...}, {"do": "debits", ...}, and the status. What `export` hands out is encrypted; what `debits` hands
out is the file that a bank collects from, in clear.
"""

import base64
import os
import socket
import struct
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from mainstay.core.clock import Clock, clock
from mainstay.core.errors import MainstayError
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

from .debits import debit_file
from .door import Door
from .export import export
from .people import LookUpRefused, People

_ROOT = 0
_NOT_NOW = {"problem": "The database can't be reached.", "why": "trouble"}


class BadRequest(MainstayError):
    """A request that the vault does not know."""

    def __init__(self) -> None:
        super().__init__("The vault does not know this request.")


class Vault:
    """Both doors. One caller after another: guessing a passphrase is as slow as Argon2 makes it."""

    def __init__(self, ring: KeyRing, path: Path, desk_path: Path | None = None, time: Clock = clock) -> None:
        self._ring = ring
        self._clock = time
        self._people = People(ring, time)
        self._doors = [Door(path, self._operate, mode=0o600, admits=_is_ours)]
        if desk_path:
            self._doors.append(Door(desk_path, self._look_up, mode=0o660))

    def start(self) -> None:
        """Opens the doors."""
        for door in self._doors:
            door.open()

    def close(self) -> None:
        """Closes the doors and forgets the keys."""
        for door in self._doors:
            door.close()
        self._forget()

    def _forget(self) -> None:
        self._ring.lock()
        self._people.forget()

    def _operate(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            match request:
                case {"do": "unlock", "newsroom": str(slug), "passphrase": str(passphrase)}:
                    self._ring.unlock(slug, passphrase)
                case {"do": "lock"}:
                    self._forget()
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

    def _look_up(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            match request:
                case {
                    "do": "find",
                    "newsroom": str(slug),
                    "mail": str(mail),
                    "by": str(actor),
                    "why": str(why),
                }:
                    return {"found": [str(pk) for pk in self._people.find(slug, mail, actor, why)]}
                case {"do": "open", "newsroom": str(slug), "id": str(pk), "by": str(actor), "why": str(why)}:
                    return {"mail": self._people.open(slug, UUID(pk), actor, why)}
                case {"do": "export", "newsroom": str(slug), "proposal": str(pk), "by": str(actor)}:
                    file = export(self._ring, self._clock, slug, UUID(pk), actor)
                    return {"file": base64.b64encode(file).decode()}
                case {"do": "debits", "newsroom": str(slug), "file": str(pk), "by": str(actor)}:
                    file = debit_file(self._ring, self._clock, slug, UUID(pk), actor)
                    return {"file": base64.b64encode(file).decode()}
                case {"do": "status"}:
                    return self._status()
        except LookUpRefused as refused:
            return {"problem": str(refused), "why": refused.why}
        except ValueError:
            return {"problem": str(BadRequest()), "why": "unknown"}
        except DatabaseError:
            return _NOT_NOW
        return {"problem": str(BadRequest()), "why": "unknown"}

    def _status(self) -> dict[str, Any]:
        slugs = list(Newsroom.objects.order_by("slug").values_list("slug", flat=True))
        unlocked = [slug for slug in slugs if self._ring.people_key(slug) is not None]
        return {"unlocked": unlocked, "locked": [slug for slug in slugs if slug not in unlocked]}


def _is_ours(caller: socket.socket) -> bool:
    """The same system user, or root. Where the kernel can't tell, the file's rights stand alone."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _pid, user, _group = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in (os.getuid(), _ROOT)
