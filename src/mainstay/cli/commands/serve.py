"""`mainstay serve`: the web process."""

import argparse
import logging
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

if TYPE_CHECKING:
    from mainstay.jobs.worker import Worker

HELP = "Serve the public pages and the desk (granian, WSGI)."
LOOK_SECONDS = 60

log = logging.getLogger("mainstay.cli")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how many processes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=int, default=1, help="web processes (1)")


def run(arguments: argparse.Namespace) -> int:
    """Serves until it is stopped. No request log is written. Looks for alarms beside it: a worker can't miss itself."""
    from granian.constants import Interfaces
    from granian.server import Server

    from mainstay.alarms.work import due_work
    from mainstay.core.clock import clock
    from mainstay.jobs.worker import Worker

    # Imported before the server forks: a module half imported by another thread stays locked in the fork for ever.
    lookout = Worker(due_work(), clock, threads=1)
    server = Server(
        "mainstay.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.processes,
        blocking_threads=4,
        log_access=False,
        log_enabled=False,
    )
    threading.Thread(target=_look_out, args=[lookout], name="lookout", daemon=True).start()
    server.serve()
    return 0


def _look_out(worker: "Worker") -> None:
    """Once a minute, in the process that only keeps the web processes running."""
    while not worker.stop.wait(LOOK_SECONDS):
        try:
            worker.run_once()
        except DatabaseError:
            log.exception("no look for alarms")
        finally:
            connection.close()
