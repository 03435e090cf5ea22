"""Serves the site for looking at: `python -m mainstay_demo.newssite --port 8001 --mainstay http://127.0.0.1:8000`."""

import argparse
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from mainstay_demo.newssite.app import make_application


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Answers several connections at once, since a browser opens more than one."""

    daemon_threads = True


class SilentHandler(WSGIRequestHandler):
    """Writes no line per request: who read what is nobody's business, here too."""

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


def start_server(port: int, mainstay_url: str, newsroom: str = "far-shore") -> WSGIServer:
    """Return a server bound to this port of 127.0.0.1 (0 takes a free one), ready for `serve_forever`."""
    application = make_application(mainstay_url, newsroom)
    return make_server("127.0.0.1", port, application, ThreadedServer, SilentHandler)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m mainstay_demo.newssite", description="The Far Shore's news site."
    )
    parser.add_argument("--port", type=int, default=8001, help="port on 127.0.0.1 (default: 8001)")
    parser.add_argument("--mainstay", default="http://127.0.0.1:8000", help="where Mainstay answers")
    parser.add_argument("--newsroom", default="far-shore", help="the newsroom's name in Mainstay's paths")
    options = parser.parse_args()
    with start_server(options.port, options.mainstay, options.newsroom) as server:
        print(f"The Far Shore: http://127.0.0.1:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
