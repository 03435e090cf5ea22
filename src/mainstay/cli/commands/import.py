"""`mainstay import`: takes over promises that were made elsewhere; shows first what it would do."""

import argparse
import json
import sys
import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.moving.imports.batch import Ready, Undone
    from mainstay.newsrooms.models import ProcessorAccount

HELP = (
    "Take over promises from another tool's file or from a payment company's own subscriptions, or undo that."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`csv` and a file, a processor's name, or `undo` and an import's id. Without --apply nothing is written."""
    parser.add_argument(
        "what", help="csv, undo, or the name of a processor whose subscriptions are taken over"
    )
    parser.add_argument("file", nargs="?", default="", help="the file (csv), or the import's id (undo)")
    parser.add_argument("--account", default="", help="the account that shall collect, by its id")
    parser.add_argument(
        "--from", dest="tool", default="generic", help="the tool that wrote the file (generic)"
    )
    parser.add_argument("--apply", action="store_true", help="do it; without this it is only shown")
    parser.add_argument(
        "--stopped-there",
        action="store_true",
        help="the other tool charges nobody any more: use the cards that the file names",
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when lines were refused or are unclear; the others are taken over all the same."""
    if arguments.what == "undo":
        return _undo(arguments)
    account = _account(arguments.account)
    return _file(arguments, account) if arguments.what == "csv" else _running(arguments, account)


def _account(given: str) -> "ProcessorAccount":
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import ProcessorAccount

    try:
        return ProcessorAccount.objects.select_related("newsroom").get(pk=uuid.UUID(given), active=True)
    except (ValueError, ProcessorAccount.DoesNotExist):
        raise WrongSettings(
            "--account names the account that shall collect, by the id in the secrets file."
        ) from None


def _file(arguments: argparse.Namespace, account: "ProcessorAccount") -> int:
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.moving.imports import batch
    from mainstay.moving.imports.lines import Line, read_file
    from mainstay.moving.imports.tools import TOOLS

    tool = TOOLS.get(arguments.tool)
    if tool is None:
        raise WrongSettings(f"--from is one of: {', '.join(sorted(TOOLS))}.")
    now = clock.now()
    lines = read_file(Path(arguments.file), tool, account.newsroom.currency, account.newsroom.today(now))
    looked = list(batch.look_over(account, tool.name, lines, with_cards=arguments.stopped_there))
    ready = [one for one in looked if not isinstance(one, Line)]
    refused = [(f"line {one.number}", one.why_not) for one in looked if isinstance(one, Line)]
    done = ""
    if arguments.apply and ready:
        done = str(_take_all(account, tool.name, ready, arguments.by, now))
    cards = sum(one.method is not None for one in ready)
    _report(arguments, len(ready), refused, cards=cards, undo=done)
    return 1 if refused else 0


def _take_all(
    account: "ProcessorAccount", source: str, ready: "list[Ready]", actor: str, now: datetime
) -> uuid.UUID:
    """Says the import's id before the first line, so that it can be undone when this breaks off."""
    from mainstay.cli.asking import show_progress
    from mainstay.moving.imports import batch

    begun = batch.begin(account, source, actor=actor, day=account.newsroom.today(now))
    print(f"This import is {begun.pk}.", file=sys.stderr)
    for number, one in enumerate(ready, 1):
        batch.take_over(begun, one, now)
        show_progress(number, len(ready))
    return begun.pk


def _running(arguments: argparse.Namespace, account: "ProcessorAccount") -> int:
    from mainstay.cli.asking import keys_root
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.moving.imports.running import Fate, preview, take_over
    from mainstay.processors.takeover import takeover_for, takeovers
    from mainstay.sealing.keyring import KeyRing

    if arguments.what not in takeovers() or arguments.what != account.processor:
        raise WrongSettings(
            f"This is csv, undo, or the account's own processor, one of: {', '.join(takeovers())}."
        )
    takeover, now = takeover_for(account), clock.now()
    before = set(account.imports.values_list("pk", flat=True))
    if arguments.apply:
        results = list(take_over(account, takeover, KeyRing(keys_root()), actor=arguments.by, now=now))
    else:
        results = list(preview(account, takeover, now))
    new = set(account.imports.values_list("pk", flat=True)) - before
    good = [one for one in results if one.fate in (Fate.TAKEN, Fate.WOULD)]
    others = [(one.remote_id, one.why_not) for one in results if one not in good]
    _report(arguments, len(good), others, cards=len(good), undo=str(new.pop()) if new else "")
    return 1 if others else 0


def _undo(arguments: argparse.Namespace) -> int:
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings

    try:
        batch_id = uuid.UUID(arguments.file)
    except ValueError:
        raise WrongSettings("An import's id is the one that the import printed.") from None
    done = _undone(batch_id, arguments.by, clock.now())
    print(f"Taken out again: {done.taken_out}. Kept, because something has happened to them: {done.kept}.")
    return 1 if done.kept else 0


def _undone(batch_id: uuid.UUID, actor: str, now: datetime) -> "Undone":
    from mainstay.cli.asking import keys_root
    from mainstay.moving.imports import batch, running
    from mainstay.processors.takeover import takeover_for
    from mainstay.sealing.keyring import KeyRing

    chosen = batch.undoable(batch_id)
    if chosen.source != chosen.account.processor:
        return batch.undo(batch_id, actor=actor, now=now)
    ring = KeyRing(keys_root())
    return running.undo(batch_id, takeover_for(chosen.account), ring, actor=actor, now=now)


def _report(
    arguments: argparse.Namespace,
    good: int,
    refused: Iterable[tuple[str, str]],
    *,
    cards: int,
    undo: str = "",
) -> None:
    if arguments.json:
        print(json.dumps({"applied": arguments.apply, "good": good, "refused": dict(refused), "id": undo}))
        return
    for which, why_not in refused:
        print(f"{which}: {why_not}")
    verb = "Taken over" if arguments.apply else "Would be taken over"
    print(f"{verb}: {good}, of which {cards} with a card. The others wait until their supporters give one.")
    if undo:
        print(f"To undo it: mainstay import undo {undo}")
