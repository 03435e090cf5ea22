"""`mainstay restore`: a backup, or a house that moved, into an empty database."""

import argparse
from pathlib import Path

HELP = "Bring a backup or an evacuated house into an empty database, verified to the cent."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file and the key that opens it."""
    parser.add_argument("file", type=Path, help="what `mainstay backup` or `mainstay evacuate` wrote")
    parser.add_argument(
        "--key", type=Path, required=True, help="the private key's file, as age-keygen wrote it"
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Says what came back, what is lost, and what to do next."""
    from mainstay.cli.asking import keys_root
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.moving.restore import restore

    try:
        done = restore(arguments.file, arguments.key, keys_root(), actor=arguments.by, now=clock.now())
    except OSError as error:
        raise WrongSettings(f"{error.filename} can't be read ({error.strerror}).") from None
    print(
        f"{done.rows} rows are back. The books, the rows and the log are as they were: {', '.join(done.newsrooms)}."
    )
    print(f"The log's head when the file was made: {done.head}. Compare it with your paper.")
    if done.reminders_lost:
        print(f"{done.reminders_lost} reminders are lost: the keys of their months are in no backup.")
    for name in done.keys_missing:
        print(f"Missing: {name}. Bring it back (mainstay keys restore, or the copy you kept).")
    if done.kind == "evacuation":
        print(
            "Gifts and renewals are stopped, as they were at the old place. Reopen them at the desk, the till."
        )
    print("Next: start the worker. It first looks up what happened at the payment company since.")
    return 0
