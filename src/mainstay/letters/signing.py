"""DKIM (RFC 6376): a signature by the sender's domain, so that mail servers can tell our letters from forged ones.

One-click unsubscribing counts only when both of its headers are signed (RFC 8058, section 4). The private key is a
file that the worker alone can read; without one, letters go out unsigned, and the mail server may sign them itself.
"""

from email import message_from_bytes
from pathlib import Path

import dkim
from django.conf import settings

from mainstay.core.errors import MainstayError

SIGNED = (
    *(
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ),
    *("Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
)


class CannotSign(MainstayError):
    """A key is named in the settings and can't be used."""


def signature_of(message: bytes, domain: str) -> str:
    """The value of the `DKIM-Signature` header for a whole message as it goes out; "" without a key in the settings.

    Raises `CannotSign`: a letter that should be signed waits rather than going out without.
    """
    if not settings.MAINSTAY_DKIM_KEY:
        return ""
    headers = message_from_bytes(message)
    try:
        header = dkim.sign(
            message,
            settings.MAINSTAY_DKIM_SELECTOR.encode(),
            domain.encode("idna"),
            Path(settings.MAINSTAY_DKIM_KEY).read_bytes(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in SIGNED if name in headers],
        )
    except (OSError, UnicodeError, dkim.DKIMException) as error:
        raise CannotSign(f"The key for DKIM can't be used ({type(error).__name__}).") from None
    # Unfolded: the relaxed form of a header is the same however its lines are broken.
    return str(header.decode().partition(":")[2].replace("\r\n", "").strip())


def key_trouble(domain: str) -> str:
    """What is wrong with the key, as a sentence for `mainstay doctor`; "" when letters of `domain` are signed."""
    if not settings.MAINSTAY_DKIM_KEY:
        return "Letters are not signed (DKIM): MAINSTAY_DKIM_KEY names no key. See docs/reference/letters.md."
    try:
        signature_of(f"From: letters@{domain}\r\n\r\n.\r\n".encode(), domain)
    except CannotSign as error:
        return str(error)
    return ""
