"""Founding a newsroom: its row, its keys, the public halves, and the first member of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from mainstay.core.errors import MainstayError
from mainstay.sealing.keyfiles import KeyFolder

from .keys import publish
from .live import close_until_ready
from .models import Newsroom, PublicKey, Role, Staff

MONTH_KEYS_AHEAD = 14


class NewsroomThere(MainstayError):
    """A newsroom with this short name was founded before."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"There is a newsroom {slug!r} already, and nothing was changed. It is changed at its desk; "
            "for a second one choose another short name."
        )


@dataclass(frozen=True)
class Founding:
    """What must be known to found a newsroom. `statement_name` is what bank statements will show."""

    slug: str
    name: str
    legal_name: str
    statement_name: str
    site_url: str
    mail_from: str
    time_zone: str = "UTC"
    language: str = "en"
    languages: Sequence[str] = ("en",)
    currency: str = "USD"
    currencies: Sequence[str] = ("USD", "EUR", "GBP", "JPY", "KWD")
    sandbox: bool = False


def expect_free(slug: str) -> None:
    """Raises `NewsroomThere` when the short name is taken: before anybody is asked for a passphrase."""
    if Newsroom.objects.filter(slug=slug).exists():
        raise NewsroomThere(slug)


def found_newsroom(founding: Founding, *, keys_root: Path, passphrase: str, today: date) -> Newsroom:
    """Makes the newsroom and its keys. `passphrase` will unlock the people key; see `sealing.recovery`.

    Raises `NewsroomThere`.
    """
    expect_free(founding.slug)
    folder = KeyFolder(keys_root, founding.slug)
    with transaction.atomic():
        newsroom = Newsroom(
            **{
                **founding.__dict__,
                "languages": list(founding.languages),
                "currencies": list(founding.currencies),
            }
        )
        close_until_ready(newsroom)
        newsroom.save(force_insert=True)
        publish(newsroom, PublicKey.Kind.COLLECTION, folder.make_collection_key(), today)
        publish(newsroom, PublicKey.Kind.PEOPLE, folder.make_people_key(passphrase), today)
        make_month_keys(newsroom, folder, today)
    return newsroom


def make_month_keys(newsroom: Newsroom, folder: KeyFolder, today: date) -> int:
    """Makes the keys of this month and the 13 that follow, where they are missing; returns how many were made."""
    there = set(newsroom.public_keys.filter(kind=PublicKey.Kind.MONTH).values_list("month", flat=True))
    wanted = [_month(today, ahead) for ahead in range(MONTH_KEYS_AHEAD)]
    missing = [month for month in wanted if month not in there]
    for month in missing:
        publish(newsroom, PublicKey.Kind.MONTH, folder.make_month_key(month), today, month)
    return len(missing)


def make_staff(pseudonym: str, password: str, newsroom: Newsroom, role: str, language: str = "en") -> Staff:
    """A member of staff with a role in the newsroom."""
    with transaction.atomic():
        staff = Staff.objects.create_staff(pseudonym, password, language)
        Role.objects.create(staff=staff, newsroom=newsroom, kind=role)
    return staff


def make_first_admin(pseudonym: str, password: str | None, newsroom: Newsroom) -> Staff:
    """The first admin. Somebody of another newsroom keeps their password, and is admin of this one too."""
    if password is not None:
        return make_staff(pseudonym, password, newsroom, Role.Kind.ADMIN)
    staff = Staff.objects.get(pseudonym=pseudonym)
    Role.objects.create(staff=staff, newsroom=newsroom, kind=Role.Kind.ADMIN)
    return staff


def _month(today: date, ahead: int) -> str:
    index = today.year * 12 + today.month - 1 + ahead
    return f"{index // 12:04}-{index % 12 + 1:02}"
