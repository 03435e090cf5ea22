"""What several commands ask for: a newsroom by its short name, the folder of keys, a secret from the terminal."""

import getpass
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from mainstay.core.errors import WrongSettings

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

SHORTEST_SECRET = 12


def newsroom_named(slug: str) -> "Newsroom":
    """The newsroom with that short name. Raises `WrongSettings`."""
    from mainstay.newsrooms.models import Newsroom

    try:
        return Newsroom.objects.get(slug=slug)
    except Newsroom.DoesNotExist:
        raise WrongSettings(f"There is no newsroom {slug!r}.") from None


def keys_root() -> Path:
    """The folder of private keys. Raises `WrongSettings` where there is none, as in the web process."""
    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: name the folder of the key files.")
    return Path(settings.MAINSTAY_KEYS)


def secret(what: str) -> str:
    """Asks for `what` on the terminal without showing it, or reads the next line of standard input."""
    return getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def new_secret(what: str) -> str:
    """Like `secret`, for one that is being chosen: at least 12 characters. Raises `WrongSettings`."""
    given = secret(what)
    if len(given) < SHORTEST_SECRET:
        raise WrongSettings(f"{what}: use at least 12 characters. For example: {secrets.token_urlsafe(12)}")
    return given


def show_progress(done: int, of: int) -> None:
    """A bar on the terminal; nothing when the errors go into a file."""
    if sys.stderr.isatty():
        filled = 30 * done // max(of, 1)
        end = "\n" if done >= of else ""
        print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {of}", end=end, file=sys.stderr, flush=True)
