"""Running the company: its command line, and one granian process behind it."""

import argparse
import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from granian.constants import Interfaces
from granian.server import Server

from mainstay_sandbox import webhooks
from mainstay_sandbox.accounts import AccountKeys, add_account
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import OldFile, Store

DATABASE = "SANDBOX_DATABASE"
ACCOUNTS = "SANDBOX_ACCOUNTS"
PUBLIC_ADDRESS = "SANDBOX_PUBLIC_ADDRESS"
FAST = "SANDBOX_FAST"
THREADS = 16
ANNOUNCE_TRIES = 600
ANNOUNCE_PAUSE_SECONDS = 0.05


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted. Prints one line, when the port is open."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        accounts = options.account or _accounts_of(os.environ)
    except argparse.ArgumentTypeError as error:
        parser.error(f"{ACCOUNTS}: {error}")
    try:
        store = Store(options.database)
    except OldFile as error:
        parser.error(str(error))
    for keys in accounts:
        add_account(store, keys)
    os.environ[DATABASE] = str(options.database.resolve())
    if options.fast:
        os.environ[FAST] = "1"
    if options.public_address:
        os.environ[PUBLIC_ADDRESS] = options.public_address.rstrip("/")
    _serve(options.host, options.port)


def application_from_environment() -> Application:
    """The application, in the process that granian starts: it inherits only the environment. Starts the courier."""
    store = Store(Path(os.environ[DATABASE]), durable=FAST not in os.environ)
    application = Application(store, time.time, os.environ.get(PUBLIC_ADDRESS))
    courier = threading.Thread(
        target=webhooks.courier, args=(store, application.now, threading.Event()), daemon=True
    )
    courier.start()
    return application


def _serve(host: str, port: int) -> None:
    server = Server(
        "mainstay_sandbox.serve:application_from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
    )
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    server.serve()


def _announce(host: str, port: int) -> None:
    """Say that the port is open, once it is: granian's worker opens it some time after `serve` began."""
    for _ in range(ANNOUNCE_TRIES):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            sys.stdout.write(f"listening on http://{host}:{port}\n")
            sys.stdout.flush()
            return
        time.sleep(ANNOUNCE_PAUSE_SECONDS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mainstay_sandbox", description="A practice payment company. No money moves."
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8002, help="the port to listen on (default: 8002)")
    parser.add_argument("--database", type=Path, required=True, help="the SQLite file; made when missing")
    parser.add_argument(
        "--account",
        type=_account,
        action="append",
        metavar="NAME:SECRET_KEY:RESTRICTED_KEY:PUBLISHABLE_KEY",
        help=f"an account to make or to give these keys; repeatable (or {ACCOUNTS}, separated by commas)",
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="do not wait for the disk: for tests, a power cut may lose all of it",
    )
    parser.add_argument("--public-address", help="where browsers reach this server, if somewhere else")
    return parser


def _accounts_of(environment: Mapping[str, str]) -> list[AccountKeys]:
    return [_account(text) for text in environment.get(ACCOUNTS, "").split(",") if text]


def _account(text: str) -> AccountKeys:
    try:
        return AccountKeys.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
