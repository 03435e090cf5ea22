"""Requests per second of processor time: the support page, the manifest, the script, beside an empty application.

Processor time is that of the server's processes, from /proc: the client beside it, and whatever else runs on the
machine, does not count. One server process, four threads, as `mainstay serve` starts it.
"""

import http.client
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools.ports import free_port

from .measuring import LoadFailed, in_child, per_second, ratio, share_of
from .places import NEWSROOM, environment
from .processes import HOST, cpu_seconds, server

CLIENTS = 4
SECONDS = 8
WARM_UP_SECONDS = 1.0
HEADERS = {"Accept-Encoding": "br, gzip", "Accept-Language": "en"}
PAGES = {
    "support_page": f"/support/{NEWSROOM}/?frequency=monthly&amount=5&currency=USD",
    "manifest": f"/ask/{NEWSROOM}.en.json",
    "script": "/ask/v1.js",
}


def run() -> dict[str, Any]:
    """Each page's requests per processor second, and how many times as many the empty application answers."""
    floor = _floor()
    return {"empty_application": floor, **_mainstay(floor["requests_per_cpu_second"])}


def _floor() -> dict[str, float]:
    port = free_port()
    with server("benchmarks.hello", port, {}) as pid:
        return _measure(pid, port, "/")


def _mainstay(floor: float) -> dict[str, Any]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name:
        told = environment(Path(name), f"sqlite:///{name}/bench.sqlite3", port)
        in_child("benchmarks.load.site", told, company=f"http://{HOST}:9/")
        web = {key: value for key, value in told.items() if key != "MAINSTAY_KEYS"}
        with server("mainstay.cli.main", port, web, "serve") as pid:
            return {page: _beside(floor, _measure(pid, port, path)) for page, path in PAGES.items()}


def _beside(floor: float, figures: dict[str, float]) -> dict[str, float]:
    return {**figures, "floor_to_ours": ratio(figures["requests_per_cpu_second"], floor)}


def _measure(pid: int, port: int, path: str) -> dict[str, float]:
    _ask_for(port, path, WARM_UP_SECONDS)
    before = cpu_seconds(pid)
    count, size = _ask_for(port, path, share_of(SECONDS))
    used = cpu_seconds(pid) - before
    return {"requests_per_cpu_second": per_second(count, used), "requests": count, "bytes_sent": size}


def _ask_for(port: int, path: str, seconds: float) -> tuple[int, int]:
    """Four clients ask for `seconds`; returns how many answers came, and the bytes of one."""
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(_ask_until, port, path, deadline) for _client in range(CLIENTS)]
    answered = [client.result() for client in asked]
    return sum(count for count, _size in answered), answered[0][1]


def _ask_until(port: int, path: str, deadline: float) -> tuple[int, int]:
    """One client on one connection that is kept open. Raises `LoadFailed` for any answer but 200."""
    link = http.client.HTTPConnection(HOST, port, timeout=30)
    count = size = 0
    while time.monotonic() < deadline:
        link.request("GET", path, headers=HEADERS)
        answer = link.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise LoadFailed(f"{path} answered {answer.status}.")
        count += 1
    link.close()
    return count, size
