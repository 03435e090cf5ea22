"""Accounts of shops, and the three kinds of key that open one."""

import sqlite3
from dataclasses import dataclass

from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import Store, new_id

SECRET, RESTRICTED, PUBLISHABLE = "secret", "restricted", "publishable"


@dataclass(frozen=True)
class AccountKeys:
    """An account as the command line names it."""

    name: str
    secret_key: str
    restricted_key: str
    publishable_key: str

    @classmethod
    def parse(cls, text: str) -> "AccountKeys":
        """Read `NAME:SECRET_KEY:RESTRICTED_KEY:PUBLISHABLE_KEY`. Raises `ValueError` for anything else."""
        parts = text.split(":")
        if len(parts) != 4 or not all(parts) or len(set(parts[1:])) != 3:
            raise ValueError(
                "An account is written NAME:SECRET_KEY:RESTRICTED_KEY:PUBLISHABLE_KEY,"
                " with three different keys."
            )
        return cls(*parts)


@dataclass(frozen=True)
class Caller:
    """Whose key came with a call, and what kind of key."""

    account_id: str
    account_name: str
    kind: str


def add_account(store: Store, keys: AccountKeys) -> None:
    """Make the account, or give the account of this name these keys."""
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO accounts (id, name, secret_key, restricted_key, publishable_key)"
            " VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET secret_key = excluded.secret_key,"
            " restricted_key = excluded.restricted_key, publishable_key = excluded.publishable_key",
            (new_id("acct"), keys.name, keys.secret_key, keys.restricted_key, keys.publishable_key),
        )


def caller_of(connection: sqlite3.Connection, authorization: str) -> Caller:
    """The caller behind an `Authorization: Bearer …` header, or 401 `key_not_known`."""
    scheme, _, key = authorization.partition(" ")
    row = connection.execute(
        "SELECT id, name, CASE ?1 WHEN secret_key THEN 'secret' WHEN restricted_key THEN 'restricted'"
        " ELSE 'publishable' END AS kind"
        " FROM accounts WHERE ?1 IN (secret_key, restricted_key, publishable_key)",
        (key.strip(),),
    ).fetchone()
    if scheme.lower() != "bearer" or row is None:
        raise Refused(401, "key_not_known", "Send one of your account's keys as a bearer token.")
    return Caller(row["id"], row["name"], row["kind"])
