"""`mainstay account`: adds a processor account to a newsroom."""

import argparse

HELP = "Add a processor account to a newsroom; prints its id for the secrets files."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which processor, and its public settings as name=value."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("processor", help="the processor's name")
    parser.add_argument("--label", default="", help="a name for staff")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a public setting")


def run(arguments: argparse.Namespace) -> int:
    """Adds the account and prints the line that its secrets go under."""
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms.models import Newsroom, ProcessorAccount
    from mainstay.processors.registry import adapters

    if arguments.processor not in adapters():
        raise WrongSettings(
            f"There is no processor {arguments.processor!r}. There is: {', '.join(adapters())}."
        )
    try:
        newsroom = Newsroom.objects.get(slug=arguments.newsroom)
        given = dict(pair.split("=", 1) for pair in arguments.set)
    except Newsroom.DoesNotExist:
        raise WrongSettings(f"There is no newsroom {arguments.newsroom!r}.") from None
    except ValueError:
        raise WrongSettings("Each --set is NAME=VALUE.") from None
    account = ProcessorAccount.objects.create(
        newsroom=newsroom,
        processor=arguments.processor,
        label=arguments.label or arguments.processor,
        currencies=newsroom.currencies,
        settings=given,
    )
    print(f'[accounts."{account.pk}"]')
    return 0
