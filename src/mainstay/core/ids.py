"""Random ids and the supporter code. High entropy everywhere, so that a plain hash has no dictionary."""

import hashlib
import secrets
import uuid

from .errors import MainstayError

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 20
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})


class BadCode(MainstayError):
    """Letters that can't be a supporter code."""

    def __init__(self) -> None:
        super().__init__("A supporter code has 20 letters and digits, in five groups of four.")


def new_id() -> uuid.UUID:
    """A random UUIDv4: it carries no moment and no order."""
    return uuid.uuid4()


def new_checkout_key() -> str:
    """256 random bits that name one checkout; they live only in the reader's cookie, for 24 hours."""
    return secrets.token_urlsafe(32)


def digest(value: str | bytes, purpose: str) -> str:
    """BLAKE2b of a high-entropy value, apart for each purpose. Never for addresses or names: those can be guessed."""
    data = value.encode() if isinstance(value, str) else value
    return hashlib.blake2b(data, digest_size=32, person=purpose.encode()[:16]).hexdigest()


def code_of(checkout_key: str) -> str:
    """The supporter code of a checkout: 100 bits derived from its key, so that the same checkout shows the same code.

    The database holds `digest(code, "code")` alone. Crockford's base 32: https://www.crockford.com/base32.html
    """
    raw = hashlib.blake2b(checkout_key.encode(), digest_size=16, person=b"supporter-code").digest()
    number = int.from_bytes(raw, "big")
    return "".join(CROCKFORD[(number >> (5 * place)) & 31] for place in range(CODE_LENGTH))


def new_code() -> str:
    """A fresh random supporter code, for when one must be replaced."""
    return code_of(new_checkout_key())


def grouped(code: str) -> str:
    """The code as it is shown: five groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def read_code(typed: str) -> str:
    """The code that a person typed, with O, I and L read as 0 and 1. Raises `BadCode`."""
    kept = "".join(character for character in typed.upper()[:80] if character.isalnum()).translate(_CONFUSED)
    if len(kept) != CODE_LENGTH or any(character not in CROCKFORD for character in kept):
        raise BadCode
    return kept


def code_hash(code: str) -> str:
    """What the database keeps of a supporter code."""
    return digest(code, "code")


def checkout_hash(checkout_key: str) -> str:
    """What the database keeps of a checkout key."""
    return digest(checkout_key, "checkout")


def contribution_id(checkout_key: str) -> uuid.UUID:
    """The key of the row that a checkout will have: a remote object that is made before the row can name it."""
    raw = hashlib.blake2b(checkout_key.encode(), digest_size=16, person=b"contribution").digest()
    return uuid.UUID(bytes=raw, version=4)


def remote_hash(remote_id: str) -> str:
    """What stays of a processor's id once it is resolved."""
    return digest(remote_id, "remote")
