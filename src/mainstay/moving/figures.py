"""What must be equal on both sides of a move: the books to the cent, the number of rows, the head of the log."""

from typing import Any

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Sum

from mainstay.audit import verify
from mainstay.ledger.models import LedgerAccount, Transfer

from .rows import BadDump, tables


def books() -> list[list[Any]]:
    """For each ledger account: newsroom, account, currency, what came in and what went out, in minor units."""
    came = _sums("to_account_id")
    went = _sums("from_account_id")
    rows = LedgerAccount.objects.values_list("pk", "newsroom__slug", "code", "currency")
    return sorted(
        [slug, code, currency, came.get(pk, 0), went.get(pk, 0)] for pk, slug, code, currency in rows
    )


def _sums(side: str) -> dict[Any, int]:
    rows = Transfer.objects.order_by().values_list(side).annotate(total=Sum("amount_minor"))
    return {pk: int(total) for pk, total in rows}


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model._default_manager.count() for model in tables()}


def version() -> list[str]:
    """The migrations of our rooms that this database went through."""
    applied = MigrationRecorder.Migration.objects.filter(
        app__in={model._meta.app_label for model in tables()}
    )
    return sorted(f"{app}.{name}" for app, name in applied.values_list("app", "name"))


def all_figures() -> dict[str, Any]:
    """All three."""
    return {"books": books(), "counts": counts(), "head": str(verify.head()), "version": version()}


def compare(told: dict[str, Any]) -> None:
    """Raises `BadDump` unless this database has exactly the figures that were `told`, and a whole log."""
    here = all_figures()
    for name in ("counts", "books", "head"):
        if here[name] != told[name]:
            raise BadDump(f"its {name} are not what they were when it was made")
    difference = verify.first_difference()
    if difference:
        raise BadDump(f"its log was changed ({difference})")
