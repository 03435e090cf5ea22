"""`mainstay designate`: the day on which a country makes support a crime. Stops every promise that comes from there."""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

HELP = "Refuse a country from now on, and stop every promise whose card comes from there."
BAR_WIDTH = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The newsroom and the country; a dry run counts and changes nothing."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("country", help="two letters, such as RU")
    parser.add_argument("--reason", default="", help="a few words for colleagues, kept with the rule")
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")
    parser.add_argument("--dry-run", action="store_true", help="count only; change nothing")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON, without a bar")


def run(arguments: argparse.Namespace) -> int:
    """Sets the rule, stops the promises, prints counts. Starting again after an interruption goes on."""
    from mainstay.collection.designation import first_payments_open
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings

    from .country import country_code, newsroom_named

    newsroom, country = newsroom_named(arguments.newsroom), country_code(arguments.country)
    if not settings.MAINSTAY_KEYS:
        raise WrongSettings(
            "MAINSTAY_KEYS is missing: the cards' countries are sealed to the collection key."
        )
    now = clock.now()
    if not arguments.dry_run:
        _refuse(newsroom, country, arguments.reason, arguments.by, now)
    counts = _stop_all(arguments, newsroom, country, now)
    if not arguments.dry_run:
        _record(newsroom, country, counts, arguments.by, now)
    _tell(counts, first_payments_open(newsroom), arguments)
    return 1 if counts["unreadable"] else 0


def _refuse(newsroom: "Newsroom", country: str, reason: str, actor: str, now: datetime) -> None:
    from mainstay.newsrooms.countries import rules_of, set_rule
    from mainstay.newsrooms.policy import REFUSED

    if rules_of(newsroom).get(country) != REFUSED:
        set_rule(newsroom, country, REFUSED, reason=reason, actor=actor, now=now)


def _stop_all(
    arguments: argparse.Namespace, newsroom: "Newsroom", country: str, now: datetime
) -> Counter[str]:
    from mainstay.collection.designation import designate, with_cards
    from mainstay.sealing.keyring import KeyRing

    ring, total = KeyRing(Path(settings.MAINSTAY_KEYS)), len(with_cards(newsroom))
    counts: Counter[str] = Counter()
    for so_far in designate(newsroom, country, ring, actor=arguments.by, now=now, dry_run=arguments.dry_run):
        counts = Counter({fate.value: count for fate, count in so_far.items()})
        _show_bar(counts.total(), total, arguments.json)
    return counts


def _show_bar(done: int, total: int, quiet: bool) -> None:
    """On a terminal, a bar that is drawn anew at each hundredth."""
    if quiet or not sys.stderr.isatty() or (done % max(total // 100, 1) and done != total):
        return
    full = BAR_WIDTH * done // max(total, 1)
    ending = "\n" if done >= total else ""
    print(f"\r[{'#' * full}{'.' * (BAR_WIDTH - full)}] {done} of {total}", end=ending, file=sys.stderr)


def _record(newsroom: "Newsroom", country: str, counts: Counter[str], actor: str, now: datetime) -> None:
    from mainstay.audit.log import record

    record(
        "country.designated",
        actor=actor,
        day=newsroom.today(now),
        newsroom_id=newsroom.pk,
        subject=country,
        detail={"stopped": counts["stopped"], "kept": counts["kept"], "unreadable": counts["unreadable"]},
    )


def _tell(counts: Counter[str], still_open: int, arguments: argparse.Namespace) -> None:
    if arguments.json:
        fates = {name: counts[name] for name in ("stopped", "kept", "unreadable")}
        print(json.dumps({**fates, "first_payments_open": still_open}))
        return
    verb = "would be stopped" if arguments.dry_run else "stopped"
    print(f"Promises {verb}: {counts['stopped']}. Untouched: {counts['kept']}.")
    if counts["unreadable"]:
        print(
            f"{counts['unreadable']} could not be opened with this collection key; they can't be charged either."
        )
    if still_open:
        print(
            f"First payments that wait for a bank's answer: {still_open}. The country of their cards is known when it"
            " comes. Start this command again in an hour, to stop the promises among them that come from there."
        )
    if not arguments.dry_run:
        print(
            "The worker now asks the payment company to forget their cards. Reminders by mail carry no country."
        )
