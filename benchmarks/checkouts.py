"""Checkouts per second, the whole way, on SQLite and PostgreSQL, beside bare SQL with as many commits."""

import tempfile
from pathlib import Path
from typing import Any

from tools.ports import free_port

from .databases import KINDS, database
from .measuring import in_child, share_of
from .places import company_environment, environment
from .processes import HOST, server

CHECKOUTS = 400


def run() -> dict[str, Any]:
    """For each database: our own part, and the way with the practice payment company over HTTP."""
    return {kind: _on(kind) for kind in KINDS}


def _on(kind: str) -> dict[str, Any]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name, database(kind, Path(name)) as url:
        company = ["--database", f"{name}/company.sqlite3"]
        with server("mainstay_sandbox", port, company_environment(), *company):
            told = environment(Path(name), url)
            address = f"http://{HOST}:{port}"
            return in_child("benchmarks.load.checkouts", told, company=address, count=share_of(CHECKOUTS))
