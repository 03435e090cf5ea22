"""A mail server that keeps every letter as a file, and delivers none."""

from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from .places import HOST


class Letterbox:
    """Writes what it is given into a folder, numbered in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by the mail server for each letter."""
        last = max((int(path.stem) for path in self.folder.glob("*.eml")), default=0)
        path = self.folder / f"{last + 1:06}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(envelope.content)
        unfinished.rename(path)
        return "250 kept"


def start_letterbox(folder: Path, port: int) -> Controller:
    """Starts the mail server in a thread; `stop()` ends it."""
    controller = Controller(Letterbox(folder), hostname=HOST, port=port)
    controller.start()
    return controller
