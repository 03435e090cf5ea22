"""Reading settings from the environment. `docs/reference/settings.md` documents each; a test compares them."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mainstay.core.errors import WrongSettings

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
    " PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
}


def text(name: str, default: str | None = None) -> str:
    """The variable, or `default`. Raises `WrongSettings` when it is missing and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise WrongSettings(f"The setting {name} is missing. docs/reference/settings.md explains it.")
    return value


def switch(name: str, default: bool) -> bool:
    """A variable that is "yes" or "no"."""
    value = text(name, "yes" if default else "no").lower()
    if value not in ("yes", "no"):
        raise WrongSettings(f"The setting {name} is {value!r}; it can be yes or no.")
    return value == "yes"


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    if not value.isdigit():
        raise WrongSettings(f"The setting {name} is {value!r}; it must be a whole number.")
    return int(value)


def words(name: str, default: str) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's database settings for `sqlite:///file` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(unquote(parts.path)),
            "OPTIONS": SQLITE_OPTIONS,
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or _socket_folder(parts.query)),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise WrongSettings("DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _socket_folder(query: str) -> str:
    """PostgreSQL over a local socket: postgresql://user@/name?host=/folder."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "host":
            return unquote(value)
    return ""
