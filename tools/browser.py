"""Finds a Chromium for the tests, and installs one where the machine allows it.

`python -m tools.browser` prints the path of the browser. `MAINSTAY_CHROMIUM` names one of your own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

WHOLE_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = ("chromium-headless-shell", *WHOLE_BROWSERS)
"""The one without windows first: a fresh context costs it a third of the processor's time."""
PACKAGES = ("chromium", "chromium-headless-shell", "fonts-noto-core")
"""Debian's browsers, and letters for Arabic, without which its pages show boxes."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOW_TO_HELP = (
    "The browser tests need Chromium, and none could be found or installed. Install it (on Debian and Ubuntu:"
    " sudo apt-get install chromium), or name yours: MAINSTAY_CHROMIUM=/path/to/chromium make test"
)


class NoBrowser(Exception):
    """There is no Chromium here, and none could be installed."""


def find() -> str | None:
    """The path of a Chromium that is there already, or `None`."""
    named = os.environ.get("MAINSTAY_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _from_playwright()


def whole_browser_path() -> str:
    """The path of a browser that keeps a profile as a person's does, or of what else there is. Raises `NoBrowser`."""
    whole = (shutil.which(name) for name in WHOLE_BROWSERS)
    return os.environ.get("MAINSTAY_CHROMIUM") or next(filter(None, whole), None) or chromium_path()


def chromium_path() -> str:
    """The path of a Chromium that is there already. Raises `NoBrowser`."""
    found = find()
    if found is None:
        raise NoBrowser(HOW_TO_HELP)
    return found


def find_or_install() -> str:
    """The path of a Chromium, installed without a question when there was none. Raises `NoBrowser`."""
    found = find()
    if found is None and not os.environ.get("MAINSTAY_CHROMIUM"):
        found = (_install_from_the_system() and find()) or (_install_from_playwright() and find()) or None
    if found is None:
        raise NoBrowser(HOW_TO_HELP)
    return found


def _from_playwright() -> str | None:
    """The browser that Playwright downloaded earlier, wherever it keeps it."""
    from playwright.sync_api import sync_playwright  # not needed where the system has a browser

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _install_from_the_system() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing Chromium from the system's packages.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES])
    return all(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for command in commands
    )


def _install_from_playwright() -> bool:
    print("Installing Chromium through Playwright.", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    try:
        print(find_or_install())
    except NoBrowser as problem:
        sys.exit(str(problem))
