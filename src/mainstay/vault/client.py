"""Speaking with a running worker's vault, for `mainstay unlock`. Needs no database."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainstay.core.errors import MainstayError

ANSWER_SECONDS = 60


class NoVault(MainstayError):
    """No worker listens."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"No worker listens at {path.name}. Start `mainstay worker` first, as the same user."
        )


class VaultRefused(MainstayError):
    """The vault answered no, and says why."""


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


def _ask(path: Path, request: dict[str, Any]) -> VaultStatus:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as vault:
        vault.settimeout(ANSWER_SECONDS)
        try:
            vault.connect(str(path))
            vault.sendall(json.dumps(request).encode() + b"\n")
            with vault.makefile("rb") as lines:
                answer = json.loads(lines.readline() or b"{}")
        except OSError:
            raise NoVault(path) from None
    if "unlocked" not in answer:
        raise VaultRefused(answer.get("problem", "The vault did not answer."))
    return VaultStatus(tuple(answer["unlocked"]), tuple(answer["locked"]))
