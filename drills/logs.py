"""Logs: the real web process and worker serve planted readers; what they print, and which files they make, is searched.

Nothing that a reader sent may be printed, nor anything that looks like an address of a network or of a mailbox. In the
house's folder only the declared files may exist, and none in the folder for temporary ones. The control is a line with
such addresses.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.core.management import call_command

from benchmarks.measuring import in_child
from benchmarks.places import environment
from benchmarks.processes import end, wait_for
from tools.ports import free_port

from . import countries, planted, searching
from .report import Report

READERS, SEED = 40, 9
WORKER_SECONDS = 8
AT, MY = f"/support/{countries.SLUG}/", f"/my/{countries.SLUG}/"
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
ADDRESSES = {
    "IPv4": re.compile(rb"(?<![\d.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"),
    "IPv6": re.compile(rb"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*[0-9a-f]{1,4}(?![\w:])"),
    "mail": re.compile(rb"[\w.+-]+@[\w-]+\.[\w.-]+"),
}
DECLARED = (
    re.compile(r"drill\.sqlite3(-wal|-shm)?"),
    re.compile(r"secrets\.toml|vault\.sock|desk\.sock"),
    re.compile(r"static/.+"),
    re.compile(r"keys/far-shore/(people|collection)\.key"),
    re.compile(r"keys/far-shore/months/\d{4}-\d{2}\.key"),
)
CONTROL = b"GET / 203.0.113.7 2001:db8:1:2::7 reader@letters.example"


def run(part: float = 1.0) -> Report:
    """So many readers, at the real processes."""
    how_many = max(3, round(READERS * part))
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        house, temporary = Path(name) / "house", Path(name) / "temporary"
        house.mkdir()
        temporary.mkdir()
        port = free_port()
        told = environment(house, f"sqlite:///{house}/drill.sqlite3", port) | {"TMPDIR": str(temporary)}
        in_child("drills.logs", told)
        printed = Path(name) / "printed"
        with _program(told, port, printed):
            readers = list(planted.supporters(how_many, SEED))
            statuses = [status for reader in readers for status in _visits(port, reader)]
        files = {path: path.read_bytes() for path in (printed,)}
        left = [str(path.relative_to(temporary)) for path in temporary.rglob("*")]
        return _report(files, readers, statuses, sorted(_undeclared(house)), left)


@contextmanager
def _program(told: Mapping[str, str], port: int, printed: Path) -> Iterator[None]:
    """Web process and worker, both printing into one file."""
    base = [sys.executable, "-m", "mainstay.cli.main"]
    with printed.open("wb") as out:
        said: dict[str, Any] = {"stdout": out, "stderr": subprocess.STDOUT, "env": {**os.environ, **told}}
        web = subprocess.Popen([*base, "serve", "--port", str(port)], **said)
        worker = subprocess.Popen([*base, "worker"], **said)
        try:
            wait_for(port, web)
            yield
            _wait(worker)
        finally:
            end(web)
            end(worker)


def _wait(worker: "subprocess.Popen[bytes]") -> None:
    """Until the worker has had its turn with what the readers left."""
    try:
        worker.wait(WORKER_SECONDS)
    except subprocess.TimeoutExpired:
        return


class Browser:
    """A browser behind the TLS of the house, as its proxy would pass it on."""

    def __init__(self, port: int, who: planted.Planted) -> None:
        origin = f"https://127.0.0.1:{port}"
        self._headers = {**who.headers, "x-forwarded-proto": "https", "origin": origin}
        # A connection for each request: the server closes one whose body it has refused to read to its end.
        limits = httpx.Limits(max_keepalive_connections=0)
        at = f"http://127.0.0.1:{port}"
        self._client = httpx.Client(base_url=at, trust_env=False, timeout=60, limits=limits)
        self._cookies: dict[str, str] = {}
        self._own = f"{origin}/"

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request. Cookies marked for TLS are sent, though this connection is the one behind it."""
        headers = {**self._headers, "cookie": "; ".join(f"{n}={v}" for n, v in self._cookies.items())}
        if method == "POST":
            headers["referer"] = self._own
        answer = self._client.request(method, path, headers=headers | more.pop("headers", {}), **more)
        for line in answer.headers.get_list("set-cookie"):
            name, _equals, value = line.split(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    def send(self, page: str, path: str, **fields: str) -> int:
        """Opens a page with a form, and sends it."""
        token = FORM_TOKEN.search(self.ask("GET", page).text)
        return self.ask(
            "POST", path, data={**fields, "csrfmiddlewaretoken": token[1] if token else ""}
        ).status_code


def _visits(port: int, who: planted.Planted) -> Iterator[int]:
    """Forms that are right, forms that are wrong, addresses that are none, and what only attackers send."""
    browser, mail = Browser(port, who), who.values["mail"]
    noted = {"utm_content": who.values["note"]}
    yield browser.ask("GET", AT, params=noted).status_code
    yield browser.ask("GET", f"/nowhere/{who.values['card']}", params=noted).status_code
    yield browser.ask("GET", f"/ask/{countries.SLUG}.json").status_code
    yield browser.send(AT, AT, frequency="once", currency="USD", amount_once="500", **who.unasked)
    yield browser.send(f"{AT}card/", f"{AT}pay/", token=who.values["card"], mail=mail)
    yield browser.send(f"{AT}remind/", f"{AT}remind/", mail=mail, frequency="monthly")
    yield browser.send(MY, MY, code=who.values["name"])
    yield browser.send(MY, f"{MY}link/", mail=mail)
    yield browser.ask("POST", AT, data=who.unasked, headers={"cookie": ""}).status_code
    yield browser.ask("POST", AT, data={"note": who.values["note"] * 400}).status_code
    yield browser.ask("PUT", AT, data=who.unasked).status_code
    yield browser.ask("GET", AT, headers={"host": f"{who.values['card']}.example"}).status_code
    yield browser.ask("GET", AT, headers={"cookie": f"checkout={who.values['card']}"}).status_code
    hook = f"/hooks/{countries.PROCESSOR}/{'0' * 8}-0000-4000-8000-{'0' * 12}/"
    yield browser.ask("POST", hook, json=dict(who.values)).status_code


def _undeclared(house: Path) -> Iterator[str]:
    for path in house.rglob("*"):
        name = str(path.relative_to(house))
        if not path.is_dir() and not any(pattern.fullmatch(name) for pattern in DECLARED):
            yield name


def _report(
    files: Mapping[Path, bytes],
    readers: list[planted.Planted],
    statuses: list[int],
    undeclared: list[str],
    left: list[str],
) -> Report:
    needles = [needle for reader in readers for needle in searching.needles_of(reader.values, reader.number)]
    stack, printed = searching.search(files, needles), b"".join(files.values())
    looks = {name: pattern.findall(printed) for name, pattern in ADDRESSES.items()}
    differences = [
        *stack.examples.values(),
        *(f"{name} in the logs: {found[0].decode()}" for name, found in looks.items() if found),
        *(f"{name} is a file that nobody declared" for name in undeclared),
        *(f"{name} lies in the folder for temporary files" for name in left),
        *(f"the control has no {name}" for name, pattern in ADDRESSES.items() if not pattern.search(CONTROL)),
    ]
    if not printed:
        differences.append("nothing was printed at all, so there was nothing to search")
    counts = {
        "readers": len(readers),
        "requests": len(statuses),
        "answers above 499": sum(status >= 500 for status in statuses),
        "bytes printed": len(printed),
        "planted values printed": sum(len(found) for found in stack.found.values()),
        "addresses printed": sum(map(len, looks.values())),
        "undeclared files": len(undeclared) + len(left),
    }
    return Report("logs", counts, differences)


if __name__ == "__main__":
    countries.set_up()
    call_command("collectstatic", interactive=False, verbosity=0)
    print("{}")
