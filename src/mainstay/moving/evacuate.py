"""Moving house: this host stops taking and collecting money; everything leaves in one encrypted file, keys included.

The people key goes as it lies here, under its passphrase. The months' keys stay behind, to be destroyed with this
host: a file that holds them would be a copy, and the promise is that there is none. Their reminders are lost.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from mainstay.audit import log
from mainstay.newsrooms import till
from mainstay.newsrooms.models import Newsroom

from .backup import Progress, back_up

REASON = "We are moving to another server."


def evacuate(
    path: Path, keys: Sequence[str], keys_root: Path, *, actor: str, now: datetime, progress: Progress
) -> int:
    """Stops the till of every newsroom, then writes all rows and key files into `path`; returns the number of rows.

    The file can be written again: what is stopped stays stopped until somebody reopens it, here or at the new place.
    """
    for newsroom in Newsroom.objects.order_by("slug"):
        day = newsroom.today(now)
        for switch in till.Switch:
            if not getattr(newsroom, switch.field):
                till.stop(newsroom, switch, REASON, actor=actor, day=day)
        log.record("house.evacuated", actor=actor, day=day, newsroom_id=newsroom.pk, subject=newsroom.slug)
    return back_up(path, keys, kind="evacuation", key_files=_key_files(keys_root), progress=progress)


def _key_files(keys_root: Path) -> Iterator[dict[str, str]]:
    for slug in Newsroom.objects.order_by("slug").values_list("slug", flat=True):
        for kind in ("collection", "people"):
            for path in sorted((keys_root / slug).glob(f"{kind}*.key")):
                yield {
                    "newsroom": slug,
                    "name": path.name,
                    "data": base64.b64encode(path.read_bytes()).decode(),
                }
