"""Money on its way from a processor to the newsroom's bank: one row for each payout, and its transfers."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mainstay.contributions.port import Outcome, PayoutFact, PayoutStage
from mainstay.core.ids import remote_hash
from mainstay.ledger.events import Books
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.sealing.keyring import KeyRing

from .models import Payout
from .news import Told
from .sealed import open_remote, seal_remote

LARGEST_LOOK_UP = 200


def apply_payout(account: ProcessorAccount, fact: PayoutFact, now: datetime) -> Told:
    """Writes down and books what is true about a payout, in one commit. Applying it twice changes nothing."""
    if fact.outcome == Outcome.NOT_FOUND:
        return Told.NOT_OURS
    if fact.outcome != Outcome.SUCCEEDED or fact.amount is None:
        return Told.LATER
    today = account.newsroom.today(now)
    hashed = remote_hash(fact.remote_id)
    with transaction.atomic():
        row, _new = Payout.objects.select_for_update().get_or_create(
            account=account,
            remote_hash=hashed,
            defaults={
                "remote_sealed": seal_remote(account.newsroom, fact.remote_id, ""),
                "stage": PayoutStage.SENT,
                "amount_minor": fact.amount.minor,
                "currency": fact.amount.currency,
                "day": today,
            },
        )
        _book(row, fact.stage, Books(account.newsroom, account.pk, today))
        row.stage = fact.stage
        row.save(update_fields=["stage"])
    return Told.DONE


def _book(row: Payout, stage: PayoutStage, books: Books) -> None:
    """Each step once. A payout may be heard of for the first time when it is over."""
    books.payout_sent(row.remote_hash, row.amount)
    if stage == PayoutStage.ARRIVED:
        books.payout_arrived(row.remote_hash, row.amount)
    elif stage == PayoutStage.FAILED and row.stage != PayoutStage.FAILED:
        books.payout_failed(row.remote_hash, row.amount)


def on_their_way(account: ProcessorAccount, ring: KeyRing) -> Iterable[str]:
    """The processor's ids of payouts that have not arrived, the oldest first."""
    rows = Payout.objects.filter(account=account, stage=PayoutStage.SENT).order_by("day")
    for row in rows[:LARGEST_LOOK_UP]:
        yield open_remote(ring, account.newsroom, bytes(row.remote_sealed))["remote_id"]
