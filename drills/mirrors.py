"""Five hundred forged lists of addresses: none is accepted. The true one is, and a blind reader would take them all.

Each forgery is one that somebody could make who has the server, the published lists and keys of their own, but not the
newsroom's offline key. The control is a reader that looks at the content alone: it must take most of them, or the
forgeries would not be worth refusing.
"""

import base64
import hashlib
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from .report import Report

CASES = 500
TODAY = date(2026, 11, 23)
KEY_ID = bytes(range(8))
PRESENT_VERSION = 7
TRUE = {
    "newsroom": "far-shore",
    "version": 8,
    "not_before": "2026-11-01",
    "expires": "2026-12-15",
    "pay": ["support.farshore.example"],
    "read": ["farshore.example", "mirror.example"],
}
Forged = tuple[bytes, str]


def run(part: float = 1.0) -> Report:
    """All cases, in a process that has the program's settings."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        answer = in_child("drills.mirrors", told, cases=max(50, round(CASES * part)))
    return Report("mirrors", answer["counts"], answer["differences"])


class Signer:
    """Signs as minisign does, with any key under any id."""

    def __init__(self, secret: SigningKey, key_id: bytes = KEY_ID, kind: bytes = b"ED") -> None:
        self.secret, self.key_id, self.kind = secret, key_id, kind

    @property
    def public(self) -> str:
        """The public key in minisign's writing."""
        return base64.b64encode(b"Ed" + self.key_id + bytes(self.secret.verify_key)).decode()

    def sign(self, content: bytes, comment: str = "timestamp:1") -> str:
        """The signature's file."""
        message = hashlib.blake2b(content).digest() if self.kind == b"ED" else content
        signature = self.secret.sign(message).signature
        whole = self.secret.sign(signature + comment.encode()).signature
        return _file(self.kind + self.key_id + signature, comment, whole)


def _file(first: bytes, comment: str, whole: bytes) -> str:
    lines = ("untrusted comment: x", base64.b64encode(first).decode(), f"trusted comment: {comment}")
    return "\n".join((*lines, base64.b64encode(whole).decode())) + "\n"


OURS = Signer(SigningKey(hashlib.blake2b(b"ours", digest_size=32).digest()))
THEIRS = Signer(SigningKey(hashlib.blake2b(b"theirs", digest_size=32).digest()))


def a_list(**changed: Any) -> bytes:
    """The true list's bytes, with changes."""
    return json.dumps({**TRUE, **changed}).encode()


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One bit is another one."""
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def flip_the_content(chance: random.Random) -> Forged:
    """A bit of the list."""
    return flipped(a_list(), chance), OURS.sign(a_list())


def flip_the_signature(chance: random.Random) -> Forged:
    """A bit of one of the two signatures, or of the key's id."""
    lines = OURS.sign(a_list()).splitlines()
    which = chance.choice((1, 3))
    lines[which] = base64.b64encode(flipped(base64.b64decode(lines[which]), chance)).decode()
    return a_list(), "\n".join(lines) + "\n"


def another_host(chance: random.Random) -> Forged:
    """Another place to give, under the true list's signature."""
    return a_list(pay=[f"support-{chance.randrange(10_000)}.farshore.example"]), OURS.sign(a_list())


def another_key(chance: random.Random) -> Forged:
    """A list of theirs, signed by a key of theirs that carries our key's id."""
    content = a_list(pay=["pay.imitator.example"], version=8 + chance.randrange(1_000))
    return content, THEIRS.sign(content)


def a_new_key(chance: random.Random) -> Forged:
    """Signed by a key made for this case."""
    content = a_list(version=9)
    return content, Signer(SigningKey(chance.randbytes(32)), chance.randbytes(8)).sign(content)


def replayed(chance: random.Random) -> Forged:
    """A true list of ours from before, as it was signed."""
    content = a_list(version=chance.randint(1, PRESENT_VERSION), read=["given-up.example"])
    return content, OURS.sign(content)


def run_out(chance: random.Random) -> Forged:
    """A true list that ended on some day of the past."""
    ended = date(2026, chance.randint(9, 11), chance.randint(1, 23))
    content = a_list(not_before="2026-08-30", expires=ended.isoformat())
    return content, OURS.sign(content)


def not_yet(chance: random.Random) -> Forged:
    """A true list that begins later."""
    content = a_list(not_before=f"2026-12-{chance.randint(1, 14):02}")
    return content, OURS.sign(content)


def old_kind(chance: random.Random) -> Forged:
    """Our key, the form that is not prehashed: it is not taken."""
    content = a_list(version=chance.randint(8, 99))
    return content, Signer(OURS.secret, kind=b"Ed").sign(content)


def comment_changed(chance: random.Random) -> Forged:
    """The trusted comment says another day."""
    return a_list(), OURS.sign(a_list()).replace("timestamp:1", f"timestamp:{chance.randint(2, 99_999)}")


def cut(chance: random.Random) -> Forged:
    """The signature's file ends too early."""
    signature = OURS.sign(a_list()).rstrip("\n")
    return a_list(), signature[: chance.randrange(len(signature) - 1)]


FORGERIES: tuple[Callable[[random.Random], Forged], ...] = (
    flip_the_content,
    flip_the_signature,
    another_host,
    another_key,
    a_new_key,
    replayed,
    run_out,
    not_yet,
    old_kind,
    comment_changed,
    cut,
)


def _in_the_child(cases: int) -> dict[str, Any]:
    import django

    django.setup()
    from mainstay.core.errors import MainstayError
    from mainstay.newsrooms import mirrors
    from mainstay.sealing import minisign

    key = minisign.read_key(OURS.public)

    def accepts(content: bytes, signature: str) -> bool:
        try:
            mirrors.verified(key, content, signature, today=TODAY, after=PRESENT_VERSION)
        except MainstayError:
            return False
        return True

    refused, blind, differences = Counter[str](), 0, []
    if not accepts(a_list(), OURS.sign(a_list())):
        differences.append("the true list was refused")
    for case in range(cases):
        forge = FORGERIES[case % len(FORGERIES)]
        content, signature = forge(random.Random(case))
        if accepts(content, signature):
            differences.append(f"case {case}: {forge.__name__} was accepted")
        else:
            refused[forge.__name__] += 1
        blind += _reads(content)
    if blind < cases / 2:
        differences.append(f"the control is too weak: a blind reader takes {blind} of {cases}")
    counts = {
        "forged lists": cases,
        "accepted": cases - sum(refused.values()),
        "accepted by a blind reader": blind,
    }
    return {"counts": counts | dict(refused), "differences": differences}


def _reads(content: bytes) -> bool:
    """A reader that believes whatever is a list."""
    try:
        return "pay" in json.loads(content)
    except ValueError:
        return False


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
