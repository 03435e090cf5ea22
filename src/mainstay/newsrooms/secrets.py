"""Processor secrets: a TOML file that each process has for itself, never the database.

    [accounts."<account id>"]
    api_key = "..."

The web's file holds restricted keys (they can't list customers or refund), the worker's holds full ones. The path
comes from the setting `MAINSTAY_SECRETS_FILE`.
"""

import tomllib
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from mainstay.core.errors import WrongSettings


def secrets_of(account_id: uuid.UUID) -> dict[str, Any]:
    """The secrets of one processor account. Raises `WrongSettings` when this process has none."""
    path = Path(settings.MAINSTAY_SECRETS_FILE)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSettings(
            f"The secrets file can't be read ({error.strerror}). See MAINSTAY_SECRETS_FILE."
        ) from error
    account = content.get("accounts", {}).get(str(account_id))
    if not isinstance(account, dict):
        raise WrongSettings(f"The secrets file has no entry for the processor account {account_id}.")
    return account
