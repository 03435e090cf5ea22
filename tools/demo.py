"""A demonstration of one's own for a while: on free ports, in a folder of its own, ended at the end."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tools.pages import Demo
from tools.ports import free_ports

PORTS_NEEDED = 4
START_SECONDS = 120
PAUSE_SECONDS = 0.5
STOP_SECONDS = 60


class DemoDidNotStart(Exception):
    """The demonstration ended, or did not answer in time."""


@contextmanager
def running_demo(state: Path) -> Iterator[Demo]:
    """Starts a demonstration with a short history and waits until it answers. Raises `DemoDidNotStart`."""
    port = free_ports(PORTS_NEEDED)
    options = ["--port", str(port), "--state", str(state), "--history", "small"]
    process = subprocess.Popen([sys.executable, "-m", "mainstay_demo", *options], stdout=subprocess.DEVNULL)
    try:
        demo = Demo.on(port, state)
        _wait_for(demo, process)
        yield demo
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def _wait_for(demo: Demo, process: "subprocess.Popen[bytes]") -> None:
    tries = int(START_SECONDS / PAUSE_SECONDS)
    for _ in range(tries):
        if process.poll() is not None:
            raise DemoDidNotStart(f"The demonstration ended at once with exit code {process.returncode}.")
        if _answers(demo.address) and _answers(demo.site):
            return
        time.sleep(PAUSE_SECONDS)
    raise DemoDidNotStart(f"The demonstration did not answer within {START_SECONDS} seconds.")


def _answers(address: str) -> bool:
    """Whether somebody is there; what they answer is the tests' affair."""
    try:
        urlopen(address, timeout=5).close()
    except HTTPError:
        return True
    except OSError:
        return False
    return True
