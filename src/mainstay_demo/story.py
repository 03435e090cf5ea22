"""The story's state: what was there when it began, and what has been seen to happen since.

Steps tick themselves: nothing here is told that a step was done, it looks. What it saw is kept, because the company
keeps only its last 500 calls, and a reminder's row is gone when its letter has left.
"""

import json
from dataclasses import asdict, dataclass, field

from django.db.models import QuerySet

from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom, newsroom_by_slug
from mainstay.supporters.models import Reminder

from . import mailbox, outage, seizing, watching
from .places import NEWSROOM, Place, write_private
from .wishes import ON, last_outage

SHOWN_CALLS = 12
SHOWN_BYTES = 40


@dataclass
class Story:
    """`known` and `known_reminders` are the rows that were there at the beginning."""

    first_call: int = 0
    first_letter: int = 0
    known: list[str] = field(default_factory=list)
    known_reminders: list[str] = field(default_factory=list)
    gift: str = ""
    gift_calls: list[str] = field(default_factory=list)
    paid: bool = False
    reminder: str = ""
    reminder_due: str = ""
    reminder_sealed: str = ""
    letter: int = 0
    refusal_calls: list[str] = field(default_factory=list)
    refusal_rows: int = 0
    refusal_used: bool = False
    outage: str = ""
    checked_before: str = ""
    comparing: bool = False
    differences: int | None = None


def begin_again(place: Place) -> Story:
    """What is there now is the beginning."""
    newsroom = newsroom_by_slug(NEWSROOM)
    story = Story(
        first_call=watching.last_call_number(place.company_file),
        first_letter=max(mailbox.numbers(place.state / "mailbox"), default=0),
        known=[str(pk) for pk in newsroom.contributions.values_list("pk", flat=True)],
        known_reminders=[str(pk) for pk in newsroom.reminders.values_list("pk", flat=True)],
    )
    _keep(place, story)
    seizing.forget(place)
    return story


def pull_the_plug(place: Place) -> bool:
    """Begins step 4. False when it can't be begun just now."""
    story = look(place)
    reference = outage.begin(place)
    if reference:
        story.outage, story.comparing, story.differences = reference, False, None
        _keep(place, story)
    return bool(reference)


def look(place: Place) -> Story:
    """The story as it stands now; what is new is kept."""
    path = place.state / "story.json"
    if not path.exists():
        return begin_again(place)
    kept = json.loads(path.read_text(encoding="utf-8"))
    story = Story(**{name: value for name, value in kept.items() if name in Story.__dataclass_fields__})
    before = asdict(story)
    newsroom = newsroom_by_slug(NEWSROOM)
    _look_for_gift(story, newsroom, place)
    _look_for_reminder(story, newsroom, place)
    _look_for_refusal(story, newsroom, place)
    _look_for_outage(story, place)
    if asdict(story) != before:
        _keep(place, story)
    return story


def gift_of(story: Story) -> Contribution | None:
    """The contribution of step 1 as the database has it now."""
    return Contribution.objects.filter(pk=story.gift).first() if story.gift else None


def reminder_of(story: Story) -> Reminder | None:
    """The stored reminder of step 2, while it is there."""
    return Reminder.objects.filter(pk=story.reminder).first() if story.reminder else None


def shortened(sealed: bytes | memoryview | None) -> str:
    """The first of the stored bytes, as they lie there, and how many there are."""
    if not sealed:
        return ""
    stored = bytes(sealed)
    shown = stored[:SHOWN_BYTES].hex(" ", 4)
    return f"{shown} … ({len(stored)})"


def _look_for_gift(story: Story, newsroom: Newsroom, place: Place) -> None:
    """The first contribution made since; once it is paid, the company's calls so far are kept."""
    if story.paid:
        return
    new = _new_by_card(story, newsroom)
    paid = Payment.objects.filter(contribution__in=new).order_by("day").first()
    found = paid.contribution if paid else new.first()
    story.gift, story.paid = (str(found.pk) if found else ""), paid is not None
    story.gift_calls = _about_gift(story, place) if found else []


