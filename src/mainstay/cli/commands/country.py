"""`mainstay country`: says what a newsroom does about cards from a country. Takes effect at the next payment."""

import argparse
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

HELP = "Show a newsroom's rules for countries, or set one: allow, warn or refuse."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The newsroom; a country and a state to set, or nothing to show all."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("country", nargs="?", help="two letters, such as RU")
    parser.add_argument(
        "state", nargs="?", choices=("allow", "warn", "refuse"), help="what to do about its cards"
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Sets the rule and its line in the log together, then prints all rules."""
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import Newsroom

    try:
        newsroom = Newsroom.objects.get(slug=arguments.newsroom)
    except Newsroom.DoesNotExist:
        raise WrongSettings(f"There is no newsroom {arguments.newsroom!r}.") from None
    if arguments.country:
        country = arguments.country.upper()
        if not re.fullmatch("[A-Z]{2}", country) or not arguments.state:
            raise WrongSettings("Give a country of two letters and a state, such as: RU refuse.")
        _set(newsroom, country, arguments.state, arguments.by)
    for rule in newsroom.country_rules.order_by("country"):
        print(f"{rule.country} {rule.state}")
    return 0


def _set(newsroom: "Newsroom", country: str, state: str, actor: str) -> None:
    from django.db import transaction

    from mainstay.audit.log import record
    from mainstay.core.clock import clock

    with transaction.atomic():
        newsroom.country_rules.update_or_create(country=country, defaults={"state": state})
        today = newsroom.today(clock.now())
        detail = {"state": state}
        record("country.set", actor=actor, day=today, newsroom_id=newsroom.pk, subject=country, detail=detail)
