"""`mainstay shred`: destroys the keys of persons, with two people's consent. The books survive."""

import argparse
from pathlib import Path

from django.conf import settings

HELP = (
    "Destroy the keys of names, addresses and reminders for good. Two people are needed; the books survive."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose keys, who asks, and which of the three steps."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("--by", required=True, help="your pseudonym; the two steps need two")
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--propose", action="store_true", help="the first person's step")
    step.add_argument("--approve", action="store_true", help="the second person's step")


def run(arguments: argparse.Namespace) -> int:
    """Proposes, approves, or destroys what two people agreed on."""
    from mainstay.cli.asking import keys_root, newsroom_named
    from mainstay.core.clock import clock
    from mainstay.moving import shred

    newsroom, now = newsroom_named(arguments.newsroom), clock.now()
    if arguments.propose:
        proposal = shred.propose(newsroom, actor=arguments.by, now=now)
        wait = (
            f" You are the only admin: from {proposal.not_before:%d %B %H:%M} UTC."
            if proposal.not_before
            else ""
        )
        print(f"Proposed. Another admin approves it (--approve, or at the desk).{wait}")
        return 0
    if arguments.approve:
        shred.approve(newsroom, actor=arguments.by, now=now)
        print("Approved. `mainstay shred` without an option does it, within a week.")
        return 0
    _forget_in_memory()
    done = shred.shred(newsroom, keys_root(), hold=settings.MAINSTAY_LEGAL_HOLD, actor=arguments.by, now=now)
    print(f"{done.people_keys} people keys and {done.month_keys} month keys are destroyed.")
    print(f"{done.reminders} reminders are dropped. New gifts are stopped until there is a new people key.")
    print("Burn the paper copies: whoever has the words can still open what is stored here.")
    return 0


def _forget_in_memory() -> None:
    from contextlib import suppress

    from mainstay.vault import client

    with suppress(client.NoVault):
        client.lock(Path(settings.MAINSTAY_VAULT_SOCKET))
