"""Speaking with a running worker's vault, for `mainstay unlock` and for the desk. Needs no database."""

import base64
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from mainstay.core.errors import MainstayError

ANSWER_SECONDS = 60


class NoVault(MainstayError):
    """No worker listens."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"No worker listens at {path.name}. Start `mainstay worker` first, as the same user."
        )


class VaultRefused(MainstayError):
    """The vault answered no, and says why; `why` is the word of `people.LookUpRefused` for a look-up."""

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """The newsrooms' short names, by whether their people key is in the worker's memory."""

    unlocked: tuple[str, ...]
    locked: tuple[str, ...]


def unlock(path: Path, newsroom_slug: str, passphrase: str) -> VaultStatus:
    """Unlocks one newsroom's people key. Raises `NoVault`, `VaultRefused` (a wrong passphrase)."""
    return _ask(path, {"do": "unlock", "newsroom": newsroom_slug, "passphrase": passphrase})


def lock(path: Path) -> VaultStatus:
    """Makes the worker forget all people keys. Raises `NoVault`."""
    return _ask(path, {"do": "lock"})


def status(path: Path) -> VaultStatus:
    """What is unlocked. Raises `NoVault`."""
    return _ask(path, {"do": "status"})


def find(path: Path, newsroom_slug: str, mail: str, *, actor: str, reason: str) -> list[UUID]:
    """The promises of the supporter with this address, through the desk's socket. Raises `NoVault`, `VaultRefused`."""
    wish = {"do": "find", "newsroom": newsroom_slug, "mail": mail, "by": actor, "why": reason}
    return [UUID(pk) for pk in _exchange(path, wish, "found")["found"]]


def open_mail(path: Path, newsroom_slug: str, contribution_id: UUID, *, actor: str, reason: str) -> str:
    """The mail address of one promise, through the desk's socket. Raises `NoVault`, `VaultRefused`."""
    wish = {"do": "open", "newsroom": newsroom_slug, "id": str(contribution_id), "by": actor, "why": reason}
    return str(_exchange(path, wish, "mail")["mail"])


def export(path: Path, newsroom_slug: str, proposal_id: UUID, *, actor: str) -> bytes:
    """The encrypted file of an approved export, through the desk's socket. Raises `NoVault`, `VaultRefused`."""
    wish = {"do": "export", "newsroom": newsroom_slug, "proposal": str(proposal_id), "by": actor}
    return base64.b64decode(_exchange(path, wish, "file")["file"])


def debit_file(path: Path, newsroom_slug: str, file_id: UUID, *, actor: str) -> bytes:
    """A file of direct debits, through the desk's socket. Raises `NoVault`, `VaultRefused`."""
    wish = {"do": "debits", "newsroom": newsroom_slug, "file": str(file_id), "by": actor}
    return base64.b64decode(_exchange(path, wish, "file")["file"])


def _ask(path: Path, request: dict[str, Any]) -> VaultStatus:
    answer = _exchange(path, request, "unlocked")
    return VaultStatus(tuple(answer["unlocked"]), tuple(answer["locked"]))


def _exchange(path: Path, request: dict[str, Any], expected: str) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as vault:
        vault.settimeout(ANSWER_SECONDS)
        try:
            vault.connect(str(path))
            vault.sendall(json.dumps(request).encode() + b"\n")
            with vault.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline() or b"{}")
        except OSError:
            raise NoVault(path) from None
    if expected not in answer:
        raise VaultRefused(answer.get("problem", "The vault did not answer."), answer.get("why", ""))
    return answer
