"""A reader signs a mandate: the country first, then the promise, then the account's number, sealed, with "sent".

Where the country is refused or warned about nothing is kept of what was typed, here or on the reader's device: after
a warning the number is typed again.
"""

from datetime import date, datetime

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow, Method, Source
from mainstay.contributions.states import ContributionState
from mainstay.core.ids import new_id
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.processors.debit.holder import Holder
from mainstay.sealing.boxes import open_sealed, seal

from .checkout import Progress, Step, country_step, may_begin, open_first, progress_of
from .debit_models import Mandate
from .labels import Draft
from .sealed import seal_method
from .steps import SourceNow, carry_out


def sign(newsroom: Newsroom, draft: Draft, checkout_key: str, holder: Holder, now: datetime) -> Progress:
    """Writes the promise and its mandate down; `Step.PENDING` when that is done. No bank hears of it here.

    `Step.BAD_TOKEN` says that an account of this country can't be debited; nothing is kept then.
    """
    way = may_begin(newsroom, draft, checkout_key, now)
    if isinstance(way, Progress):
        return way
    if way.flow != Flow.MANDATE:
        return Progress(Step.TROUBLE)
    stopped = country_step(newsroom, way.processor, holder.country, draft.warned)
    if stopped is not None:
        return stopped
    if not holder.is_reached:
        return Progress(Step.BAD_TOKEN)
    attempt = open_first(newsroom, way, draft, checkout_key, "", now)
    if attempt is not None:
        carry_out(attempt, way.processor, _signed(holder, newsroom.today(now)), "", now)
    return progress_of(newsroom, checkout_key, now)


def _signed(holder: Holder, today: date) -> SourceNow:
    """Keeps the mandate in the commit that marks the attempt as sent, unless the promise was stopped meanwhile."""

    def source(row: Contribution) -> Source | None:
        if row.state == ContributionState.CANCELLED:
            return None
        signed = {
            "reference": f"M{new_id().hex[:19].upper()}",
            "signed_on": today,
            "holder_sealed": seal_holder(row.newsroom, holder),
        }
        mandate, _new = Mandate.objects.update_or_create(contribution=row, defaults=signed)
        method = Method(customer="", method=mandate.reference, country=holder.country)
        row.method_sealed = seal_method(row.newsroom, method)
        row.save(update_fields=["method_sealed"])
        return Source(token=holder.country)

    return source


def seal_holder(newsroom: Newsroom, holder: Holder) -> bytes:
    """The account's owner and number, sealed to the people key."""
    key = sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE)
    return seal(key, {"name": holder.name, "iban": holder.iban})


def open_holder(people_key: bytes, mandate: Mandate, newsroom: Newsroom) -> Holder:
    """The account behind a mandate. Only where the people key is. Raises `CannotOpen`."""
    value = open_sealed(people_key, newsroom.pk, bytes(mandate.holder_sealed))
    return Holder(value["name"], value["iban"])
