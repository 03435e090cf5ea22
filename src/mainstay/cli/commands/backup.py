"""`mainstay backup`: everything in the database, encrypted to a key that lies elsewhere. The program runs on."""

import argparse
from pathlib import Path

from django.conf import settings

HELP = "Write an encrypted backup of the database while the program runs. Private keys are never in it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, for whom, and how many to keep."""
    parser.add_argument(
        "to", type=Path, help="the file to write, or a folder: then the file is named by the moment"
    )
    parser.add_argument(
        "--for", dest="receivers", action="append", metavar="AGE1...", help="a public key of age"
    )
    parser.add_argument("--keep", type=int, default=0, help="in a folder: delete all but the newest so many")


def run(arguments: argparse.Namespace) -> int:
    """Prints what was written."""
    from mainstay.cli.asking import show_progress
    from mainstay.core.clock import clock
    from mainstay.moving.backup import back_up

    folder = arguments.to if arguments.to.is_dir() else None
    path = folder / f"mainstay-{clock.now():%Y-%m-%d-%H%M%S}.age" if folder else arguments.to
    receivers = arguments.receivers or settings.MAINSTAY_BACKUP_FOR
    rows = back_up(path, receivers, progress=show_progress)
    if folder and arguments.keep > 0:
        for old in sorted(folder.glob("mainstay-*.age"))[: -arguments.keep]:
            old.unlink()
    print(f"{rows} rows written: {path}")
    return 0
