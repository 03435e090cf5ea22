"""Makes the demonstration's newsroom at the first start, and brings an old one up to this version and these ports.

Run by the supervisor in a process of its own, with the worker's environment: `python -m mainstay_demo.prepare`.
"""

import argparse
import json
import secrets
from datetime import date, timedelta

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from .places import NEWSROOM, Place, company_keys, kept_secret, this_place, write_private

DAYS = {"full": 730, "small": 70}
SCALE = {"full": 1.0, "small": 0.5}
SEED = 20
CODE_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
BANK = {"name": "Far Shore Press", "iban": "LV80 BANK 0000 4351 9500 1", "bic": "", "place": 1}
"""The example of a Latvian account number in ISO 13616's registry: it is nobody's."""
RULES = {"RU": "refuse", "BY": "refuse", "KZ": "warn"}


def main() -> None:
    """Prepares the state folder that the settings name."""
    parser = argparse.ArgumentParser(prog="python -m mainstay_demo.prepare")
    parser.add_argument("--history", choices=sorted(DAYS), default="full", help="how much history to make")
    options = parser.parse_args()
    django.setup()
    place = this_place()
    call_command("migrate", interactive=False, verbosity=0)
    if not place.ready.exists():
        found(place, options.history)
    follow_ports(place)
    take_transfers(place)
    write_private(place.ready, place.state_of_things())


def found(place: Place, history: str) -> None:
    """The newsroom, its staff, campaign and history. The disk is not waited for: an interrupted start begins anew."""
    from mainstay.core.clock import clock

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
    last = clock.now().date()
    first = last - timedelta(days=DAYS[history])
    make_newsroom(place, first)
    make_staff_of(place)
    make_campaign(first)
    make_history(place, first, last, SCALE[history])
    renew_keys(last)


def make_newsroom(place: Place, first: date) -> None:
    """The Far Shore, its keys, its account at the practice company, and its rules for countries."""
    from mainstay.newsrooms.found import Founding, found_newsroom
    from mainstay.newsrooms.models import CountryRule

    founding = Founding(
        slug=NEWSROOM,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url=place.site + "/",
        mail_from="The Far Shore <letters@farshore.example>",
        time_zone="Europe/Riga",
        languages=("en", "ru", "ar"),
        sandbox=True,
    )
    passphrase = kept_secret(place.passphrase_file)
    newsroom = found_newsroom(founding, keys_root=place.keys, passphrase=passphrase, today=first)
    for country, state in RULES.items():
        CountryRule.objects.create(newsroom=newsroom, country=country, state=state)
    account = newsroom.processor_accounts.create(
        processor="sandbox", label="Practice payments", currencies=newsroom.currencies, settings={}
    )
    keys = company_keys(place)
    for process, key in (("web", keys.restricted), ("worker", keys.secret)):
        write_private(place.secrets_file(process), f'[accounts."{account.pk}"]\napi_key = "{key}"\n')


def make_staff_of(place: Place) -> None:
    """One member of staff for each role; their passwords are printed at each start."""
    from mainstay.newsrooms.found import make_staff
    from mainstay.newsrooms.models import newsroom_by_slug

    logins = {role: _password() for role in ("editor", "finance", "admin")}
    for role, password in logins.items():
        make_staff(role, password, newsroom_by_slug(NEWSROOM), role)
    write_private(place.state / "logins.json", json.dumps(logins))


def make_campaign(first: date) -> None:
    """The message under the articles, published on the newsroom's first day."""
    from mainstay.message.content import read
    from mainstay.message.publish import new_campaign, publish
    from mainstay.newsrooms.models import newsroom_by_slug

    from .campaign import CAMPAIGN, CAMPAIGN_SLUG

    newsroom = newsroom_by_slug(NEWSROOM)
    campaign = new_campaign(newsroom, CAMPAIGN_SLUG, read(CAMPAIGN), actor="editor", day=first)
    publish(campaign, actor="editor", day=first)


def make_history(place: Place, first: date, last: date, scale: float) -> None:
    """What happened since the newsroom's first day. Letters of the past are written, and delivered to nobody."""
    from mainstay.newsrooms.models import newsroom_by_slug

    from .company import NearCompany
    from .history import History
    from .readers import Readers

    follow_ports(place)
    newsroom = newsroom_by_slug(NEWSROOM)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    company = NearCompany(place.company_file, company_keys(place), place.company)
    company.serve(newsroom.processor_accounts.get())
    history = History(newsroom, company, place.keys, kept_secret(place.passphrase_file))
    history.make(first, last, Readers(SEED, scale))


def renew_keys(last: date) -> None:
    """The keys are as young as the demonstration: made for two years ago, they would be overdue at the first look."""
    from mainstay.newsrooms.keys import LASTING, LIFE_DAYS
    from mainstay.newsrooms.models import newsroom_by_slug

    keys = newsroom_by_slug(NEWSROOM).public_keys.filter(kind__in=LASTING)
    keys.update(expires_on=last + timedelta(days=LIFE_DAYS))


def follow_ports(place: Place) -> None:
    """The addresses that the newsroom's rows name are those of this start."""
    from mainstay.newsrooms.models import newsroom_by_slug

    newsroom = newsroom_by_slug(NEWSROOM)
    newsroom.site_url = place.site + "/"
    newsroom.save(update_fields=["site_url"])
    account = newsroom.processor_accounts.get(processor="sandbox")
    account.settings = {"address": place.company, "public_key": company_keys(place).publishable}
    account.save(update_fields=["settings"])


def take_transfers(place: Place) -> None:
    """Euros may come by bank transfer too; the card stays the first way. An older demonstration gets it as well."""
    from mainstay.newsrooms.models import newsroom_by_slug

    accounts = newsroom_by_slug(NEWSROOM).processor_accounts
    told = {"label": "Bank transfer", "currencies": ["EUR"], "settings": BANK}
    account, _is_new = accounts.get_or_create(processor="bank", defaults=told)
    section = f'[accounts."{account.pk}"]\n'
    for process in ("web", "worker"):
        file = place.secrets_file(process)
        written = file.read_text(encoding="utf-8")
        if section not in written:
            write_private(file, written + section)


def _password() -> str:
    groups = ("".join(secrets.choice(CODE_LETTERS) for _letter in range(4)) for _group in range(3))
    return "-".join(groups)


if __name__ == "__main__":
    main()
