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
    code = 0
    try:
        django.setup()
        code = command_modules()[arguments.command].run(arguments)
        sys.stdout.flush()
    except MainstayError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        if not _reader_has_gone():
            raise
    return code


def _reader_has_gone() -> bool:
    """Whether whoever read our output has read enough, as `head` does. What is left to print then goes nowhere."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
