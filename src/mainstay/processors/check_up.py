"""What `mainstay doctor` asks a payment company about an account before it takes money.

A processor's folder may have `check_up.py` with `look(config, web, hook_url) -> AccountFacts`; `web` has the secrets of
the web process, or is `None`. Without that file nothing is known of the account: a person looks, and confirms it.
Where the company tells what bank statements read, it has `statement(config) -> str` too, which is asked every day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from mainstay.contributions.port import AccountConfig
from mainstay.core.errors import WrongSettings
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.newsrooms.secrets import secrets_of


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What was found out; `None` is what could not be.

    `live`: real money moves. `statement`: what bank statements read, "" where the company prints none.
    `statement_problems`: why the company would object. `web_key_is_restricted`: it can't list customers.
    `hook_is_known`: the company knows our address for its news. `takes`: the currencies that the account is open for.
    `problems`: what else is wrong with the account's settings here or there, in sentences.
    """

    live: bool | None = None
    statement: str | None = None
    statement_problems: tuple[str, ...] = ()
    web_key_is_restricted: bool | None = None
    hook_is_known: bool | None = None
    takes: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()
    trouble: str = ""


def look_at(account: ProcessorAccount, web_secrets: Mapping[str, Any] | None, hook_url: str) -> AccountFacts:
    """Asks the company about the account. Moves no money. Raises `WrongSettings` without the worker's secrets.

    `web_secrets` are those of this account in the web process's file.
    """
    module = _module_of(account)
    if module is None:
        return AccountFacts()
    config = AccountConfig(settings=account.settings, secrets=secrets_of(account.pk))
    web = None if web_secrets is None else AccountConfig(settings=account.settings, secrets=web_secrets)
    facts: AccountFacts = module.look(config, web, hook_url)
    return facts


def tells_statement(account: ProcessorAccount) -> bool:
    """Whether the company can be asked what bank statements read."""
    return hasattr(_module_of(account), "statement")


def statement_of(account: ProcessorAccount) -> str:
    """What bank statements read now, by the company's own settings. Raises a `MainstayError` when it can't be asked."""
    module = _module_of(account)
    if module is None:
        raise WrongSettings(f"{account.label} can't be asked what bank statements read.")
    return str(module.statement(AccountConfig(settings=account.settings, secrets=secrets_of(account.pk))))


def _module_of(account: ProcessorAccount) -> ModuleType | None:
    if not (Path(__file__).parent / account.processor / "check_up.py").exists():
        return None
    return import_module(f"{__package__}.{account.processor}.check_up")
