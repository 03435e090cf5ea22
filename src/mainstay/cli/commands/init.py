"""`mainstay init`: the first newsroom, its keys and its first admin."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

HELP = "Make the first newsroom, its keys and its first admin."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a newsroom is; passphrase and password are asked on the terminal, or read as two lines of input."""
    parser.add_argument("slug", help="short name in addresses, such as far-shore")
    parser.add_argument("--name", required=True, help="the newsroom's name")
    parser.add_argument("--legal-name", required=True, help="the publisher's name on receipts")
    parser.add_argument("--statement-name", required=True, help="what bank statements show, 5 to 22 letters")
    parser.add_argument("--site", required=True, help="the newsroom's own site, https://...")
    parser.add_argument("--mail-from", required=True, help="the address that letters come from")
    parser.add_argument("--time-zone", default="UTC", help="such as Europe/Riga (UTC)")
    parser.add_argument("--languages", default="en", help="languages of readers, such as en,ru,ar (en)")
    parser.add_argument("--currency", default="USD", help="the first currency of the ask (USD)")
    parser.add_argument("--preset", help="rules for countries to begin with: ru or by")
    parser.add_argument("--admin", required=True, help="pseudonym of the first admin")
    parser.add_argument(
        "--sandbox", action="store_true", help="no money moves, and the calendar can be moved"
    )


def run(arguments: argparse.Namespace) -> int:
    """Makes all of it or nothing, and says what to do next."""
    from mainstay.audit.log import record
    from mainstay.cli.asking import new_secret
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.countries import apply_preset
    from mainstay.newsrooms.found import Founding, expect_free, found_newsroom, make_first_admin
    from mainstay.newsrooms.presets import preset

    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: name the folder in which the key files shall lie.")
    rules = preset(arguments.preset) if arguments.preset else None
    expect_free(arguments.slug)
    passphrase, password = new_secret("Passphrase for the people key"), _password(arguments.admin)
    languages = [word.strip() for word in arguments.languages.split(",")]
    founding = Founding(
        slug=arguments.slug,
        name=arguments.name,
        legal_name=arguments.legal_name,
        statement_name=arguments.statement_name,
        site_url=arguments.site,
        mail_from=arguments.mail_from,
        time_zone=arguments.time_zone,
        language=languages[0],
        languages=languages,
        currency=arguments.currency,
        sandbox=arguments.sandbox,
    )
    today = clock.now().date()
    newsroom = found_newsroom(
        founding, keys_root=Path(settings.MAINSTAY_KEYS), passphrase=passphrase, today=today
    )
    make_first_admin(arguments.admin, password, newsroom)
    if rules:
        apply_preset(newsroom, rules, actor=arguments.admin, now=clock.now())
    record(
        "newsroom.founded", actor=arguments.admin, day=today, newsroom_id=newsroom.pk, subject=newsroom.slug
    )
    print(
        f"{newsroom.name} is there. Key files: {settings.MAINSTAY_KEYS}/{newsroom.slug} (for the worker alone)."
    )
    try:
        _put_on_paper(newsroom, passphrase)
    finally:
        _say_next(newsroom)
    return 0


def _password(pseudonym: str) -> str | None:
    """The first admin's; None for somebody who has one, as in another newsroom here."""
    from mainstay.cli.asking import new_secret
    from mainstay.newsrooms.models import Staff

    if not Staff.objects.filter(pseudonym=pseudonym).exists():
        return new_secret(f"Password for the admin {pseudonym}")
    print(f"{pseudonym} works here already and keeps their password.")
    return None


def _say_next(newsroom: "Newsroom") -> None:
    print("Write the passphrase down too, apart from the words.")
    print(f"Next: add a processor account (mainstay account {newsroom.slug}), start `mainstay serve`")
    print("and `mainstay worker`, and sign in at /desk/.")
    if not newsroom.sandbox:
        print(
            f"It takes no money until mainstay doctor {newsroom.slug} --go-live has found everything right."
        )


def _put_on_paper(newsroom: "Newsroom", passphrase: str) -> None:
    """At a terminal a person writes the words down now; in a script nobody reads them, so they are not shown."""
    from mainstay.cli.asking import keys_root
    from mainstay.cli.paper import show_words
    from mainstay.sealing.keyfiles import KeyFolder

    if sys.stdin.isatty():
        show_words(KeyFolder(keys_root(), newsroom.slug).people_key(passphrase), newsroom.slug)
    else:
        print(f"Put the people key on paper soon: mainstay keys words {newsroom.slug}")
