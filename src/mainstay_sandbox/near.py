"""The company in a thread of this process, on a free port of 127.0.0.1: for tests, which start it hundreds of times."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from mainstay_sandbox.accounts import AccountKeys, add_account
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import Store


class Threaded(ThreadingMixIn, WSGIServer):
    """A WSGI server with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    """No request log, and no traceback for the connection that is cut on purpose."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def get_stderr(self) -> Any:
        """A place for tracebacks that nobody reads."""
        return StringIO()


@contextmanager
def running_company(
    path: Path,
    accounts: Sequence[AccountKeys],
    machine_clock: Callable[[], float] = time.time,
    application: Callable[[Store, Callable[[], float]], Application] = Application,
) -> Iterator[tuple[str, Store]]:
    """The company's address and its store (a file at `path` that does not wait for the disk), until the block ends.

    `application` may be one that speaks another protocol too. Webhooks go out only when `POST /v1/test/deliveries`
    asks for it.
    """
    store = Store(path, durable=False)
    for keys in accounts:
        add_account(store, keys)
    server = make_server("127.0.0.1", 0, application(store, machine_clock), Threaded, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
