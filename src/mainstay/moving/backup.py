"""A backup: everything in the database, of one moment, encrypted to a key that lies elsewhere. No private key is in it.

The file is lines of JSON inside gzip inside age: a heading with figures, for an evacuation the key files, all rows.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from gzip import GzipFile
from pathlib import Path
from typing import Any

from .figures import all_figures
from .rows import lines_of, one_moment, tables
from .sealed_file import writing

FORMAT = "mainstay-backup-1"
Progress = Callable[[int, int], None]


def back_up(
    path: Path,
    keys: Sequence[str],
    *,
    kind: str = "backup",
    key_files: Iterable[dict[str, str]] = (),
    progress: Progress = lambda done, of: None,
) -> int:
    """Writes everything into `path`, readable with the private half of any of `keys`; returns the number of rows.

    The program may run meanwhile. `progress` is told after each table how many are done, of how many.
    """
    with writing(path, keys) as stream, one_moment():
        told = all_figures()
        _line(stream, {"format": FORMAT, "kind": kind, **told})
        for key_file in key_files:
            _line(stream, key_file)
        for number, model in enumerate(tables(), 1):
            for line in lines_of(model):
                stream.write(line.encode() + b"\n")
            progress(number, len(tables()))
        _line(stream, {"end": FORMAT})
    return sum(told["counts"].values())


def _line(stream: GzipFile, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
