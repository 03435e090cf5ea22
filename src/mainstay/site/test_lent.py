"""What a reader's device keeps for us: nobody reads it there, and nothing that isn't ours is taken back."""

import base64
import json
import uuid
import zlib

import pytest
from django.test import override_settings

from mainstay.core.ids import code_of

from .lent import lend, take_back

VALUE = {"key": "k" * 43, "draft": ["monthly", 75361, "USD", "ru", "", "quiet.heron@planted.example"]}
LIFE = 3600


def opened(text: str) -> bytes:
    """All that somebody with the device, and without our secret, can get out of a cookie."""
    parts = [text.encode()]
    for part in text.replace(".", ":").split(":"):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) if part else b""
        parts.append(raw)
        try:
            parts.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b" ".join(parts)


def test_what_was_lent_comes_back() -> None:
    assert take_back(lend(VALUE, "checkout"), "checkout", LIFE) == VALUE


def test_nobody_reads_it_on_the_device() -> None:
    seen = opened(lend(VALUE, "checkout"))
    for secret in ("quiet.heron", "75361", "monthly", VALUE["key"], code_of(str(VALUE["key"]))):
        assert str(secret).encode() not in seen


def test_its_length_does_not_tell_the_address() -> None:
    lengths = {len(lend({"mail": "a" * letters}, "checkout")) for letters in range(5, 60)}
    assert len(lengths) == 1


def test_fifty_pages_of_a_supporter_fit_into_what_browsers_keep() -> None:
    assert len(lend({str(uuid.uuid4()): "f" * 12 for _ in range(50)}, "my")) < 4_000


@pytest.mark.parametrize("text", ["", "x", "a:b:c", json.dumps(VALUE), base64.b64encode(b"x" * 80).decode()])
def test_what_is_not_ours_is_nothing(text: str) -> None:
    assert take_back(text, "checkout", LIFE) is None


def test_another_purpose_another_secret_and_an_old_one_are_nothing() -> None:
    text = lend(VALUE, "checkout")
    assert take_back(text, "my", LIFE) is None
    assert take_back(text, "checkout", -1) is None
    assert take_back(text[:-1] + ("A" if text[-1] != "A" else "B"), "checkout", LIFE) is None
    with override_settings(SECRET_KEY="another-" + "y" * 50):
        assert take_back(text, "checkout", LIFE) is None
