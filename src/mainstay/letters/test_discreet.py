"""Discreet letters, every kind of them: no name, no sum, no word that tells; and the signature over their headers."""

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

from .compose import compose, kinds
from .discreet import names_of, telling
from .send import MailServerTrouble, send
from .signing import key_trouble
from .test_work import NOW, put, run


@pytest.fixture
def discreet(newsroom: Newsroom) -> Newsroom:
    newsroom.discreet_letters, newsroom.discreet_from = True, "Letters <post@letterbox.example>"
    newsroom.save()
    return newsroom


@pytest.fixture
def published(settings: Any, tmp_path: Path) -> dict[bytes, bytes]:
    """A key in the settings, and what the DNS of its domain says."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    path = tmp_path / "dkim.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    shown = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    settings.MAINSTAY_DKIM_KEY = str(path)
    middle = b"".join(shown.splitlines()[1:-1])
    return {b"mainstay._domainkey.letterbox.example.": b"v=DKIM1; k=rsa; p=" + middle}


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_discreet_letter_tells_nothing(kind: str, discreet: Newsroom, settings: Any) -> None:
    settings.PUBLIC_URL = "https://letterbox.example"
    letter = compose(kind, discreet, kinds()[kind].EXAMPLE, "en")
    assert telling(f"{letter.subject}\n{letter.body}", names_of(discreet)) == []
    assert not re.search(r"[{}<>]|&[a-z#0-9]+;|None", letter.body)
    assert letter.subject.strip()
    assert len(letter.body) > 20


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_usual_letters_would_be_caught(kind: str, newsroom: Newsroom) -> None:
    letter = compose(kind, newsroom, kinds()[kind].EXAMPLE, "en")
    assert telling(f"{letter.subject}\n{letter.body}", names_of(newsroom))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A date is coming up", []),
        ("It was $5", ["$"]),
        ("It was USD 5", ["USD 5"]),
        ("It was 5.00", ["5.00"]),
        ("Donations go on", ["donations"]),
        ("your supporter page", ["supporter"]),
        ("from the Farshore team", ["farshore"]),
        ("the other one", []),
    ],
)
def test_what_tells(text: str, found: list[str]) -> None:
    # "the" and "far" of the name are too short to tell anything; a page's address is looked at like any word.
    assert telling(text, ["The Far Shore", "FARSHORE PRESS"]) == found


def test_a_kind_without_words_of_its_own_says_that_there_is_something(
    discreet: Newsroom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "discreet.txt").write_text("A note\n\nLook: {{ my_url }}\n")
    monkeypatch.setattr("mainstay.letters.compose.FOLDER", tmp_path)
    letter = compose("receipt", discreet, kinds()["receipt"].EXAMPLE, "en")
    assert (letter.subject, letter.body) == ("A note", "Look: http://127.0.0.1:8000/my/?language=en\n")


def test_the_sender_is_neutral_and_the_letter_signed(
    discreet: Newsroom, ring: KeyRing, smtp: Any, published: dict[bytes, bytes]
) -> None:
    put(discreet)
    assert run(ring, NOW) == 1
    (received,) = smtp.letters
    assert received["From"] == "Letters <post@letterbox.example>"
    assert received["Message-ID"].endswith("@letterbox.example>")
    assert verified(smtp, published)
    assert "farshore" not in received.as_string().casefold()


def test_both_headers_of_unsubscribing_are_signed(
    discreet: Newsroom, smtp: Any, published: dict[bytes, bytes]
) -> None:
    send_reminder(discreet)
    (received,) = smtp.letters
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    signed = re.search(r"\bh=([^;]+);", re.sub(r"\s", "", received["DKIM-Signature"])).group(1).lower()
    assert {"list-unsubscribe", "list-unsubscribe-post", "from"} <= set(signed.split(":"))
    assert verified(smtp, published)


@pytest.mark.parametrize("header", ["List-Unsubscribe", "List-Unsubscribe-Post", "Subject", "From"])
def test_a_changed_header_breaks_the_signature(
    discreet: Newsroom, smtp: Any, published: dict[bytes, bytes], header: str
) -> None:
    send_reminder(discreet)
    (received,) = smtp.letters
    received.replace_header(header, "<https://elsewhere.example/>")
    assert not dkim.verify(received.as_bytes(), dnsfunc=lambda name, timeout=5: published.get(name))


def test_without_a_key_letters_go_unsigned_and_it_is_said(discreet: Newsroom, smtp: Any) -> None:
    send_reminder(discreet)
    assert smtp.letters[0]["DKIM-Signature"] is None
    assert "MAINSTAY_DKIM_KEY" in key_trouble("letterbox.example")


def test_a_key_that_cannot_be_used_holds_letters_back(
    discreet: Newsroom, smtp: Any, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "dkim.pem").write_text("not a key")
    for path in ("dkim.pem", "nowhere.pem"):
        settings.MAINSTAY_DKIM_KEY = str(tmp_path / path)
        with pytest.raises(MailServerTrouble, match="DKIM"):
            send_reminder(discreet)
        assert "can't be used" in key_trouble("letterbox.example")
    assert smtp.letters == []


def test_a_good_key_is_no_trouble(published: dict[bytes, bytes]) -> None:
    assert key_trouble("letterbox.example") == ""


def send_reminder(newsroom: Newsroom) -> None:
    letter = compose("reminder", newsroom, kinds()["reminder"].EXAMPLE, "ru")
    send(letter, newsroom=newsroom, mail="ada@reader.example", letter_id=newsroom.pk)


def verified(smtp: Any, published: dict[bytes, bytes]) -> bool:
    received: EmailMessage = smtp.letters[-1]
    return dkim.verify(received.as_bytes(), dnsfunc=lambda name, timeout=5: published.get(name))
