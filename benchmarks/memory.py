"""Memory of each process of the running demonstration, after pages were asked for: PSS, from the kernel.

PSS counts a process's own pages and its share of those that it shares, so the sum is what the whole takes.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.demo import PORTS_NEEDED
from tools.ports import free_ports

from .processes import HOST, command_of, end, family, pss_bytes, wait_for

PREPARE_SECONDS = 300
SETTLE_SECONDS = 5
ROUNDS = 20
LIMIT_MIB = 1024
PATHS = ("/", "/support/far-shore/", "/ask/far-shore.en.json", "/my/far-shore/", "/desk/")
NAMES = {
    "mainstay_sandbox": "payment_company",
    "mainstay.cli.main serve": "web",
    "mainstay.cli.main worker": "worker",
    "mainstay_demo": "demo_and_news_site_and_mailbox",
}


def run() -> dict[str, Any]:
    """MiB of each process and of all, and whether the whole stays under 1 GiB."""
    port = free_ports(PORTS_NEEDED)
    with demonstration(port) as child:
        for path in PATHS * ROUNDS:
            urllib.request.urlopen(f"http://{HOST}:{port}{path}").read()
        urllib.request.urlopen(f"http://{HOST}:{port + 1}/").read()
        time.sleep(SETTLE_SECONDS)
        return memory_of(child.pid)


@contextmanager
def demonstration(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The demonstration with a small history, in a folder that vanishes."""
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as folder:
        options = ["--port", str(port), "--state", f"{folder}/demo", "--history", "small"]
        command = [sys.executable, "-m", "mainstay_demo", *options]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(port, child, PREPARE_SECONDS)
            yield child
        finally:
            end(child)


def memory_of(pid: int) -> dict[str, Any]:
    """The memory of a process and its descendants, in MiB."""
    each: dict[str, float] = {}
    for member in family(pid):
        name = _name_of(member)
        each[name] = round(each.get(name, 0.0) + pss_bytes(member) / 2**20, 1)
    whole = round(sum(each.values()), 1)
    return {"mib": each, "mib_of_all": whole, "under_1_gib": str(whole < LIMIT_MIB)}


def _name_of(pid: int) -> str:
    command = command_of(pid)
    return next(
        (name for words, name in NAMES.items() if words in command), f"other_{os.path.basename(command)}"
    )
