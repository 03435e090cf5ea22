"""Finding adapters: each folder under `processors` has `adapter.py` with `make(config) -> Processor`."""

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from mainstay.contributions.port import AccountConfig, Processor
from mainstay.core.errors import WrongSettings
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.newsrooms.secrets import secrets_of


@cache
def adapters() -> dict[str, ModuleType]:
    """The adapter modules, by the name of their folder."""
    folders = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.ispkg]
    return {name: import_module(f"mainstay.processors.{name}.adapter") for name in folders}


_made: dict[object, Processor] = {}


def adapter_for(account: ProcessorAccount) -> Processor:
    """The adapter of an account, kept for the life of the process so that connections are reused.

    Raises `WrongSettings` for an unknown processor or missing secrets.
    """
    fingerprint = (account.pk, repr(sorted(account.settings.items())))
    if fingerprint not in _made:
        module = adapters().get(account.processor)
        if module is None:
            raise WrongSettings(f"There is no processor named {account.processor!r} here.")
        _made[fingerprint] = module.make(
            AccountConfig(settings=account.settings, secrets=secrets_of(account.pk))
        )
    return _made[fingerprint]


def forget_adapters() -> None:
    """Closes the door behind changed secrets: the next call makes adapters anew."""
    _made.clear()