def _look_for_reminder(story: Story, newsroom: Newsroom, place: Place) -> None:
    """A reminder stored since, and the letter that was sent from its row: both carry the row's id.

    One is watched until its letter has come. Another takes its place only when its row went away without one.
    """
    if story.letter:
        return
    waiting = newsroom.reminders.exclude(pk__in=story.known_reminders)
    is_there = bool(story.reminder) and waiting.filter(pk=story.reminder).exists()
    for letter in mailbox.newest(place.state / "mailbox", after=story.first_letter):
        named = {name.lower() for name, _value in letter.headers}
        if letter.id_of_row == story.reminder or (not story.reminder and "list-unsubscribe" in named):
            story.letter = letter.number
    another = waiting.first()
    if not story.letter and not is_there and another is not None:
        story.reminder, story.reminder_due = str(another.pk), another.due_date.isoformat()
        story.reminder_sealed = shortened(another.sealed)


def _look_for_refusal(story: Story, newsroom: Newsroom, place: Place) -> None:
    """The newest card of a refused country: the calls about its token alone, and whether it was ever used."""
    refused = [rule.country for rule in newsroom.country_rules.filter(state="refuse")]
    used = watching.tokens_of(place.company_file, refused)
    calls = watching.calls_since(place.company_file, story.first_call)
    tokens = [call.path.removeprefix("/v1/tokens/") for call in calls if call.method == "GET"]
    for token in [token for token in tokens if token in used][-1:]:
        story.refusal_calls = [call.what for call in watching.about_token(calls, token)][:SHOWN_CALLS]
        story.refusal_used = used[token]
        story.refusal_rows = _rows_unknown_to_the_company(story, newsroom, place)


def _look_for_outage(story: Story, place: Place) -> None:
    """Once the interrupted payment is booked, the books are compared with the company's own, and the result is kept."""
    if not story.outage or story.differences is not None:
        return
    if story.comparing:
        if outage.last_check() != story.checked_before:
            story.differences = outage.differences()
    elif last_outage(place).stage == ON and outage.look_at(place, story.outage, story.first_letter).payments:
        story.checked_before, story.comparing = outage.last_check(), True
        outage.ask_for_comparison()


def _about_gift(story: Story, place: Place) -> list[str]:
    """What the company received about this gift: its card, and its payments. Other readers' renewals run meanwhile."""
    calls = watching.calls_since(place.company_file, story.first_call)
    asked = [call.path.removeprefix("/v1/tokens/") for call in calls if call.path.startswith("/v1/tokens/")]
    card = watching.about_token(calls, asked[-1]) if asked else []
    payments = watching.about_payments(calls, watching.intents_of(place.company_file, story.gift))
    return [call.what for call in [*card, *payments]][:SHOWN_CALLS]


def _rows_unknown_to_the_company(story: Story, newsroom: Newsroom, place: Place) -> int:
    """New contributions for which the company was never told of a payment: what a refused card would have left."""
    told = {reference.partition(":")[0] for reference in watching.references(place.company_file)}
    return sum(str(pk) not in told for pk in _new_by_card(story, newsroom).values_list("pk", flat=True))


def _new_by_card(story: Story, newsroom: Newsroom) -> QuerySet[Contribution]:
    """What was begun since at the payment company; it never hears of bank transfers."""
    return newsroom.contributions.filter(account__processor="sandbox").exclude(pk__in=story.known)


def _keep(place: Place, story: Story) -> None:
    unfinished = place.state / "story.part"
    write_private(unfinished, json.dumps(asdict(story)))
    unfinished.rename(place.state / "story.json")


def steps_done(story: Story, place: Place) -> dict[str, bool]:
    """Which steps are done."""
    seized = seizing.last_seizure(place)
    return {
        "gift": story.paid,
        "reminder": bool(story.letter) and reminder_of(story) is None,
        "refusal": bool(story.refusal_calls),
        "outage": _healed(story, place),
        "seizure": seized is not None and seized.done,
    }


def _healed(story: Story, place: Place) -> bool:
    """One charge, one payment, one receipt, no difference: anything else is not ticked."""
    if story.differences != 0:
        return False
    seen = outage.look_at(place, story.outage, story.first_letter)
    return (seen.charges, seen.payments, seen.receipts) == (1, 1, 1)
