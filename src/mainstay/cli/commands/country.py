"""`mainstay country`: says what a newsroom does about cards from a country. Takes effect at the next payment.

Tightening works at once; loosening becomes a proposal that an admin approves at the desk.
"""

import argparse
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

HELP = "Show a newsroom's rules for countries, or set one: allow, warn or refuse."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The newsroom; a country and a state to set, or a preset, or nothing to show all."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("country", nargs="?", help="two letters, such as RU")
    parser.add_argument(
        "state", nargs="?", choices=("allow", "warn", "refuse"), help="what to do about its cards"
    )
    parser.add_argument("--preset", help="take over the rules of a preset where they are stricter: ru or by")
    parser.add_argument("--reason", default="", help="a few words for colleagues, kept with the rule")
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Sets the rule and its line in the log together, then prints all rules."""
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.countries import apply_preset
    from mainstay.newsrooms.presets import preset

    newsroom, now = newsroom_named(arguments.newsroom), clock.now()
    if arguments.preset:
        apply_preset(newsroom, preset(arguments.preset), actor=arguments.by, now=now)
    if arguments.country:
        country = country_code(arguments.country)
        if not arguments.state:
            raise WrongSettings("Give a country of two letters and a state, such as: RU refuse.")
        _set(newsroom, country, arguments, now)
    for rule in newsroom.country_rules.order_by("country"):
        print(f"{rule.country} {rule.state}")
    return 0


def newsroom_named(slug: str) -> "Newsroom":
    """The newsroom with that short name. Raises `WrongSettings` when there is none."""
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import Newsroom

    try:
        return Newsroom.objects.get(slug=slug)
    except Newsroom.DoesNotExist:
        raise WrongSettings(f"There is no newsroom {slug!r}.") from None


def country_code(typed: str) -> str:
    """Two capital letters. Raises `WrongSettings` for anything that can't be a country."""
    from mainstay.core.errors import WrongSettings

    country = typed.upper()
    if not re.fullmatch("[A-Z]{2}", country):
        raise WrongSettings("Give a country of two letters and a state, such as: RU refuse.")
    return country


def _set(newsroom: "Newsroom", country: str, arguments: argparse.Namespace, now: datetime) -> None:
    from mainstay.newsrooms.countries import rules_of, set_rule
    from mainstay.newsrooms.policy import Rule, State

    before, state = rules_of(newsroom).get(country), State(arguments.state)
    rule = replace(before, state=state) if before else Rule(state)
    proposal = set_rule(newsroom, country, rule, reason=arguments.reason, actor=arguments.by, now=now)
    if proposal is not None:
        print(
            f"{country} stays as it is: loosening needs two people. An admin can approve it at /desk/approvals/."
        )
