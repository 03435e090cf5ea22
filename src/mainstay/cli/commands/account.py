"""`mainstay account`: lists a newsroom's accounts at payment companies, adds one, or changes one."""

import argparse
import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstay.newsrooms.accounts import Change
    from mainstay.newsrooms.models import ProcessorAccount

HELP = "List a newsroom's accounts at payment companies; add or change one."
OFFERED = {"yes": True, "no": False, "": None}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A newsroom alone lists; a processor adds; `--change` changes. Public settings come as name=value."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("processor", nargs="?", help="the processor of a new account")
    parser.add_argument("--change", type=uuid.UUID, metavar="ID", help="the account to change, by its id")
    parser.add_argument("--label", default="", help="a name for staff and readers")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a public setting")
    parser.add_argument("--remove", action="append", default=[], metavar="NAME", help="take a setting out")
    parser.add_argument("--currencies", default="", help="those that it takes, such as USD,EUR")
    parser.add_argument("--offer", choices=("yes", "no"), default="", help="whether new gifts may use it")
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """Prints the line that a new account's secrets go under; else every account with its settings."""
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.accounts import add_account, change_account
    from mainstay.processors.registry import adapters

    from .country import newsroom_named

    newsroom = newsroom_named(arguments.newsroom)
    known = {"actor": arguments.by, "day": newsroom.today(clock.now())}
    if arguments.change:
        change_account(newsroom, arguments.change, _change(arguments), **known)
    elif arguments.processor:
        if arguments.processor not in adapters():
            names = ", ".join(adapters())
            raise WrongSettings(f"There is no processor {arguments.processor!r}. There is: {names}.")
        account = add_account(newsroom, arguments.processor, _change(arguments), **known)
        print(f'[accounts."{account.pk}"]')
        return 0
    for account in newsroom.processor_accounts.order_by("label"):
        print(_line(account))
    return 0


def _change(arguments: argparse.Namespace) -> "Change":
    from mainstay.core.errors import WrongSettings
    from mainstay.core.money import EXPONENTS
    from mainstay.newsrooms.accounts import Change

    try:
        given = dict(pair.split("=", 1) for pair in arguments.set)
    except ValueError:
        raise WrongSettings("Each --set is NAME=VALUE.") from None
    settings = {name: _value(text) for name, text in given.items()}
    currencies = [name for name in arguments.currencies.upper().split(",") if name]
    if unknown := [name for name in currencies if name not in EXPONENTS]:
        raise WrongSettings(f"These are no currencies that Mainstay knows: {', '.join(unknown)}.")
    return Change(arguments.label, settings, arguments.remove, OFFERED[arguments.offer], currencies)


def _value(text: str) -> Any:
    """A whole number or a list, written as JSON does; everything else is the text itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if type(value) in (int, list) else text


def _line(account: "ProcessorAccount") -> str:
    offered = "offered" if account.active else "not offered"
    settings = " ".join(f"{name}={value}" for name, value in sorted(account.settings.items()))
    currencies = ",".join(account.currencies)
    return f"{account.pk} {account.processor} {account.label!r} {currencies} {offered} {settings}".rstrip()
