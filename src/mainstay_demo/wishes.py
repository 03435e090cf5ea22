"""What the story's pages ask of the supervisor: it alone may order faults at the payment company and end a process.

A wish is a small file in a folder that both know. The web process writes it and has no key that could do more; the
supervisor takes it away when it is granted, and says in another file how far an outage has come.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from .places import Place, write_private

MOST_WAITING = 20
ARMED, OFF, ON = "armed", "off", "on"


@dataclass(frozen=True)
class Wish:
    """A fault at the payment company. With `pull_plug` the worker is killed once the payment was charged.

    `match` is the reference of the payment that it is meant for, or "" for the next one.
    """

    call: str
    fault: str
    match: str = ""
    pull_plug: bool = False


@dataclass(frozen=True)
class Outage:
    """How far the last one has come: "armed", "off" while the worker is gone, "on" when it was started again."""

    reference: str = ""
    stage: str = ""


def ask(place: Place, wish: Wish) -> None:
    """Leaves a wish for the supervisor. More than 20 that wait are dropped."""
    folder = _folder(place)
    folder.mkdir(parents=True, exist_ok=True)
    if len(list(folder.iterdir())) < MOST_WAITING:
        _write(folder / f"{secrets.token_hex(8)}.json", json.dumps(asdict(wish)))


def waiting(place: Place) -> dict[Path, Wish]:
    """The wishes that nobody has granted, by their files."""
    files = sorted(_folder(place).glob("*.json"))
    return {path: Wish(**json.loads(path.read_text(encoding="utf-8"))) for path in files}


def last_outage(place: Place) -> Outage:
    """The last outage, or an empty one."""
    path = place.state / "outage.json"
    return Outage(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Outage()


def keep_outage(place: Place, outage: Outage) -> None:
    """Says how far it has come. The supervisor's alone."""
    _write(place.state / "outage.json", json.dumps(asdict(outage)))


def _folder(place: Place) -> Path:
    return place.state / "wishes"


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".part")
    write_private(unfinished, text)
    unfinished.rename(path)
