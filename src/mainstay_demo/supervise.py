"""Starts the demonstration's processes, waits until each answers, and ends them by their ids."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from os import environ

from .granting import Granting
from .letterbox import start_letterbox
from .newssite.__main__ import start_server
from .places import HOST, NEWSROOM, Place, company_keys

START_SECONDS = 60
END_SECONDS = 15
GLANCE_SECONDS = 0.2
WORKER_REST_SECONDS = "1"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_any_ending() -> None:
    """Until `stay` takes over, any request to end unwinds as Ctrl-C does, so that no child is left behind."""
    for name in ENDINGS:
        signal.signal(name, signal.default_int_handler)


class CannotStart(Exception):
    """The demonstration can't start; the words say why and what to do."""


class Children:
    """The processes that this one started, and nobody else's."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: str, arguments: Sequence[str], told: dict[str, str]) -> None:
        """Starts `python -m module` in a group of its own: Ctrl-C reaches the supervisor alone, which ends the rest."""
        own = {key: value for key, value in environ.items() if not key.startswith(("MAINSTAY_", "DEMO_"))}
        own.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", module, *arguments]
        self._running[name] = subprocess.Popen(
            command, env={**own, **told}, start_new_session=True, stdout=subprocess.DEVNULL
        )

    def kill(self, name: str) -> None:
        """Ends a process at once, in whatever it is doing: it can't finish, and nobody asks it to (SIGKILL)."""
        child = self._running.pop(name)
        child.kill()
        child.wait(END_SECONDS)

    def wait_for(self, name: str, port: int) -> None:
        """Waits until the port answers. Raises `CannotStart` when the process ended or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if self._running[name].poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"{name} did not start. What it said stands above.")
            time.sleep(GLANCE_SECONDS)

    def ended(self) -> str:
        """The name of a process that ended by itself, or ""."""
        return next((name for name, child in self._running.items() if child.poll() is not None), "")

    def end(self) -> None:
        """Asks each process to finish what it has in hand, and waits; one that does not is stopped."""
        for child in reversed(self._running.values()):
            child.terminate()
        for child in self._running.values():
            try:
                child.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def check_ports(place: Place) -> None:
    """Raises `CannotStart` when one of the four ports is taken."""
    for port in range(place.port, place.port + 4):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise CannotStart(
                    f"Port {port} is in use. The demonstration needs {place.port} to {place.port + 3};"
                    " start it with another first port, for example: make demo PORT=8100"
                ) from None


def prepare(place: Place, history: str) -> None:
    """Makes or updates the newsroom, in a process of its own. Raises `CannotStart`."""
    own = {
        key: value
        for key, value in environ.items()
        if not key.startswith(("MAINSTAY_", "DEMO_", "DATABASE_"))
    }
    command = [sys.executable, "-m", "mainstay_demo.prepare", "--history", history]
    if subprocess.run(
        command, env={**own, **place.environment("worker")}, check=False, start_new_session=True
    ).returncode:
        raise CannotStart("The newsroom could not be prepared. What went wrong stands above.")


@contextmanager
def running(place: Place) -> Iterator[Children]:
    """Everything, for as long as the block lasts."""
    children = Children()
    with ExitStack() as stack:
        stack.callback(children.end)
        letterbox = start_letterbox(place.state / "mailbox", place.mail_port)
        stack.callback(letterbox.stop)
        site = start_server(place.port + 1, place.mainstay, NEWSROOM)
        stack.callback(site.server_close)
        stack.callback(site.shutdown)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        _start_processes(children, place)
        yield children


def _start_processes(children: Children, place: Place) -> None:
    company = ["--port", str(place.port + 2), "--database", str(place.company_file)]
    told = {"SANDBOX_ACCOUNTS": company_keys(place).account}
    children.start("The payment company", "mainstay_sandbox", company, told)
    web = ["serve", "--port", str(place.port)]
    children.start("Mainstay", "mainstay.cli.main", web, place.environment("web"))
    Worker(children, place).start()
    children.wait_for("The payment company", place.port + 2)
    children.wait_for("Mainstay", place.port)


class Worker:
    """The worker among the children: step 4 of the story kills it and starts it again."""

    name = "The worker"

    def __init__(self, children: Children, place: Place) -> None:
        self._children, self._place = children, place

    def start(self) -> None:
        """Starts it; it opens the people key from a file."""
        told = self._place.environment("worker")
        key = ["--passphrase-file", str(self._place.passphrase_file)]
        options = ["worker", "--idle-seconds", WORKER_REST_SECONDS, *key]
        self._children.start(self.name, "mainstay.cli.main", options, told)

    def kill(self) -> None:
        """Ends it in the middle of what it does."""
        self._children.kill(self.name)


def stay(children: Children, place: Place) -> str:
    """Grants the story's wishes until Ctrl-C or a request to end; returns who ended by itself, or ""."""
    granting = Granting(place, Worker(children, place))
    asked: list[
        int
    ] = []  # A list, not an Event: a handler that sets what its own thread waits on can lock itself out.
    for name in ENDINGS:
        signal.signal(name, lambda number, _frame: asked.append(number))
    while not asked:
        time.sleep(GLANCE_SECONDS)
        granting.glance()
        if children.ended():
            return children.ended()
    return ""


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
