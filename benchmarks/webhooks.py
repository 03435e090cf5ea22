"""How soon a webhook is acknowledged while four clients send as fast as they can: signed, each about another payment.

Stored before it is answered, so each answer holds a commit. The floor is the same server answering and doing nothing.
"""

import hashlib
import hmac
import http.client
import json
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools.ports import free_port

from .databases import KINDS, database
from .measuring import LoadFailed, in_child, share_of
from .places import WEBHOOK_SECRET, environment
from .processes import HOST, server

CLIENTS = 4
WEBHOOKS = 4_000
WARM_UP = 40
Sender = Callable[[http.client.HTTPConnection], None]


def run() -> dict[str, Any]:
    """Milliseconds until the answer: the middle one, the slowest of a hundred, the slowest of all."""
    port = free_port()
    with server("benchmarks.hello", port, {}):
        floor = _measure(port, _get)
    return {"empty_application": floor, **{kind: _on(kind) for kind in KINDS}}


def _on(kind: str) -> dict[str, float]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name, database(kind, Path(name)) as url:
        told = environment(Path(name), url, port)
        account = in_child("benchmarks.load.site", told, company=f"http://{HOST}:9/")["account"]
        web = {key: value for key, value in told.items() if key != "MAINSTAY_KEYS"}
        with server("mainstay.cli.main", port, web, "serve"):
            return _measure(port, lambda link: _post(link, f"/hooks/sandbox/{account}/"))


def _measure(port: int, send: Sender) -> dict[str, float]:
    _each(port, send, WARM_UP // CLIENTS)
    count = share_of(WEBHOOKS) // CLIENTS + 1
    begun = time.perf_counter()
    took = _each(port, send, count)
    seconds = time.perf_counter() - begun
    return {
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 1),
        "slowest_ms": round(took[-1] * 1000, 1),
        "per_second": round(len(took) / seconds, 1),
    }


def _each(port: int, send: Sender, count: int) -> list[float]:
    """What every sending took, the quickest first."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_one_client, port, send, count) for _client in range(CLIENTS)]
    return sorted(seconds for client in clients for seconds in client.result())


def _one_client(port: int, send: Sender, count: int) -> list[float]:
    link = http.client.HTTPConnection(HOST, port, timeout=30)
    took = []
    for _number in range(count):
        begun = time.perf_counter()
        send(link)
        answer = link.getresponse()
        answer.read()
        took.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise LoadFailed(f"A webhook was answered with {answer.status}.")
    link.close()
    return took


def _get(link: http.client.HTTPConnection) -> None:
    link.request("GET", "/")


def _post(link: http.client.HTTPConnection, path: str) -> None:
    event = {"id": uuid.uuid4().hex, "object": {"kind": "intent", "id": f"in_{uuid.uuid4().hex}"}}
    body = json.dumps(event).encode()
    moment = str(int(time.time()))
    signature = hmac.new(WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    link.request("POST", path, body, {"Sandbox-Signature": f"t={moment},v1={signature}"})
