"""Step 5: the server is seized. Its folder is copied and searched for one mail address, then a leaky copy as well.

What is copied is what would stand on the server's disk: not the readers' mailbox, not the payment company, and not the
passphrase, which on a real server is in somebody's head. The address that is searched for is kept nowhere.
"""

import hashlib
import hmac
import json
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from . import mailbox, searching
from .places import Place, write_private

ELSEWHERE = ("mailbox", "company.sqlite3*", "passphrase", "*.part", "*.sock")
SHORTEST = 10
_searching = threading.Lock()


@dataclass
class Seizure:
    """What a search found: in the copy, and of what a leaky program would have left. Never the address."""

    files: int = 0
    megabytes: float = 0.0
    forms: int = 0
    letters: int = 0
    found: list[str] = field(default_factory=list)
    leaks_found: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it shows something: the address was in use here, nothing was found, and leaks are found."""
        return bool(self.letters and not self.found and len(self.leaks_found) == len(LEAKS))


def last_seizure(place: Place) -> Seizure | None:
    """What the last search found, or `None` when there was none or it is still under way."""
    path = _path(place)
    if not path.exists() or _searching.locked():
        return None
    return Seizure(**json.loads(path.read_text(encoding="utf-8")))


def under_way() -> bool:
    """Whether a copy is being searched."""
    return _searching.locked()


def begin(place: Place, address: str) -> bool:
    """Copies and searches, in a thread. False when the text is no address that could be searched for."""
    address = address.strip()
    if "@" not in address or len(address) < SHORTEST:
        return False
    threading.Thread(target=_run, args=(place, address), daemon=True).start()
    return True


def forget(place: Place) -> None:
    """The story begins again."""
    _path(place).unlink(missing_ok=True)


def _run(place: Place, address: str) -> None:
    if not _searching.acquire(blocking=False):
        return
    try:
        _path(place).unlink(missing_ok=True)
        write_private(_path(place), json.dumps(asdict(seize(place, address))))
    finally:
        _searching.release()


def seize(place: Place, address: str) -> Seizure:
    """The copy is searched, made leaky, and searched again."""
    with tempfile.TemporaryDirectory(prefix="seized-") as name:
        copy = Path(name) / "copy"
        shutil.copytree(place.state, copy, ignore=shutil.ignore_patterns(*ELSEWHERE))
        files = searching.read_all(copy)
        needles = list(searching.needles_of({"address": address}, 0))
        hashes = list(searching.hash_needles({"address": address}, 0, searching.keys_in(files)))
        stack = searching.search(files, needles + hashes)
        return Seizure(
            files=stack.files,
            megabytes=round(stack.searched_bytes / 1e6, 1),
            forms=len(needles) + len(hashes),
            letters=_letters_to(place, address),
            found=list(stack.examples.values()),
            leaks_found=[name for name in LEAKS if _is_found(name, copy, address, needles + hashes)],
        )


def _is_found(name: str, copy: Path, address: str, needles: list[searching.Needle]) -> bool:
    path = LEAKS[name](copy, address)
    return bool(searching.search({path: path.read_bytes()}, needles).found)


def _customer_row(copy: Path, address: str) -> Path:
    """As shops keep it: a table of customers."""
    path = copy / "customers.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE customers (mail TEXT)")
        connection.execute("INSERT INTO customers VALUES (?)", (address,))
    return path


def _request_log(copy: Path, address: str) -> Path:
    """As web servers keep it: a line for each request."""
    path = copy / "access.log"
    path.write_text(f'"GET /thanks?mail={quote(address, safe="")} HTTP/1.1" 200\n', encoding="utf-8")
    return path


def _keyed_index(copy: Path, address: str) -> Path:
    """As careful programs keep it: a hash to look people up by, under a key that lies on the same disk."""
    key = (copy / "secret_key").read_bytes()
    path = copy / "index.txt"
    path.write_text(hmac.new(key, address.encode(), hashlib.sha256).hexdigest() + "\n", encoding="utf-8")
    return path


LEAKS: dict[str, Callable[[Path, str], Path]] = {
    "row": _customer_row,
    "log": _request_log,
    "index": _keyed_index,
}


def _letters_to(place: Place, address: str) -> int:
    """How many of the newest letters went there: whether the server has had the address at all."""
    letters = mailbox.newest(place.state / "mailbox")
    return sum(address.lower() in letter.to.lower() for letter in letters)


def _path(place: Place) -> Path:
    return place.state / "seizure.json"
