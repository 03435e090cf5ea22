"""The floor of the web: the least that the same server can answer. `python -m benchmarks.hello --port 8123`."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

BODY = b"hello" * 100


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A WSGI application that does nothing."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def main() -> None:
    """Serves it as `mainstay serve` serves Mainstay."""
    from granian.constants import Interfaces
    from granian.server import Server

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    Server(
        "benchmarks.hello:application",
        address="127.0.0.1",
        port=parser.parse_args().port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_access=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
