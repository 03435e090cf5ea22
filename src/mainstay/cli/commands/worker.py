"""`mainstay worker`: renewals, refunds, reminders, letters.

It holds the collection key, and the people key once a person unlocked it.
"""

import argparse
import os
import signal
import threading
from pathlib import Path

from django.conf import settings

from mainstay.jobs.worker import Worker
from mainstay.sealing.keyring import KeyRing

HELP = "Collect what is due and send letters, until stopped."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Once or for ever; how long to rest when nothing is due; a file with passphrases for a demonstration."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
    parser.add_argument("--idle-seconds", type=float, default=5.0, help="rest when nothing is due (5)")
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        help="unlock the people keys with this file's first line (demonstrations only)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Works until SIGTERM or SIGINT; what is under way is finished first."""
    from mainstay.cli.works import all_work
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.vault.unlock import Vault

    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: the worker needs the folder of key files.")
    ring = KeyRing(Path(settings.MAINSTAY_KEYS))
    if arguments.passphrase_file:
        _unlock_all(ring, arguments.passphrase_file)
    worker = Worker(all_work(ring), clock, threads=settings.MAINSTAY_WORKER_THREADS)
    if arguments.once:
        print(f"{worker.run_once()} done")
        return 0
    vault = Vault(ring, Path(settings.MAINSTAY_VAULT_SOCKET))
    vault.start()
    try:
        _until_asked_to_stop(worker, arguments.idle_seconds)
    finally:
        vault.close()
    return 0


def _until_asked_to_stop(worker: Worker, idle_seconds: float) -> None:
    """Works in a thread; this one waits for the signal, so that no handler runs inside a lock that it needs."""
    endings = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    stop = threading.Event()
    working = threading.Thread(target=worker.run_forever, args=(stop, idle_seconds))
    working.start()
    signal.sigwait(endings)
    stop.set()
    working.join()


def _unlock_all(ring: KeyRing, path: Path) -> None:
    from mainstay.newsrooms.models import Newsroom

    passphrase = path.read_text(encoding="utf-8").splitlines()[0]
    for slug in Newsroom.objects.values_list("slug", flat=True):
        ring.unlock(slug, passphrase)
    print(f"people keys unlocked from a file (process {os.getpid()})", flush=True)
