"""`mainstay move`: changes the payment company of running promises, in batches, with a way back."""

import argparse
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.moving.move import Fate
    from mainstay.newsrooms.models import ProcessorAccount

HELP = "Move promises from one processor account to another, by letter or by a table of tokens; shows first."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two accounts by id; without --apply it is a rehearsal that changes nothing."""
    parser.add_argument("--from", dest="old", required=True, metavar="ACCOUNT", help="the account to leave")
    parser.add_argument("--to", dest="new", required=True, metavar="ACCOUNT", help="the account to go to")
    parser.add_argument(
        "--tokens", type=Path, help="a table old_method,new_customer,new_method; else by letter"
    )
    parser.add_argument("--batch", type=int, default=100, help="how many promises at most in this run (100)")
    parser.add_argument(
        "--stop-at",
        type=int,
        default=20,
        metavar="PERCENT",
        help="no further batch when more are declined (20)",
    )
    parser.add_argument("--apply", action="store_true", help="do it; without this it is a rehearsal")
    parser.add_argument("--back", action="store_true", help="take back what has not paid at the new account")
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(arguments: argparse.Namespace) -> int:
    """One batch. Exit code 1 when declines at the new account forbid it."""
    from mainstay.core.clock import clock
    from mainstay.moving import move

    old, new, now = _account(arguments.old), _account(arguments.new), clock.now()
    move.check_pair(old, new)
    watch = move.watch(old, new)
    if not arguments.back and watch.is_worse_than(arguments.stop_at):
        raise move.TooManyDeclines(watch)
    counts = Counter(str(fate) for fate in _fates(arguments, old, new, now))
    if arguments.json:
        print(
            json.dumps(
                {"applied": arguments.apply, "declined": watch.declined, "judged": watch.judged, **counts}
            )
        )
        return 0
    print("Done." if arguments.apply or arguments.back else "A rehearsal: nothing was changed.")
    for fate, count in sorted(counts.items()):
        print(f"{fate}: {count}")
    print(f"At the new account so far: {watch.judged} payments ended, {watch.declined} of them declined.")
    return 0


def _account(given: str) -> "ProcessorAccount":
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import ProcessorAccount

    try:
        return ProcessorAccount.objects.select_related("newsroom").get(pk=uuid.UUID(given))
    except (ValueError, ProcessorAccount.DoesNotExist):
        raise WrongSettings("There is no such account. Its id is the one in the secrets file.") from None


def _fates(
    arguments: argparse.Namespace, old: "ProcessorAccount", new: "ProcessorAccount", now: datetime
) -> "Iterator[Fate]":
    from mainstay.cli.asking import keys_root
    from mainstay.moving import move
    from mainstay.sealing.keyring import KeyRing

    most, dry_run = arguments.batch, not arguments.apply
    if arguments.back:
        return move.back(old, new, actor=arguments.by, now=now)
    if arguments.tokens is None:
        return move.ask_by_letter(old, new, most=most, actor=arguments.by, now=now, dry_run=dry_run)
    table, ring = move.read_table(arguments.tokens), KeyRing(keys_root())
    return move.move_by_tokens(old, new, table, ring, most=most, actor=arguments.by, now=now, dry_run=dry_run)
