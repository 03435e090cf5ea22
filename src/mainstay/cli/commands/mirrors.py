"""`mainstay mirrors`: checks a signed list of the newsroom's true addresses, and publishes it."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from mainstay.newsrooms.mirrors import Addresses

HELP = "Check a signed list of the newsroom's true addresses (verify), publish it, or show the one in use."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do; the list, and the key if it is not the setting's."""
    parser.add_argument("do", choices=("verify", "publish", "show"), help="what to do")
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument("file", type=Path, nargs="?", help="the list; its signature lies beside it, .minisig")
    parser.add_argument("--key", default="", help="the public key, unless it is MAINSTAY_MIRRORS_KEY's")
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")


def run(arguments: argparse.Namespace) -> int:
    """0 when the list holds. Otherwise 1, with the reason."""
    from mainstay.cli.asking import newsroom_named
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.newsrooms import mirrors

    if arguments.key:
        settings.MAINSTAY_MIRRORS_KEY = arguments.key
    newsroom = newsroom_named(arguments.newsroom)
    today = newsroom.today(clock.now())
    found = mirrors.shown(newsroom, today)
    if arguments.do == "show":
        if found is None:
            raise WrongSettings("There is no list that holds today.")
        _tell(found[0])
        return 0
    content, signature = _files(arguments.file)
    if arguments.do == "publish":
        _tell(mirrors.publish(newsroom, content, signature, actor=arguments.by, today=today))
        return 0
    after = found[0].version if found else 0
    listed = mirrors.verified(mirrors.trusted_key(), content, signature, today=today, after=after)
    if listed.newsroom != newsroom.slug:
        raise mirrors.BadList(f"it is the list of {listed.newsroom}")
    _tell(listed)
    return 0


def _tell(listed: "Addresses") -> None:
    from mainstay.newsrooms.mirrors import fingerprint, trusted_key

    print(json.dumps(asdict(listed), default=str, indent=1))
    print(f"The key: {fingerprint(trusted_key())}")


def _files(path: Path | None) -> tuple[bytes, str]:
    from mainstay.core.errors import WrongSettings

    if path is None:
        raise WrongSettings("Name the file of the list.")
    try:
        return path.read_bytes(), path.with_name(path.name + ".minisig").read_text(encoding="utf-8")
    except OSError as error:
        raise WrongSettings(f"{error.filename} can't be read ({error.strerror}).") from None
