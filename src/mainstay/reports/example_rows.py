"""Rows for the tests of reports and desk: promises and payments made without a processor."""

from datetime import date

from mainstay.collection.models import Payment, Refund
from mainstay.contributions.models import Contribution
from mainstay.core.ids import code_hash, new_code, remote_hash
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

DAY = date(2026, 3, 17)
FIVE_DOLLARS = Money(500, "USD")


def newsroom(slug: str = "far-shore", currency: str = "USD") -> Newsroom:
    """A newsroom with one processor account and no keys."""
    made = Newsroom.objects.create(
        slug=slug,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        currency=currency,
        currencies=["USD", "EUR", "JPY"],
        languages=["en", "ru", "ar"],
        site_url="https://far-shore.example/",
        mail_from="readers@far-shore.example",
        sandbox=True,
    )
    ProcessorAccount.objects.create(
        newsroom=made, processor="sandbox", label="Practice", currencies=["USD", "EUR"]
    )
    return made


def contribution(
    owner: Newsroom,
    frequency: str = "monthly",
    amount: Money = FIVE_DOLLARS,
    state: str = "active",
    started_on: date = DAY,
    ended_on: date | None = None,
    code: str = "",
) -> Contribution:
    """A promise as it stands, without its history."""
    renews = frequency != "once" and state in ("active", "failing")
    return Contribution.objects.create(
        newsroom=owner,
        account=owner.processor_accounts.get(),
        frequency=frequency,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=state,
        language="en",
        started_on=started_on,
        ended_on=ended_on,
        anchor=started_on if renews else None,
        next_due_date=started_on if renews else None,
        code_hash=code_hash(code or new_code()),
    )


def payment(promise: Contribution, day: date = DAY, fee_minor: int | None = 45) -> Payment:
    """A payment of the promise's amount."""
    return Payment.objects.create(
        newsroom=promise.newsroom,
        account=promise.account,
        contribution=promise,
        remote_hash=remote_hash(new_code()),
        remote_sealed=b"sealed",
        gross_minor=promise.amount_minor,
        fee_minor=fee_minor,
        currency=promise.currency,
        frequency=promise.frequency,
        day=day,
    )


def refund(paid: Payment, amount: Money, day: date = DAY, state: str = "succeeded") -> Refund:
    """A refund of a payment; one that succeeded is taken off what is left."""
    if state == "succeeded":
        paid.refunded_minor += amount.minor
        paid.save(update_fields=["refunded_minor"])
    return Refund.objects.create(
        payment=paid,
        request_token=new_code(),
        amount_minor=amount.minor,
        currency=amount.currency,
        state=state,
        requested_by="heron",
        day=day,
    )
