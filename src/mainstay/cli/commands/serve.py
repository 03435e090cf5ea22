"""`mainstay serve`: the web process."""

import argparse

HELP = "Serve the public pages and the desk (granian, WSGI)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how many processes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=int, default=1, help="web processes (1)")


def run(arguments: argparse.Namespace) -> int:
    """Serves until it is stopped. No request log is written."""
    from granian.constants import Interfaces
    from granian.server import Server

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
    server.serve()
    return 0
