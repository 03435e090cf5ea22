"""Lists of addresses: only what the offline key signed, only while it holds, never an older one."""

import base64
import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from nacl.signing import SigningKey

from mainstay.audit.models import AuditLine
from mainstay.sealing.minisign import BadSignature

from . import mirrors
from .models import MirrorList, Newsroom

TODAY = date(2026, 1, 31)
SECRET, OTHER = SigningKey.generate(), SigningKey.generate()
KEY_ID = bytes(range(8))


def public(secret: SigningKey = SECRET) -> str:
    return base64.b64encode(b"Ed" + KEY_ID + bytes(secret.verify_key)).decode()


def signed(content: bytes, secret: SigningKey = SECRET, comment: str = "timestamp:1") -> str:
    """What `minisign -S` writes."""
    signature = secret.sign(hashlib.blake2b(content).digest()).signature
    whole = secret.sign(signature + comment.encode()).signature
    first = base64.b64encode(b"ED" + KEY_ID + signature).decode()
    return f"untrusted comment: x\n{first}\ntrusted comment: {comment}\n{base64.b64encode(whole).decode()}\n"


def a_list(**changed: Any) -> bytes:
    value = {
        "newsroom": "far-shore",
        "version": 7,
        "not_before": "2026-01-15",
        "expires": "2026-03-01",
        "pay": ["support.farshore.example"],
        "read": ["farshore.example", "mirror-2.example"],
        **changed,
    }
    return json.dumps({name: part for name, part in value.items() if part is not None}).encode()


@pytest.fixture
def trusting(settings: Any) -> None:
    settings.MAINSTAY_MIRRORS_KEY = public()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"expires": "2026-01-31"}, "valid from"),
        ({"not_before": "2026-02-01"}, "valid from"),
        ({"expires": "2027-01-31"}, "three months"),
        ({"version": 6}, "not newer"),
        ({"version": 0}, "whole number"),
        ({"version": "8"}, "whole number"),
        ({"version": True}, "whole number"),
        ({"pay": []}, "no addresses"),
        ({"pay": ["fаrshore.example"]}, "no host name"),
        ({"pay": ["https://farshore.example"]}, "no host name"),
        ({"pay": ["FARSHORE.example"]}, "no host name"),
        ({"read": None}, "six"),
        ({"also": 1}, "six"),
        ({"expires": "soon"}, "can't be read"),
    ],
)
def test_a_signed_list_that_must_not_be_shown(trusting: None, changed: dict[str, Any], why: str) -> None:
    content = a_list(**changed)
    with pytest.raises(mirrors.BadList, match=why):
        mirrors.verified(mirrors.trusted_key(), content, signed(content), today=TODAY, after=6)


def test_a_list_of_another_key_is_not_even_read(trusting: None) -> None:
    with pytest.raises(BadSignature):
        mirrors.verified(mirrors.trusted_key(), b"{", signed(b"{", OTHER), today=TODAY)


def test_a_newer_list_replaces_an_older_never_the_other_way(newsroom: Newsroom, trusting: None) -> None:
    for version in (7, 8):
        content = a_list(version=version)
        mirrors.publish(newsroom, content, signed(content), actor="admin-1", today=TODAY)
    for version in (7, 8):
        content = a_list(version=version, read=["another.example"])
        with pytest.raises(mirrors.BadList, match="not newer"):
            mirrors.publish(newsroom, content, signed(content), actor="admin-1", today=TODAY)
    found = mirrors.shown(newsroom, TODAY)
    assert found is not None
    assert found[0].version == 8
    assert mirrors.shown(newsroom, date(2026, 3, 1)) is None
    assert AuditLine.objects.filter(action="mirrors.published").count() == 2


def test_the_list_of_another_newsroom_is_refused(newsroom: Newsroom, trusting: None) -> None:
    content = a_list(newsroom="near-shore")
    with pytest.raises(mirrors.BadList, match="near-shore"):
        mirrors.publish(newsroom, content, signed(content), actor="admin-1", today=TODAY)


def test_a_row_that_was_forged_in_the_database_is_not_shown(newsroom: Newsroom, trusting: None) -> None:
    content = a_list()
    mirrors.publish(newsroom, content, signed(content), actor="admin-1", today=TODAY)
    MirrorList.objects.update(content=content.decode().replace("support.", "supp0rt."))
    assert mirrors.shown(newsroom, TODAY) is None


def test_the_page_says_each_address_aloud_and_gives_the_signed_bytes(
    newsroom: Newsroom, trusting: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Newsroom, "today", lambda newsroom, now: TODAY)
    empty = client.get("/addresses/far-shore/").content.decode()
    assert "no list that holds" in empty
    link = 'href="/addresses/far-shore/'
    assert link not in client.get("/support/far-shore/ways/").content.decode()
    content = a_list()
    mirrors.publish(newsroom, content, signed(content), actor="admin-1", today=TODAY)
    page = client.get("/addresses/far-shore/").content.decode()
    assert "mirror dash 2 dot example" in page
    for word in mirrors.fingerprint(mirrors.trusted_key()).split():
        assert f"<li>{word}</li>" in page
    assert client.get("/addresses/far-shore/list.json").content == content
    assert client.get("/addresses/far-shore/list.json.minisig").content.decode() == signed(content)
    assert client.get("/addresses/nowhere/").status_code == 404
    assert link in client.get("/support/far-shore/ways/").content.decode()


def test_the_onion_is_offered_on_pages_alone_and_not_at_the_onion(
    newsroom: Newsroom, client: Client, settings: Any
) -> None:
    onion = "http://" + "a" * 56 + ".onion"
    assert "Onion-Location" not in client.get("/addresses/far-shore/")
    settings.MAINSTAY_ONION = onion
    assert client.get("/addresses/far-shore/")["Onion-Location"] == f"{onion}/addresses/far-shore/"
    assert "Onion-Location" not in client.get("/ask/v1.js")
    assert "Onion-Location" not in client.get("/addresses/far-shore/", HTTP_HOST="a" * 56 + ".onion")
