"""Verification against a signature that minisign itself made, and against everything that is nearly one."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from .minisign import BadSignature, read_key, verify

# The example of the minisign project's own libraries: the file holds the four letters "test".
KEY = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
SIGNATURE = """untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==
"""


def test_a_signature_of_minisign_holds() -> None:
    key = read_key(f"untrusted comment: minisign public key\n{KEY}\n")
    assert verify(key, b"test", SIGNATURE) == "timestamp:1633700835\tfile:test\tprehashed"


@pytest.mark.parametrize(
    ("content", "signature", "why"),
    [
        (b"Test", SIGNATURE, "content was changed"),
        (b"test", SIGNATURE.replace("1633700835", "1633700836"), "comment was changed"),
        (b"test", SIGNATURE.replace("RUQf6", "RUQg6"), "another key"),
        (b"test", SIGNATURE.replace("RUQf", "RWQf"), "old kind"),
        (b"test", SIGNATURE.replace("wLMD", "wLME"), "comment was changed"),
        (b"test", SIGNATURE + "one more line\n", "another form"),
        (b"test", "", "another form"),
        (b"test", SIGNATURE.replace("wLMDjy9F", "????????"), "another form"),
    ],
)
def test_nothing_else_does(content: bytes, signature: str, why: str) -> None:
    with pytest.raises(BadSignature, match=why):
        verify(read_key(KEY), content, signature)


@pytest.mark.parametrize("text", ["", "nonsense", KEY[:-4], base64.b64encode(b"XX" + bytes(40)).decode()])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        read_key(text)


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed here")
def test_the_program_itself_makes_what_is_taken(tmp_path: Path) -> None:
    """`apt-get install minisign`; run against 0.11 of Debian 12."""
    content, names = b'{"version": 7}', {"cwd": tmp_path, "check": True, "capture_output": True}
    (tmp_path / "list.json").write_bytes(content)
    subprocess.run(["minisign", "-G", "-W", "-p", "m.pub", "-s", "m.key"], **names)  # type: ignore[call-overload]
    subprocess.run(["minisign", "-Sm", "list.json", "-s", "m.key", "-t", "seven"], **names)  # type: ignore[call-overload]
    key = read_key((tmp_path / "m.pub").read_text(encoding="utf-8"))
    signature = (tmp_path / "list.json.minisig").read_text(encoding="utf-8")
    assert verify(key, content, signature) == "seven"
    with pytest.raises(BadSignature):
        verify(key, content.replace(b"7", b"8"), signature)
    subprocess.run(["minisign", "-Slm", "list.json", "-s", "m.key", "-x", "old.minisig"], **names)  # type: ignore[call-overload]
    with pytest.raises(BadSignature, match="old kind"):
        verify(key, content, (tmp_path / "old.minisig").read_text(encoding="utf-8"))
