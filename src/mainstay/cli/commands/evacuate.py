"""`mainstay evacuate`: stops this host's till and writes everything, keys included, into one encrypted file."""

import argparse
from pathlib import Path

from django.conf import settings

HELP = "Move house: stop gifts and renewals here, and write everything and the key files into one encrypted file."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, for whom."""
    parser.add_argument("file", type=Path, help="the file to write")
    parser.add_argument(
        "--for", dest="receivers", action="append", metavar="AGE1...", help="a public key of age"
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Says what was written and what to do at the new place."""
    from mainstay.cli.asking import keys_root, show_progress
    from mainstay.core.clock import clock
    from mainstay.moving.evacuate import evacuate

    receivers = arguments.receivers or settings.MAINSTAY_BACKUP_FOR
    rows = evacuate(
        arguments.file, receivers, keys_root(), actor=arguments.by, now=clock.now(), progress=show_progress
    )
    print(f"{rows} rows and the key files are in {arguments.file}. Gifts and renewals are stopped here.")
    print(
        "At the new place: mainstay migrate, mainstay restore, start the services, unlock, reopen the till."
    )
    print("Then here: stop the services and destroy this host's keys (mainstay shred).")
    return 0
