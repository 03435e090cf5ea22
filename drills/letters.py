"""Every kind of letter, in each language, usual and discreet, through a real mail server: plain, quiet, signed.

What arrives is read as a mail program would: one part of plain text, nothing to load from anywhere, no address but our
own, the headers that RFC 3834 and RFC 8058 ask for, and a signature that holds against a DNS of our own. A discreet
letter has no forbidden word, no sum and no name. Controls: the usual letters must be caught by the same search, and a
letter whose headers were changed on the way must fail its signature.
"""

import json
import re
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report

DOMAINS = {False: "farshore.example", True: "letterbox.example"}
"""The sender's domain, by whether the letter is discreet."""
OURS = "https://letterbox.example"
OUR_MONEY_SERVER = "https://pay.farshore.example/"
"""A refund in bitcoin is fetched at the newsroom's own server. The letter loads nothing from there."""
WISHED_HEADERS = ("Auto-Submitted", "Message-ID", "Date", "From", "To", "Subject", "DKIM-Signature")
ONE_CLICK = ("List-Unsubscribe", "List-Unsubscribe-Post")


def run(part: float = 1.0) -> Report:
    """All of them: there are few enough."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        answer = in_child("drills.letters", told, folder=name)
    return Report("letters", answer["counts"], answer["differences"])


class _Received:
    """What the mail server took, byte for byte."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each delivery."""
        self.mails.append(envelope.content)
        return "250 OK"


def _in_the_child(folder: str) -> dict[str, Any]:
    newsroom = countries.set_up()
    from django.conf import settings

    from mainstay.letters.compose import kinds

    settings.PUBLIC_URL = OURS
    zone, seen, differences = _keys(Path(folder)), Counter[str](), list[str]()
    with _mail_server() as received:
        for discreet in (False, True):
            newsroom.discreet_letters = discreet
            newsroom.discreet_from = f"Letters <post@{DOMAINS[True]}>"
            for kind in sorted(kinds()):
                for language, _name in settings.LANGUAGES:
                    mail = _sent(newsroom, kind, language, received)
                    wrong = _wrong(mail, newsroom, zone, seen)
                    mode = "discreet" if discreet else "usual"
                    differences += [f"{kind}, {language}, {mode}: {what}" for what in wrong]
    differences += _controls(received.mails[-1], seen, zone)
    return {"counts": dict(seen), "differences": differences}


def _sent(newsroom: Any, kind: str, language: str, received: _Received) -> bytes:
    from mainstay.core.ids import new_id
    from mainstay.letters.compose import compose, kinds
    from mainstay.letters.send import send

    letter = compose(kind, newsroom, kinds()[kind].EXAMPLE, language)
    send(letter, newsroom=newsroom, mail="ada@reader.example", letter_id=new_id())
    return received.mails[-1]


def _wrong(raw: bytes, newsroom: Any, zone: dict[bytes, bytes], seen: Counter[str]) -> Iterator[str]:
    """What is wrong with a letter as it arrived, while it is counted."""
    from mainstay.letters.discreet import names_of, telling

    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)
    body, discreet = mail.get_content(), newsroom.discreet_letters
    seen["letters"] += 1
    if mail.get_content_type() != "text/plain" or re.search(r"<[a-z!/]", body, re.IGNORECASE):
        yield "it is not plain text"
    remote = [
        one for one in re.findall(r"[a-z]+://\S+", body) if not one.startswith((OURS, OUR_MONEY_SERVER))
    ]
    seen["remote objects"] += len(remote)
    yield from (f"it leads to {one}" for one in remote)
    yield from (f"it has the header {name}" for name in mail if name.upper().startswith("X-"))
    yield from (f"it lacks {name}" for name in _lacking(mail))
    if not _holds(raw, zone):
        yield "its signature does not hold"
    elif set(ONE_CLICK) <= set(mail.keys()):
        seen["one-click headers present and signed"] += 1
    found = telling(f"{mail['From']}\n{mail['Subject']}\n{body}", names_of(newsroom))
    seen["forbidden words in discreet letters" if discreet else "forbidden words in usual letters"] += len(
        found
    )
    if discreet and found:
        yield f"it tells {found}"


def _lacking(mail: EmailMessage) -> list[str]:
    """Headers that should be there, or be signed, and are not."""
    wished = [
        *WISHED_HEADERS,
        *(ONE_CLICK if "List-Unsubscribe" in mail or "unsubscribe" in mail.as_string() else ()),
    ]
    signed = re.search(r"\bh=([^;]+);", re.sub(r"\s", "", str(mail["DKIM-Signature"] or "")))
    names = {name.lower() for name in signed[1].split(":")} if signed else set()
    absent = [name for name in wished if name not in mail]
    return absent + [
        f"a signature over {name}" for name in ONE_CLICK if name in mail and name.lower() not in names
    ]


def _holds(raw: bytes, zone: dict[bytes, bytes]) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: zone.get(name)))


def _controls(last: bytes, seen: Counter[str], zone: dict[bytes, bytes]) -> list[str]:
    """A search that finds nothing in the usual letters, or a signature that anything passes, would prove nothing."""
    changed = [last.replace(b"Subject: ", b"Subject: Re: "), last.replace(b"/my/", b"/me/")]
    seen["changed letters that passed"] = sum(_holds(one, zone) for one in changed)
    checks = {
        "a changed letter passed its signature": seen["changed letters that passed"] == 0,
        "the usual letters were not caught": seen["forbidden words in usual letters"] >= seen["letters"] / 2,
        "no letter has one-click headers": seen["one-click headers present and signed"] > 0,
    }
    seen["remote objects"] += 0
    seen["forbidden words in discreet letters"] += 0
    return [what for what, well in checks.items() if not well]


def _keys(folder: Path) -> dict[bytes, bytes]:
    """Makes the key, names it in the settings, and returns what the DNS of both domains would say."""
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    path = folder / "dkim.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    settings.MAINSTAY_DKIM_KEY = str(path)
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    shown = b"".join(key.public_key().public_bytes(serialization.Encoding.PEM, public).splitlines()[1:-1])
    return {
        f"mainstay._domainkey.{name}.".encode(): b"v=DKIM1; k=rsa; p=" + shown for name in DOMAINS.values()
    }


@contextmanager
def _mail_server() -> Iterator[_Received]:
    """A mail server on a free port of this machine, and the program told to use it."""
    from django.conf import settings

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    received = _Received()
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield received
    server.stop()


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
