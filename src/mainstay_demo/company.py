"""The practice payment company while history is made: the same program, called in this process without a socket."""

import time
from pathlib import Path
from typing import cast

import httpx

from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import adapter_for
from mainstay.processors.sandbox.adapter import Sandbox
from mainstay_sandbox.accounts import AccountKeys, add_account
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import Store

from .places import CompanyKeys

EXPIRY = {"exp_month": 12, "exp_year": 2039, "cvc": "123"}


class CardNotTaken(RuntimeError):
    """The company gave no token for a practice card."""


class NearCompany:
    """The company, near: its application behind httpx's WSGI transport."""

    def __init__(self, path: Path, keys: CompanyKeys, address: str) -> None:
        store = Store(path)
        add_account(store, AccountKeys.parse(keys.account))
        store.connection().execute("PRAGMA synchronous = OFF")
        self._keys, self._address = keys, address
        self._transport = httpx.WSGITransport(Application(store, time.time))
        self._browser = self._client(keys.publishable)

    def serve(self, account: ProcessorAccount) -> None:
        """Lets the account's adapter call the company here."""
        cast(Sandbox, adapter_for(account)).client = self._client(self._keys.secret)

    def token(self, number: str) -> str:
        """A token for a practice card, as the card page would get it. Raises `CardNotTaken`."""
        answer = self._browser.post("/v1/tokens", json={"number": number, **EXPIRY})
        if answer.status_code != 201:
            raise CardNotTaken(f"The practice company gave no token: {answer.text}")
        return str(answer.json()["id"])

    def _client(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(transport=self._transport, base_url=self._address, headers=headers)
