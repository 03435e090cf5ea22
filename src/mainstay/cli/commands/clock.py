"""`mainstay clock`: shows the calendar of a newsroom, and moves a sandbox newsroom's."""

import argparse

HELP = "Show a newsroom's calendar; move it on (sandbox newsrooms only)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("--days", type=int, default=0, help="move so many days on")
    parser.add_argument("--months", type=int, default=0, help="move so many months on")


def run(arguments: argparse.Namespace) -> int:
    """Prints the calendar's day afterwards."""
    from mainstay.core.clock import clock
    from mainstay.newsrooms.calendar import move_calendar
    from mainstay.newsrooms.models import newsroom_by_slug

    newsroom = newsroom_by_slug(arguments.newsroom)
    if arguments.days or arguments.months:
        move_calendar(newsroom, days=arguments.days, months=arguments.months, now=clock.now())
        newsroom.refresh_from_db()
    print(newsroom.today(clock.now()).isoformat())
    return 0
