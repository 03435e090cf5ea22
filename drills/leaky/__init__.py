"""Fourteen leaky builds: the seizure's own control. Each is a patch to today's program, and each must be caught.

A patch is put on a copy of `src/`, and the same drill runs with it. That a patch applies is tested with every change.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from drills import seizure
from drills.report import Report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEOPLE = 3


class DoesNotApply(RuntimeError):
    """A patch that was written for another day's program."""


def builds() -> list[Path]:
    """All patches, by name."""
    return sorted(HERE.glob("*.patch"))


def run(part: float = 1.0) -> Report:
    """All builds, or a part of them. One that nobody catches is a difference."""
    chosen = builds()[: max(1, round(len(builds()) * part))]
    caught, counts = 0, {}
    missed = []
    for patch in chosen:
        found = leaks_of(patch)
        caught += bool(found)
        counts[f"{patch.stem}: finds"] = len(found)
        if not found:
            missed.append(f"{patch.stem} was not caught")
    return Report("leaky", {"leaky builds": len(chosen), "caught": caught, **counts}, missed)


def leaks_of(patch: Path) -> list[str]:
    """What the seizure finds in the program with this patch."""
    with tempfile.TemporaryDirectory(prefix="mainstay-leaky-") as name:
        source = Path(name) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        apply(patch, Path(name))
        told = {**os.environ, "PYTHONPATH": str(source)}
        return seizure.seize("sqlite", PEOPLE, told).differences


def apply(patch: Path, folder: Path) -> None:
    """Changes the sources in that folder. Raises `DoesNotApply`."""
    outside = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    command = ["git", "apply", "-C1", str(patch)]
    done = subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DoesNotApply(f"{patch.name}: {done.stderr.strip()}")


def that_do_not_apply() -> Iterator[str]:
    """The patches that today's program has outgrown."""
    for patch in builds():
        command = ["git", "apply", "--check", "-C1", str(patch)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{patch.name}: {done.stderr.strip()}"
