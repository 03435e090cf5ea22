"""Servers as child processes on free loopback ports, and what the kernel says of their processor time and memory."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .measuring import LoadFailed

HOST = "127.0.0.1"
START_SECONDS = 60
END_SECONDS = 20
PROC = Path("/proc")


@contextmanager
def server(module: str, port: int, told: Mapping[str, str], *arguments: str) -> Iterator[int]:
    """Runs `python -m module arguments --port port` for as long as the block lasts; gives its process id."""
    command = [sys.executable, "-m", module, *arguments, "--port", str(port)]
    child = subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, child)
        yield child.pid
    finally:
        end(child)


def end(child: "subprocess.Popen[bytes]") -> None:
    """Asks a process that was started here to end; stops it when it does not."""
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def wait_for(port: int, child: "subprocess.Popen[bytes]", seconds: float = START_SECONDS) -> None:
    """Waits until the port answers. Raises `LoadFailed` when the process ended or the time is up."""
    deadline = time.monotonic() + seconds
    while not answers(port):
        if child.poll() is not None or time.monotonic() > deadline:
            raise LoadFailed(f"Nothing answers on port {port}.")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens on the port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """A process and all that descend from it, by what /proc says of their parents."""
    parents = {int(path.parent.name): _parent(path) for path in PROC.glob("[0-9]*/stat")}
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def _parent(path: Path) -> int:
    try:
        return int(_fields(path)[1])
    except OSError:
        return 0


def _fields(path: Path) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on: the second, a name in brackets, may hold anything."""
    return path.read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its descendants have used, user and system, in seconds."""
    ticks = 0
    for member in family(pid):
        fields = _fields(PROC / str(member) / "stat")
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_bytes(pid: int) -> int:
    """Memory of one process: its own pages, and its share of those that it shares (PSS)."""
    text = (PROC / str(pid) / "smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def command_of(pid: int) -> str:
    """How a process was started, in words."""
    return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
