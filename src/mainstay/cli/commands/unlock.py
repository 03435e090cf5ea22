"""`mainstay unlock`: a person gives the passphrase of the people key to the running worker."""

import argparse
import getpass
import sys
from pathlib import Path

from django.conf import settings

HELP = "Unlock the people key in the running worker, so that letters go out."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which newsroom; by default the only one."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("--status", action="store_true", help="only say whether it is unlocked")


def run(arguments: argparse.Namespace) -> int:
    """Asks for the passphrase on the terminal, or reads one line of standard input."""
    from mainstay.vault import client

    socket = Path(settings.MAINSTAY_VAULT_SOCKET)
    if arguments.status:
        print("unlocked" if arguments.newsroom in client.status(socket).unlocked else "locked")
        return 0
    piped = not sys.stdin.isatty()
    passphrase = (
        sys.stdin.readline().rstrip("\n") if piped else getpass.getpass("Passphrase of the people key: ")
    )
    client.unlock(socket, arguments.newsroom, passphrase)
    print("Unlocked. Letters that waited go out now.")
    return 0
