"""`mainstay worker`: renewals, refunds, reminders, letters.

It holds the collection key, and the people key once a person unlocked it.
"""

import argparse
import logging
import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from mainstay.sealing.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mainstay.jobs.work import DueWork
    from mainstay.jobs.worker import Worker

HELP = "Collect what is due and send letters, until stopped."
MOST_COUNTED = 10_000
GRACE_SECONDS = 75
"""What is under way has so long to end: three calls to a processor, each with a deadline of 20 seconds, and commits."""

log = logging.getLogger("mainstay.cli")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Once or for ever; how long to rest when nothing is due; a file with passphrases for a demonstration."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
    parser.add_argument("--dry-run", action="store_true", help="say what is due now, and do none of it")
    parser.add_argument("--idle-seconds", type=float, default=5.0, help="rest when nothing is due (5)")
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        help="unlock the people keys with this file's first line (demonstrations only)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Works until SIGTERM or SIGINT; what is under way is finished first, for 75 seconds at most."""
    from mainstay.cli.works import all_work
    from mainstay.collection.reconcile import hold_after_outage
    from mainstay.core.clock import clock
    from mainstay.core.errors import WrongSettings
    from mainstay.jobs.heartbeat import last_seen, new_name
    from mainstay.jobs.pulse import Pulse
    from mainstay.jobs.worker import Worker
    from mainstay.sealing.memory import keep_to_itself
    from mainstay.vault.unlock import Vault

    if not settings.MAINSTAY_KEYS:
        raise WrongSettings("MAINSTAY_KEYS is missing: the worker needs the folder of key files.")
    if arguments.dry_run:
        return _say_what_is_due(all_work(KeyRing(Path(settings.MAINSTAY_KEYS))), clock.now())
    refused = keep_to_itself()
    for sentence in [] if arguments.passphrase_file else refused:  # a demonstration has no secret to keep
        log.warning(sentence)
    ring = KeyRing(Path(settings.MAINSTAY_KEYS))
    if arguments.passphrase_file:
        _unlock_all(ring, arguments.passphrase_file)
    worker = Worker(all_work(ring), clock, threads=settings.MAINSTAY_WORKER_THREADS)
    if hold_after_outage(last_seen(clock.now()), clock.now()):
        log.warning("no worker for over an hour: the books are compared before anything is collected")
    pulse = Pulse(new_name(), clock, locked=partial(_locked_newsrooms, ring))
    if arguments.once:
        pulse.beat()
        print(f"{worker.run_once()} done")
        return 0
    vault = Vault(ring, Path(settings.MAINSTAY_VAULT_SOCKET), Path(settings.MAINSTAY_DESK_SOCKET))
    vault.start()
    pulse.start()
    try:
        _until_asked_to_stop(worker, arguments.idle_seconds)
    finally:
        pulse.stop()
        vault.close()
    return 0


def _say_what_is_due(works: "Sequence[DueWork]", now: "datetime") -> int:
    """Asks what the worker itself would ask, in a transaction that is taken back."""
    from django.db import transaction

    with transaction.atomic():
        for work in works:
            print(f"{work.name}: {len(work.find(now, MOST_COUNTED))}")
        transaction.set_rollback(True)
    return 0


def _until_asked_to_stop(worker: "Worker", idle_seconds: float) -> None:
    """Works in a thread; this one waits for the signal, so that no handler runs inside a lock that it needs."""
    endings = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    working = threading.Thread(target=worker.run_forever, args=(idle_seconds,))
    working.start()
    signal.sigwait(endings)
    worker.stop.set()
    working.join(GRACE_SECONDS)
    if working.is_alive():
        # What hangs is found again by its lease. Waiting for it would leave the host's supervisor to kill us.
        log.error("stopped with work under way")
        os._exit(1)


def _locked_newsrooms(ring: KeyRing) -> int:
    """How many newsrooms' people keys this worker doesn't hold."""
    from mainstay.newsrooms.models import Newsroom

    slugs = Newsroom.objects.values_list("slug", flat=True)
    return sum(ring.people_key(slug) is None for slug in slugs)


def _unlock_all(ring: KeyRing, path: Path) -> None:
    from mainstay.newsrooms.models import Newsroom

    passphrase = path.read_text(encoding="utf-8").splitlines()[0]
    for slug in Newsroom.objects.values_list("slug", flat=True):
        ring.unlock(slug, passphrase)
    print(f"people keys unlocked from a file (process {os.getpid()})", flush=True)
