"""Bringing a backup, or a house that moved, into an empty database: all of it, verified, or nothing.

What can't come back: reminders whose month key is gone (their rows are noise, and are dropped and counted). The worker
finds a heartbeat of long ago, and so looks up at the processors what happened since before it collects anything.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from gzip import GzipFile
from pathlib import Path
from typing import Any

from django.db import transaction

from mainstay.audit import log
from mainstay.core.errors import MainstayError
from mainstay.jobs.models import WorkerHeartbeat
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.sealing.boxes import public_of
from mainstay.sealing.keyfiles import KeyFolder, write_key_file
from mainstay.supporters.months import forget_month

from .backup import FORMAT
from .figures import compare, version
from .rows import BadDump, tables, take_in
from .sealed_file import WrongKey, identity, reading

LONG_AGO = timedelta(days=1)
KeyFile = tuple[str, str, bytes]
_SLUG = re.compile(r"[a-zA-Z0-9_-]{1,50}")
_KEY_NAME = re.compile(r"(people|collection)(-[0-9a-f]{16})?\.key")


class NotEmpty(MainstayError):
    """The database holds something already."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"This database is not empty ({table}). Restore into a new one, made by `mainstay migrate` alone."
        )


class OtherKey(MainstayError):
    """A key file of that name is here, and is another one."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is another key file {path.parent.name}/{path.name} here. Move it away first."
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `reminders_lost` were sealed to months whose key is not here; `head` is the log's, to compare."""

    kind: str
    rows: int
    newsrooms: tuple[str, ...]
    reminders_lost: int
    months_destroyed: int
    keys_missing: tuple[str, ...]
    head: str


def restore(path: Path, key_path: Path, keys_root: Path, *, actor: str, now: datetime) -> Restored:
    """Reads `path` with the private key in `key_path` into the empty database; key files go into `keys_root`.

    Raises `NotEmpty`, `WrongKey`, `BadDump`, `OtherKey`; then the database was not changed.
    """
    _must_be_empty()
    with reading(path, identity(key_path)) as stream, transaction.atomic():
        heading = _heading(stream)
        key_files: list[KeyFile] = []
        counts = take_in(_rows(stream, key_files))
        compare(heading)
        lost = sum(_settle_months(newsroom, keys_root) for newsroom in Newsroom.objects.all())
        _let_the_worker_look_first(now)
        _place_keys(key_files, keys_root)
        for newsroom in Newsroom.objects.all():
            log.record("house.restored", actor=actor, day=newsroom.today(now), newsroom_id=newsroom.pk)
    newsrooms = tuple(Newsroom.objects.order_by("slug").values_list("slug", flat=True))
    return Restored(
        kind=heading["kind"],
        rows=sum(counts.values()),
        newsrooms=newsrooms,
        reminders_lost=lost,
        months_destroyed=sum(_destroy_unknown_months(slug, keys_root) for slug in newsrooms),
        keys_missing=tuple(_missing(newsrooms, keys_root)),
        head=heading["head"],
    )


def _must_be_empty() -> None:
    for model in tables():
        if model._default_manager.exists():
            raise NotEmpty(model._meta.label)


def _heading(stream: GzipFile) -> dict[str, Any]:
    line = stream.readline()
    if not line:
        raise WrongKey
    heading = _read(line)
    if not isinstance(heading, dict) or heading.get("format") != FORMAT:
        raise BadDump("it is no backup of Mainstay")
    if heading["version"] != version():
        raise BadDump("another version made it; install that version, restore, then update")
    return heading


def _rows(stream: GzipFile, key_files: list[KeyFile]) -> Iterator[str]:
    """The lines of rows. Key files that stand before them are put aside; a file that ends too early is refused."""
    for raw in stream:
        value = _read(raw) if raw.startswith(b'{"') else None
        if value is None or "table" in value:
            yield raw.decode()
        elif value.get("end") == FORMAT:
            return
        else:
            key_files.append(_key_file(value))
    raise BadDump("it ends too early")


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise BadDump("it has a line that is no JSON") from None


def _key_file(value: dict[str, Any]) -> KeyFile:
    """Whoever knows the public key can write such a file: a name in it must not lead out of the folder of keys."""
    try:
        slug, name = str(value["newsroom"]), str(value["name"])
        data = base64.b64decode(value["data"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        raise BadDump("it has a line that nobody knows") from None
    if not _SLUG.fullmatch(slug) or not _KEY_NAME.fullmatch(name):
        raise BadDump("it has a key file with a strange name")
    return slug, name, data


def _place_keys(key_files: list[KeyFile], keys_root: Path) -> None:
    for slug, name, data in key_files:
        path = keys_root / slug / name
        if not path.exists():
            write_key_file(path, data)
        elif path.read_bytes() != data:
            raise OtherKey(path)


def _settle_months(newsroom: Newsroom, keys_root: Path) -> int:
    """Forgets the months whose private key is not here, with their reminders; returns how many of those there were."""
    folder, lost = KeyFolder(keys_root, newsroom.slug), 0
    for key in newsroom.public_keys.filter(kind=PublicKey.Kind.MONTH):
        if key.month in folder.months() and public_of(folder.month_key(key.month)) == bytes(key.public):
            continue
        lost += forget_month(newsroom, key.month)
    return lost


def _destroy_unknown_months(slug: str, keys_root: Path) -> int:
    """Keys of months that the database does not know open nothing that may still be read."""
    folder = KeyFolder(keys_root, slug)
    known = set(
        PublicKey.objects.filter(newsroom__slug=slug, kind=PublicKey.Kind.MONTH).values_list(
            "month", flat=True
        )
    )
    unknown = [month for month in folder.months() if month not in known]
    for month in unknown:
        folder.destroy_month_key(month)
    return len(unknown)


def _missing(newsrooms: tuple[str, ...], keys_root: Path) -> Iterator[str]:
    for slug in newsrooms:
        for kind in ("collection", "people"):
            if not any((keys_root / slug).glob(f"{kind}*.key")):
                yield f"{slug}/{kind}.key"


def _let_the_worker_look_first(now: datetime) -> None:
    """A heartbeat older than an hour makes the worker reconcile before it executes; see `jobs.heartbeat`."""
    WorkerHeartbeat.objects.all().delete()
    WorkerHeartbeat.objects.create(name="before-the-restore", beat_at=now - LONG_AGO)
