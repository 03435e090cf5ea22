"""The checkout cookie: the key that names one checkout, and the draft, on the reader's own device for 24 hours.

It is encrypted (`site.lent`), so that nobody reads it or puts words into it, and scoped to the newsroom's support
pages, so that all tabs share it. `SameSite=Lax` lets it come back with a reader who returns from their bank.
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mainstay.collection.checkout import Draft, Label
from mainstay.core.ids import digest, new_checkout_key
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom
from mainstay.site.lent import lend, take_back

NAME = "checkout"
LIFE_SECONDS = 24 * 3600
PURPOSE = "mainstay.checkout"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the cookie holds. `token` and `warned_of` live only between a warning and the reader's answer to it.

    `warned_of` is the country that the warning is about: of the card behind `token`, or, without a token, of what the
    reader said. With `ties` it is not the reader's own card or home, and is forgotten with the answer. `order` is what
    they were sent to approve at a processor, and `approved` whether they came back with its approval.
    """

    key: str
    draft: Draft
    token: str = ""
    warned_of: str = ""
    ties: bool = False
    order: str = ""
    approved: bool = False

    @property
    def mark(self) -> str:
        """Tells one choice from another: a page that was drawn for an older choice is noticed by it."""
        draft, amount = self.draft, self.draft.amount
        chosen = f"{self.key}:{draft.frequency}:{amount.minor}:{amount.currency}:{draft.way}"
        return digest(chosen, "draft")[:16]

    def with_draft(self, **changes: str) -> "Checkout":
        """The same checkout with another draft; nothing of a warning is kept, and an order only if it still fits."""
        other = Checkout(self.key, replace(self.draft, **changes))  # type: ignore[arg-type]
        return replace(other, order=self.order, approved=self.approved) if other.mark == self.mark else other


def begin(draft: Draft) -> Checkout:
    """A new checkout."""
    return Checkout(new_checkout_key(), draft)


def read(request: HttpRequest, newsroom: Newsroom) -> Checkout | None:
    """The reader's checkout at this newsroom; `None` without a cookie, after 24 hours, or when it was changed."""
    kept = take_back(request.COOKIES.get(NAME, ""), _purpose(newsroom), LIFE_SECONDS)
    if kept is None:
        return None
    frequency, minor, currency, language, label, mail = kept["draft"]
    draft = Draft(
        frequency,
        Money(minor, currency),
        language,
        Label.read(label),
        mail,
        kept["warned"],
        bool(kept.get("for_another")),
        kept.get("way", ""),
    )
    return Checkout(
        kept["key"],
        draft,
        kept["token"],
        kept["warned_of"],
        bool(kept.get("ties")),
        kept.get("order", ""),
        bool(kept.get("approved")),
    )


def write(response: HttpResponse, newsroom: Newsroom, checkout: Checkout) -> None:
    """Puts the checkout on the reader's device for 24 hours from now."""
    draft = checkout.draft
    kept = {
        "key": checkout.key,
        "draft": [
            draft.frequency,
            draft.amount.minor,
            draft.amount.currency,
            draft.language,
            draft.label.written,
            draft.mail,
        ],
        "warned": draft.warned,
        "for_another": draft.for_another,
        "token": checkout.token,
        "warned_of": checkout.warned_of,
        "ties": checkout.ties,
        "way": draft.way,
        "order": checkout.order,
        "approved": checkout.approved,
    }
    response.set_cookie(
        NAME,
        lend(kept, _purpose(newsroom)),
        max_age=LIFE_SECONDS,
        path=_path(newsroom),
        httponly=True,
        samesite="Lax",
        secure=settings.CSRF_COOKIE_SECURE,
    )


def drop(response: HttpResponse, newsroom: Newsroom) -> None:
    """Takes the checkout off the device."""
    response.delete_cookie(NAME, path=_path(newsroom), samesite="Lax")


def _path(newsroom: Newsroom) -> str:
    return f"/support/{newsroom.slug}/"


def _purpose(newsroom: Newsroom) -> str:
    return f"{PURPOSE}:{newsroom.pk}"
