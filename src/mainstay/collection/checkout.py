"""The first payment, with the reader present, in the web process: no vault, no private key.

The checkout key lives in the reader's cookie and names one checkout: two clicks, a reload, two tabs and a laptop that
was closed all arrive at the same contribution. The country is decided before the first row and before the first call
that could reach a bank; any error on the way there ends without a payment call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from mainstay.contributions.actions import locked, note
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import CardPage, Flow, Outcome, Processor, Source, TokenView
from mainstay.contributions.schedule import months_after
from mainstay.contributions.states import OPEN_ATTEMPT, ContributionState, InstallmentState
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.core.ids import checkout_hash, code_hash, code_of, contribution_id
from mainstay.core.search import Search, given_id
from mainstay.newsrooms.models import CountryRule, Newsroom, ProcessorAccount
from mainstay.newsrooms.policy import Decision, State, decide
from mainstay.processors.registry import adapter_for

from .labels import SOMEWHERE, Draft, Label
from .models import Payment
from .outcome import apply
from .sealed import seal_mail
from .steps import SourceNow, ask_processor, carry_out, open_attempt
from .ways import Way, way_of

__all__ = ["Draft", "Label", "Progress", "Step", "card_page_of", "check_again", "pay", "progress_of"]

UNKNOWN_COUNTRY = "??"
WARNED_MONTHS = 12
LOOK_UP_PAUSE_SECONDS = 3


class Step(StrEnum):
    """Where a checkout stands."""

    NEW = "new"
    CHECKING = "checking"
    PENDING = "pending"
    ACTION = "action"
    DECLINED = "declined"
    PAID = "paid"
    REFUSED = "refused"
    WARNED = "warned"
    BAD_TOKEN = "bad_token"  # noqa: S105 (a step, not a password)
    STOPPED = "stopped"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Progress:
    """The step, and what the page shows with it."""

    step: Step
    contribution: Contribution | None = None
    payment: Payment | None = None
    decline: str = ""
    action_url: str = ""
    country: str = ""
    order: str = ""
    """The remote object that the reader is to approve; it is in no row yet."""
    instructions: Mapping[str, str] = field(default_factory=dict)
    """What a reader who sends the money must know."""
    sends: bool = False
    """Whether the reader sends the money, which takes the time that it takes."""
    signed: bool = False
    """Whether the reader signed a mandate: their bank hears of it within days, and nothing is left to do."""


def card_page_of(newsroom: Newsroom, draft: Draft) -> tuple[ProcessorAccount, CardPage]:
    """The account that takes this gift, and what its page loads. Raises `WrongSettings` when there is none."""
    way = way_of(newsroom, draft)
    return way.account, way.processor.card_page()


def pay(
    newsroom: Newsroom, draft: Draft, checkout_key: str, token: str, return_url: str, now: datetime
) -> Progress:
    """Pays what the draft says, at most once for this checkout key.

    `token` is the card behind the fields or, where the reader approves at the processor, the order that they approved.
    """
    way = may_begin(newsroom, draft, checkout_key, now)
    if isinstance(way, Progress):
        return way
    stopped = country_step(newsroom, way.processor, token, draft.warned)
    if stopped is not None:
        return stopped
    approved = token if way.flow == Flow.APPROVAL else ""
    attempt = open_first(newsroom, way, draft, checkout_key, approved, now)
    if attempt is None:
        return progress_of(newsroom, checkout_key, now)
    carry_out(attempt, way.processor, unless_stopped(token), return_url, now)
    return _with_action(newsroom, checkout_key, way.processor, now)


def may_begin(newsroom: Newsroom, draft: Draft, checkout_key: str, now: datetime) -> Way | Progress:
    """The way that the gift goes, or where the checkout stands when nothing may be begun."""
    before = progress_of(newsroom, checkout_key, now)
    if before.step not in (Step.NEW, Step.DECLINED):
        return before
    if newsroom.gifts_stopped_reason:
        return Progress(Step.STOPPED)
    try:
        return way_of(newsroom, draft)
    except WrongSettings:
        return Progress(Step.STOPPED)


def country_step(newsroom: Newsroom, processor: Processor, token: str, warned: str) -> Progress | None:
    """The country's decision: a page to show instead of paying, or `None` to go on. Makes nothing, reaches no bank.

    An order that was approved and is refused is closed at the processor.
    """
    approval = processor.capabilities.flow == Flow.APPROVAL
    try:
        view = processor.read_approval(token) if approval else processor.read_token(token)
        stopped = _decided(newsroom, view, warned)
        if approval and stopped is not None and stopped.step == Step.REFUSED:
            processor.cancel(token, f"{token}:refused")
    except MainstayError:
        return Progress(Step.TROUBLE)
    return stopped


def _decided(newsroom: Newsroom, view: TokenView | None, warned: str) -> Progress | None:
    if view is None:
        return Progress(Step.BAD_TOKEN)
    home = warned if warned not in (SOMEWHERE, UNKNOWN_COUNTRY) else ""
    decision = decide_for(newsroom, view.country, home)
    shown = decision.country or UNKNOWN_COUNTRY
    if decision.state == State.REFUSE:
        return Progress(Step.REFUSED, country=shown)
    if decision.state == State.WARN and warned != shown:
        return Progress(Step.WARNED, country=shown)
    return None


def decide_for(newsroom: Newsroom, country: str | None, declared: str = "") -> Decision:
    """The newsroom's decision about a card's country, and the one that the reader said their card or home is in."""
    rules = {code: State(state) for code, state in _rules.columns(newsroom=newsroom.pk)}
    return decide(rules, country, strict=newsroom.strict_countries, declared=declared or None)


@Search
def _rules() -> QuerySet[CountryRule, tuple[str, str]]:
    return CountryRule.objects.filter(newsroom=given_id("newsroom")).values_list("country", "state")


def open_first(
    newsroom: Newsroom, way: Way, draft: Draft, checkout_key: str, approved: str, now: datetime
) -> Attempt | None:
    """tx A of a first payment; `None` when nothing may be begun, because another tab or an earlier try has it.

    `approved` is the remote object that the reader approved already, if that is the way.
    """
    contribution = _contribution(newsroom, checkout_key)
    if contribution is not None and not _redraft(contribution, draft, way, approved, now):
        return None
    try:
        with transaction.atomic():
            installment = _first_installment(contribution, newsroom, way, draft, checkout_key, now)
            installment.remote_id = approved or installment.remote_id
            return open_attempt(installment, reader_present=True, now=now)
    except IntegrityError:
        return None


def unless_stopped(token: str) -> SourceNow:
    """What the token stands for, unless the supporter stopped the promise in another tab meanwhile."""
    return lambda row: None if row.state == ContributionState.CANCELLED else Source(token=token)


def _first_installment(
    contribution: Contribution | None,
    newsroom: Newsroom,
    way: Way,
    draft: Draft,
    checkout_key: str,
    now: datetime,
) -> Installment:
    if contribution is None:
        contribution = _write_down(newsroom, way.account, draft, checkout_key, newsroom.today(now))
        return Installment.objects.create(
            contribution=contribution,
            number=1,
            due_date=contribution.started_on,
            amount_minor=contribution.amount_minor,
            currency=contribution.currency,
            state=InstallmentState.DUE,
        )
    return contribution.installments.select_for_update().select_related("contribution").get(number=1)


def _write_down(
    newsroom: Newsroom, account: ProcessorAccount, draft: Draft, checkout_key: str, today: date
) -> Contribution:
    """The first row of a checkout."""
    recurring = draft.frequency != Frequency.ONCE
    ends = last_day_after_warning(today) if draft.warned and recurring else None
    contribution = Contribution.objects.create(
        id=contribution_id(checkout_key),
        newsroom=newsroom,
        account=account,
        frequency=draft.frequency,
        amount_minor=draft.amount.minor,
        currency=draft.amount.currency,
        language=draft.language,
        started_on=today,
        last_due_date=ends,
        label_epoch=draft.label.epoch,
        label_campaign=draft.label.campaign,
        label_variant=draft.label.variant,
        label_section=draft.label.section,
        for_another=draft.for_another,
        code_hash=code_hash(code_of(checkout_key)),
        checkout_hash=checkout_hash(checkout_key),
        mail_sealed=seal_mail(newsroom, draft.mail) if draft.mail else None,
    )
    note(contribution, "created", actor="reader", day=today)
    return contribution


def last_day_after_warning(today: date) -> date:
    """The last day on which a promise renews that was begun, or given another card, after a warning."""
    return months_after(today, WARNED_MONTHS) - timedelta(days=1)


def _redraft(contribution: Contribution, draft: Draft, way: Way, approved: str, now: datetime) -> bool:
    """After a decline the reader may choose otherwise: the old remote object is cancelled before a new one is made.

    Returns whether paying may go on.
    """
    before = (contribution.frequency, contribution.amount, contribution.account_id)
    installment = contribution.installments.get(number=1)
    same = before == (draft.frequency, draft.amount, way.account.pk)
    same = same and approved in ("", installment.remote_id)
    if not same and installment.remote_id:
        fact = adapter_for(contribution.account).cancel(
            installment.remote_id, f"{installment.prepare_key}:cancel"
        )
        last = installment.attempts.order_by("-number").first()
        if fact.outcome == Outcome.SUCCEEDED and last is not None:
            apply(last, fact, now)
            return False
        if fact.outcome != Outcome.CANCELLED:
            return False
    with transaction.atomic():
        row = locked(contribution.pk)
        row.mail_sealed = seal_mail(row.newsroom, draft.mail) if draft.mail else None
        row.frequency, row.amount_minor, row.currency = (
            draft.frequency,
            draft.amount.minor,
            draft.amount.currency,
        )
        row.for_another = draft.for_another
        row.account = way.account
        row.save()
        if not same:
            contribution.installments.filter(number=1).update(
                amount_minor=draft.amount.minor,
                currency=draft.amount.currency,
                remote_id="",
                remote_generation=installment.remote_generation + 1,
            )
    return True


def _contribution(newsroom: Newsroom, checkout_key: str) -> Contribution | None:
    rows = Contribution.objects.select_related("newsroom", "account")
    return rows.filter(newsroom=newsroom, checkout_hash=checkout_hash(checkout_key)).first()


def progress_of(newsroom: Newsroom, checkout_key: str, now: datetime) -> Progress:
    """Where the checkout stands, as our rows have it. Reads only."""
    contribution = _contribution(newsroom, checkout_key)
    if contribution is None:
        return Progress(Step.NEW)
    installment = contribution.installments.get(number=1)
    payment = Payment.objects.filter(installment=installment).first()
    if payment is not None:
        return Progress(Step.PAID, contribution, payment)
    step = _STEPS.get(InstallmentState(installment.state), Step.CHECKING)
    last = installment.attempts.order_by("-number").first()
    return Progress(step, contribution, decline=last.decline_code if last else "")


_STEPS = {
    InstallmentState.RETRYING: Step.DECLINED,
    InstallmentState.SKIPPED: Step.DECLINED,
    InstallmentState.UNCOLLECTIBLE: Step.DECLINED,
    InstallmentState.ACTION_REQUIRED: Step.ACTION,
    InstallmentState.PENDING: Step.PENDING,
    InstallmentState.PAID: Step.PAID,
}


def check_again(newsroom: Newsroom, checkout_key: str, now: datetime) -> Progress:
    """Asks the processor about an open attempt, at most every few seconds, then tells where the checkout stands."""
    progress = progress_of(newsroom, checkout_key, now)
    if progress.step not in (Step.CHECKING, Step.PENDING, Step.ACTION) or progress.contribution is None:
        return progress
    processor = adapter_for(progress.contribution.account)
    if progress.step == Step.CHECKING and not _my_turn(progress.contribution, now):
        return progress
    attempt = _open_attempt_of(progress.contribution)
    if attempt is not None and attempt.state != "created":
        ask_processor(attempt, processor, now)
    return _with_action(newsroom, checkout_key, processor, now)


def _open_attempt_of(contribution: Contribution) -> Attempt | None:
    attempts = Attempt.objects.select_related(
        "installment__contribution__newsroom", "installment__contribution__account"
    )
    return attempts.filter(installment__contribution=contribution, state__in=OPEN_ATTEMPT).first()


def _my_turn(contribution: Contribution, now: datetime) -> bool:
    """One of many waiting pages asks. An attempt that may still be in another request's hands is left to it."""
    pause = timedelta(seconds=LOOK_UP_PAUSE_SECONDS)
    free = contribution.installments.filter(number=1, state=InstallmentState.UNKNOWN)
    return free.exclude(claim_until__gt=now).update(claim_until=now + pause) == 1


def _with_action(newsroom: Newsroom, checkout_key: str, processor: Processor, now: datetime) -> Progress:
    """The progress, with the bank's page when the reader must go there, or with how to send the money."""
    progress = progress_of(newsroom, checkout_key, now)
    flow = processor.capabilities.flow
    progress = replace(progress, sends=flow == Flow.PUSH, signed=flow == Flow.MANDATE)
    if progress.step != Step.ACTION or progress.contribution is None:
        return progress
    remote_id = progress.contribution.installments.get(number=1).remote_id
    fact = processor.look_up(remote_id)
    return replace(progress, action_url=fact.action_url, instructions=fact.instructions)
