"""`mainstay init`: the first newsroom, its keys and its first admin."""

import argparse
import getpass
import secrets
import sys
from pathlib import Path

from django.conf import settings

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
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.countries import apply_preset
    from mainstay.newsrooms.found import Founding, found_newsroom, make_staff
    from mainstay.newsrooms.presets import preset

    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: name the folder in which the key files shall lie.")
    rules = preset(arguments.preset) if arguments.preset else None
    passphrase, password = _ask("Passphrase for the people key"), _ask("Password for the admin")
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
    make_staff(arguments.admin, password, newsroom, "admin")
    if rules:
        apply_preset(newsroom, rules, actor=arguments.admin, now=clock.now())
    record(
        "newsroom.founded", actor=arguments.admin, day=today, newsroom_id=newsroom.pk, subject=newsroom.slug
    )
    print(
        f"{newsroom.name} is there. Key files: {settings.MAINSTAY_KEYS}/{newsroom.slug} (for the worker alone)."
    )
    print("Next: add a processor account (mainstay account), start `mainstay serve` and `mainstay worker`,")
    print("and sign in at /desk/. Write the passphrase down: nobody can recover it.")
    return 0


def _ask(what: str) -> str:
    given = getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(given) < 12:
        from mainstay.core.errors import WrongSettings

        raise WrongSettings(f"{what}: use at least 12 characters. For example: {secrets.token_urlsafe(12)}")
    return given
