"""`make live-check`: the journeys of readers against the payment companies' own test modes, with your keys.

Each processor's folder may have a `live.py` with `KEY` and `journeys(environment)`: pairs of a sentence and a function
that says whether it holds, or of a sentence and `None` for what a person has to do. Without a key in the environment
that processor is left out, and it is said. Keys of live mode are refused. The exit code is 1 when something failed.
"""

import os
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import django

from mainstay.core.errors import MainstayError

PROCESSORS = Path(__file__).resolve().parents[1] / "src" / "mainstay" / "processors"


def with_journeys() -> Iterator[tuple[str, ModuleType]]:
    """The processors that have journeys, by name."""
    for module in pkgutil.iter_modules([str(PROCESSORS)]):
        if module.ispkg and (PROCESSORS / module.name / "live.py").exists():
            yield module.name, import_module(f"mainstay.processors.{module.name}.live")


def check(name: str, module: ModuleType, environment: Mapping[str, str]) -> bool:
    """Runs one processor's journeys and prints each. Returns whether all held, or there was no key."""
    journeys = module.journeys(environment)
    if journeys is None:
        print(f"{name}: not checked. Put a key of its test mode into {module.KEY}.")
        return True
    held = []
    for sentence, journey in journeys:
        if journey is None:
            print(f"{name}: TO DO   {sentence}")
        else:
            held.append(_held(name, sentence, journey))
    print(f"{name}: {sum(held)} of {len(held)} held.")
    return all(held)


def _held(name: str, sentence: str, journey: object) -> bool:
    try:
        holds = bool(journey())  # type: ignore[operator]
    except MainstayError as error:
        holds, sentence = False, f"{sentence} ({error})"
    print(f"{name}: {'held  ' if holds else 'FAILED'}  {sentence}")
    return holds


def main() -> int:
    """Checks every processor that there is a key for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings.test")
    django.setup()
    try:
        held = [check(name, module, os.environ) for name, module in with_journeys()]
    except MainstayError as error:
        print(error)
        return 1
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
