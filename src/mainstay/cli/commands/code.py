"""`mainstay code`: a code with which a member of staff enters the desk once, where no other admin can give one."""

import argparse

HELP = "Print a code with which somebody of the staff enters the desk once, within 24 hours."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For whom."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("pseudonym", help="whose passkeys and password shall be replaced")


def run(arguments: argparse.Namespace) -> int:
    """Gives the code as the operator, which the log and the desk tell everybody."""
    from mainstay.cli.asking import newsroom_named
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.core.ids import grouped
    from mainstay.newsrooms import staffing
    from mainstay.newsrooms.models import Role

    newsroom = newsroom_named(arguments.newsroom)
    row = Role.objects.filter(newsroom=newsroom, staff__pseudonym=arguments.pseudonym).first()
    if row is None:
        raise WrongSettings(f"{newsroom.name} has no staff called {arguments.pseudonym!r}.")
    code = staffing.give_code(newsroom, row.staff, actor=staffing.OPERATOR, now=clock.now())
    print(grouped(code))
    print(
        "It works once, for 24 hours, at /desk/sign-in/code/. Their old passkeys and password end when it is used."
    )
    print("For seven days from now their word does not count where two people are needed.")
    return 0
