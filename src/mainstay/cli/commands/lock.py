"""`mainstay lock`: the running worker forgets its keys at once."""

import argparse
from pathlib import Path

from django.conf import settings

HELP = "Make the running worker forget its keys at once; --stop also stops gifts and renewals."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far to go."""
    parser.add_argument(
        "--stop", action="store_true", help="also stop gifts and renewals: nothing new is sealed"
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Forgets first, stops then. Without a running worker there is nothing in memory to forget, and it says so."""
    from mainstay.core.clock import clock
    from mainstay.moving.lock import stop_everything
    from mainstay.vault import client

    try:
        client.lock(Path(settings.MAINSTAY_VAULT_SOCKET))
        print("Locked. The worker has forgotten its keys; letters wait.")
    except client.NoVault:
        print("No worker runs here, so none holds a key in memory.")
    if arguments.stop:
        stopped = stop_everything(actor=arguments.by, now=clock.now())
        print(
            f"Gifts and renewals of {stopped} newsrooms are stopped. An admin reopens them at the desk, the till."
        )
    return 0
