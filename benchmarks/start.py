"""How long `make demo` takes to the first page: in a fresh clone where nothing is installed, and the second time.

Only on request: it clones this repository's last commit and installs, which takes minutes. The packages come from
pip's cache where it has them, so a first start on a new machine takes longer by the download.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tools.demo import PORTS_NEEDED
from tools.ports import free_ports

from .measuring import LoadFailed
from .processes import END_SECONDS, HOST, answers, family

ROOT = Path(__file__).resolve().parents[1]
LONGEST_SECONDS = 900
LONGEST_END_SECONDS = 60
GLANCE_SECONDS = 0.1


def run() -> dict[str, Any]:
    """Seconds from `make demo` to the first page, with what a first start does, and without."""
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as folder:
        clone = Path(folder) / "mainstay"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        port = free_ports(PORTS_NEEDED)
        first, second = _seconds_to_first_page(clone, port), _seconds_to_first_page(clone, port)
    return {"first_time_seconds": first, "second_time_seconds": second}


def _seconds_to_first_page(clone: Path, port: int) -> float:
    begun = time.monotonic()
    with (clone / "demo.log").open("ab") as log:
        child = subprocess.Popen(
            ["make", "demo", f"PORT={port}"], cwd=clone, start_new_session=True, stdout=log, stderr=log
        )
    try:
        while not _first_page(port):
            if child.poll() is not None or time.monotonic() - begun > LONGEST_SECONDS:
                raise LoadFailed(f"make demo did not start: {(clone / 'demo.log').read_text()[-500:]}")
            time.sleep(GLANCE_SECONDS)
        return round(time.monotonic() - begun, 1)
    finally:
        _end(child, port)


def _first_page(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _end(child: "subprocess.Popen[bytes]", port: int) -> None:
    """Ends make and the demonstration below it, as Ctrl-C does, and waits until its ports are free again."""
    below = family(child.pid)
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGINT)
    deadline = time.monotonic() + LONGEST_END_SECONDS
    while time.monotonic() < deadline and any(answers(port + number) for number in range(4)):
        time.sleep(GLANCE_SECONDS)
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        for member in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        raise
