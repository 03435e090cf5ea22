"""`mainstay <command>`: finds the commands, reads the arguments, sets Django up, runs one.

Exit codes: 0 done, 1 refused (a sentence says why), 2 wrong usage.
"""

import argparse
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import django

from mainstay.core.errors import MainstayError

from . import commands


def command_modules() -> dict[str, ModuleType]:
    """The commands, by name."""
    names = [
        module.name
        for module in pkgutil.iter_modules(commands.__path__)
        if not module.name.startswith("test_")
    ]
    return {name: import_module(f"{commands.__name__}.{name}") for name in sorted(names)}


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="mainstay", description="Readers keep an independent newsroom alive."
    )
    choices = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, module in command_modules().items():
        sub = choices.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings.live")
    arguments = make_parser().parse_args(argv)
    try:
        django.setup()
        code: int = command_modules()[arguments.command].run(arguments)
    except MainstayError as error:
        print(error, file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
