"""`mainstay keys`: the keys of a newsroom. Their list, the paper copy, bringing one back, replacing one."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom

HELP = "List a newsroom's keys, put the people key on paper, bring it back from paper, or replace a key."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which newsroom's key."""
    parser.add_argument("do", choices=("list", "words", "restore", "rotate", "reseal"), help="what to do")
    parser.add_argument("newsroom", help="the newsroom's short name")
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("people", "collection"),
        default="people",
        help="with rotate and reseal: which key",
    )
    parser.add_argument("--by", default="operator", help="your pseudonym, for the log")
    parser.add_argument("--keep-old", action="store_true", help="with rotate: leave the replaced keys' files")


def run(arguments: argparse.Namespace) -> int:
    """Does one of the five."""
    from mainstay.cli.asking import newsroom_named

    newsroom = newsroom_named(arguments.newsroom)
    acts = {"list": _list, "words": _words, "restore": _restore, "rotate": _rotate, "reseal": _rotate}
    acts[arguments.do](newsroom, arguments)
    return 0


def _list(newsroom: "Newsroom", arguments: argparse.Namespace) -> None:
    """Public halves only: it needs no folder of keys."""
    from mainstay.newsrooms.models import PublicKey
    from mainstay.sealing.recovery import spoken_fingerprint

    months = newsroom.public_keys.filter(kind=PublicKey.Kind.MONTH).order_by("month")
    for key in newsroom.public_keys.exclude(kind=PublicKey.Kind.MONTH).order_by("kind"):
        print(f"{key.kind}: replace it by {key.expires_on or 'any day'}")
        print(f"  {spoken_fingerprint(bytes(key.public))}")
    print(f"months: {', '.join(key.month for key in months)}")


def _words(newsroom: "Newsroom", arguments: argparse.Namespace) -> None:
    """The log has its line before the words are on the screen."""
    from mainstay.audit.log import record
    from mainstay.cli.asking import keys_root, secret
    from mainstay.cli.paper import show_words
    from mainstay.core.clock import clock
    from mainstay.newsrooms import keys
    from mainstay.newsrooms.models import PublicKey
    from mainstay.sealing.boxes import private_keys, public_of
    from mainstay.sealing.keyfiles import KeyFolder

    folder = KeyFolder(keys_root(), newsroom.slug)
    present = keys.current(newsroom, PublicKey.Kind.PEOPLE)
    for private in private_keys(folder.people_key(secret("Passphrase of the people key"))):
        if public_of(private) == present:
            record(
                "key.on_paper", actor=arguments.by, day=newsroom.today(clock.now()), newsroom_id=newsroom.pk
            )
            show_words(private, newsroom.slug)


def _restore(newsroom: "Newsroom", arguments: argparse.Namespace) -> None:
    from mainstay.audit.log import record
    from mainstay.cli.asking import keys_root, new_secret, secret
    from mainstay.core.clock import clock
    from mainstay.newsrooms import keys
    from mainstay.newsrooms.models import PublicKey
    from mainstay.sealing.boxes import public_of
    from mainstay.sealing.keyfiles import KeyFolder
    from mainstay.sealing.recovery import key_of

    private = key_of(secret("The 24 words"))
    passphrase = new_secret("New passphrase for the people key")
    KeyFolder(keys_root(), newsroom.slug).add_people_key(private, passphrase)
    record("key.recovered", actor=arguments.by, day=newsroom.today(clock.now()), newsroom_id=newsroom.pk)
    if public_of(private) == keys.current(newsroom, PublicKey.Kind.PEOPLE):
        print("The people key is back. `mainstay unlock` takes the new passphrase.")
    else:
        print(
            "These words are an older key of this newsroom, or another's. It was kept; what it opens can be read."
        )


def _rotate(newsroom: "Newsroom", arguments: argparse.Namespace) -> None:
    """The new key first, then the old values, then the old keys: `reseal` goes on after an interruption."""
    from mainstay.cli.asking import keys_root, new_secret, show_progress
    from mainstay.core.clock import clock
    from mainstay.newsrooms import keys
    from mainstay.newsrooms.models import PublicKey
    from mainstay.sealing.keyfiles import KeyFolder
    from mainstay.vault import rotation

    folder, today = KeyFolder(keys_root(), newsroom.slug), newsroom.today(clock.now())
    kind, people = PublicKey.Kind(arguments.kind), arguments.kind == "people"
    passphrase = new_secret("Passphrase of the people key") if people else ""
    if arguments.do == "rotate" and people:
        rotation.rotate_people(newsroom, folder, passphrase, actor=arguments.by, today=today)
        _tell_the_worker(newsroom.slug, passphrase)
    elif arguments.do == "rotate":
        rotation.rotate_collection(newsroom, folder, actor=arguments.by, today=today)
    private = folder.people_key(passphrase) if people else folder.collection_key()
    count = rotation.seal_anew(newsroom, kind, private, show_progress)
    print(f"{count} values were sealed anew to the present {kind.value} key.")
    if not arguments.keep_old:
        gone = folder.destroy_replaced(kind.value, keys.current(newsroom, kind), passphrase)
        print(
            f"{gone} replaced keys are destroyed. What they sealed in old backups can't be read here any more."
        )
    if people:
        print(f"Put the present key on paper: mainstay keys words {newsroom.slug}")


def _tell_the_worker(slug: str, passphrase: str) -> None:
    """A running worker opens the new key at once; without one, the next unlocking does."""
    from contextlib import suppress

    from mainstay.vault import client

    with suppress(client.NoVault, client.VaultRefused):
        if slug in client.status(Path(settings.MAINSTAY_VAULT_SOCKET)).unlocked:
            client.unlock(Path(settings.MAINSTAY_VAULT_SOCKET), slug, passphrase)
