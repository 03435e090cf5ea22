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
TRIES = 5


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
    """One that is being chosen: at a terminal asked for twice, unseen, until it fits. Raises `WrongSettings`."""
    if not sys.stdin.isatty():
        return _long_enough(what, secret(what))
    for _try in range(TRIES):
        given = secret(f"{what} (at least {SHORTEST_SECRET} characters)")
        if len(given) < SHORTEST_SECRET:
            print(f"That is too short. For example: {secrets.token_urlsafe(12)}")
        elif secret("The same once more") == given:
            return given
        else:
            print("The two differ. Once more from the beginning.")
    raise WrongSettings(f"{what}: none was chosen, and nothing was changed. Begin again when you like.")


def _long_enough(what: str, given: str) -> str:
    if len(given) < SHORTEST_SECRET:
        raise WrongSettings(
            f"{what}: use at least {SHORTEST_SECRET} characters. For example: {secrets.token_urlsafe(12)}"
        )
    return given


def show_progress(done: int, of: int) -> None:
    """A bar on the terminal; nothing when the errors go into a file."""
    if sys.stderr.isatty():
        filled = 30 * done // max(of, 1)
        end = "\n" if done >= of else ""
        print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {of}", end=end, file=sys.stderr, flush=True)
