"""`mainstay reconcile`: compares the books with the processors' own now. Needs the worker's keys and secrets."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from mainstay.collection.models import AccountCheck

HELP = "Compare the books with each processor's own and book what is missing; never charges."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All accounts or one; from where the last comparison ended or from the beginning."""
    parser.add_argument("--account", default="", help="one account, by its id (as in the secrets file)")
    parser.add_argument("--from-the-beginning", action="store_true", help="read all lines again")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when an account could not be compared or differences are open."""
    from mainstay.collection.models import AccountCheck
    from mainstay.collection.reconcile import ask_for_check, reconcile
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import ProcessorAccount
    from mainstay.sealing.keyring import KeyRing

    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: comparing needs the folder of key files.")
    accounts = ProcessorAccount.objects.select_related("newsroom")
    if arguments.account:
        accounts = accounts.filter(pk__in=_ids(arguments.account))
    if not accounts.exists():
        raise WrongSettings("There is no such account.")
    ring = KeyRing(Path(settings.MAINSTAY_KEYS))
    for account in accounts:
        now = clock.now()
        ask_for_check(account, now, from_the_beginning=arguments.from_the_beginning)
        reconcile(account.pk, ring, now)
    checks = AccountCheck.objects.filter(account__in=accounts).select_related("account__newsroom")
    results = [_plain(check) for check in checks.order_by("account__newsroom__slug", "account__label")]
    print(json.dumps(results, indent=2) if arguments.json else "\n".join(_sentence(one) for one in results))
    return 1 if any(one["problem"] or one["differences"] for one in results) else 0


def _ids(given: str) -> list[str]:
    import uuid

    from mainstay.core.errors import WrongSettings

    try:
        return [str(uuid.UUID(given))]
    except ValueError:
        raise WrongSettings("An account's id is the one in the secrets file.") from None


def _plain(check: "AccountCheck") -> dict[str, object]:
    from mainstay.collection.reconcile import open_differences

    return {
        "newsroom": check.account.newsroom.slug,
        "account": str(check.account_id),
        "label": check.account.label,
        "problem": check.problem,
        "lines_read": check.lines_read,
        "payments_booked": check.payments_booked,
        "promises_rebuilt": check.promises_rebuilt,
        "differences": open_differences(check.account),
    }


def _sentence(one: dict[str, object]) -> str:
    if one["problem"]:
        return f"{one['newsroom']}, {one['label']}: not compared. {one['problem']}"
    return (
        f"{one['newsroom']}, {one['label']}: {one['lines_read']} lines read, {one['payments_booked']} payments booked,"
        f" {one['promises_rebuilt']} promises rebuilt, {one['differences']} differences"
    )
