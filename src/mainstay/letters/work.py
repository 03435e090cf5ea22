"""The worker's part: letters go out while the people key is unlocked, and wait while it is not.

A try is counted before it is made, so that no letter can be tried for ever. A crash between sending and the
commit that follows sends a letter a second time, with the same Message-ID: mail has no way to do this exactly
once, and a receipt twice is better than none.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from operator import itemgetter

from django.db.models import QuerySet

from mainstay.core.search import Search, given_id
from mainstay.jobs.claims import claim, due
from mainstay.jobs.work import DueWork
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.searching import all_newsrooms
from mainstay.sealing.boxes import CannotOpen, open_sealed
from mainstay.sealing.keyring import KeyRing

from .compose import compose
from .models import Letter
from .send import AddressRefused, MailServerTrouble, send
from .tries import MOST_TRIES, next_try


def due_work(ring: KeyRing) -> list[DueWork]:
    """The letters that wait to go."""
    return [DueWork("letters", partial(_find, ring), partial(_deliver, ring))]


def unlocked(ring: KeyRing) -> list[Newsroom]:
    """The newsrooms whose people key this worker holds."""
    return [newsroom for newsroom in all_newsrooms() if ring.people_key(newsroom.slug)]


def _find(ring: KeyRing, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    newsrooms = unlocked(ring)
    found = [row for one in newsrooms for row in _due.columns(limit, newsroom=one.pk, now=now)]
    return [pk for pk, _since in sorted(found, key=itemgetter(1))[:limit]]


@Search
def _due() -> QuerySet[Letter, tuple[uuid.UUID, datetime]]:
    waiting = Letter.objects.filter(state=Letter.State.WAITING, newsroom=given_id("newsroom"))
    return due(waiting).values_list("pk", "next_action_at")


def _deliver(ring: KeyRing, pk: uuid.UUID, now: datetime) -> None:
    token = claim(Letter, pk, now)
    if token is None:
        return
    ours = Letter.objects.filter(pk=pk, claim_token=token, state=Letter.State.WAITING)
    letter = ours.select_related("newsroom").first()
    key = ring.people_key(letter.newsroom.slug) if letter else None
    if letter is None or key is None:
        return
    letter.tries += 1
    ours.update(tries=letter.tries, next_action_at=next_try(letter.tries, now))
    try:
        _hand_over(letter, key)
    except MailServerTrouble:
        _try_later(ours, letter)
    except (AddressRefused, CannotOpen):
        _finish(ours, Letter.State.FAILED, letter.day)
    else:
        _finish(ours, Letter.State.SENT, letter.newsroom.today(now))


def _hand_over(letter: Letter, key: bytes) -> None:
    """What is sealed beside the address (the secret of a sign-in link) is read into the letter's words."""
    sealed = open_sealed(key, letter.newsroom_id, bytes(letter.recipient_sealed or b""))
    mail = sealed.pop("mail")
    composed = compose(letter.kind, letter.newsroom, {**letter.payload, **sealed}, letter.language)
    send(composed, newsroom=letter.newsroom, mail=mail, letter_id=letter.pk)


def _try_later(ours: "QuerySet[Letter]", letter: Letter) -> None:
    if letter.tries >= MOST_TRIES:
        _finish(ours, Letter.State.FAILED, letter.day)
    else:
        ours.update(claim_token="", claim_until=None)


def _finish(ours: "QuerySet[Letter]", state: Letter.State, day: date) -> None:
    """One update, right after the mail server's answer: the letter is done, its address and words are gone."""
    ours.update(
        state=state,
        day=day,
        recipient_sealed=None,
        payload={},
        next_action_at=None,
        claim_token="",
        claim_until=None,
    )
