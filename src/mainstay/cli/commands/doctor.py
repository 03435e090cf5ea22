"""`mainstay doctor`: what is right with a newsroom and what is not, with the next step; the way into live mode."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.moving.doctor.checks import Finding

HELP = "Look a newsroom over: what is right, what is not, and what to do next; open it for real money."
MARKS = {"holds": "ok", "advice": "look", "unknown": "not known", "fails": "NOT RIGHT"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The newsroom; files that only this person can reach; what they confirm."""
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("--web-secrets", type=Path, help="the web process's secrets file, to try its keys")
    parser.add_argument("--backups", type=Path, help="the folder of backups")
    parser.add_argument(
        "--confirm", action="append", default=[], metavar="CHECK", help="you looked yourself, and it is so"
    )
    parser.add_argument(
        "--go-live", action="store_true", help="take real money from now on, if nothing bars it"
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 while something bars live mode."""
    from mainstay.cli.asking import keys_root, newsroom_named
    from mainstay.core.clock import clock
    from mainstay.moving.doctor import look
    from mainstay.moving.doctor.checks import examine
    from mainstay.moving.doctor.gather import gather
    from mainstay.moving.doctor.mail import ask_dns

    newsroom, now = newsroom_named(arguments.newsroom), clock.now()
    day = newsroom.today(now)
    for name in arguments.confirm:
        look.confirm(newsroom, name, actor=arguments.by, day=day)
    facts = gather(
        newsroom,
        keys_root=keys_root(),
        now=now,
        ask=ask_dns,
        web_secrets=arguments.web_secrets,
        backups=arguments.backups,
    )
    findings = examine(facts)
    look.keep(newsroom, findings, day)
    _tell(findings, arguments.json)
    if arguments.go_live:
        look.open_for_money(newsroom, findings, actor=arguments.by, day=day)
        print("Live: this newsroom takes real money from now on.")
    return 1 if any(one.bars for one in findings) else 0


def _tell(findings: "list[Finding]", as_json: bool) -> None:
    if as_json:
        plain = [
            {"check": one.name, "state": one.state.value, "says": one.says, "next_step": one.next_step}
            for one in findings
        ]
        print(json.dumps(plain, indent=2))
        return
    for one in findings:
        print(f"{MARKS[one.state]:>9}  {one.name}: {one.says}")
        if one.next_step:
            print(f"{'':>11}Next: {one.next_step}")
