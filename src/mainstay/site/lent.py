"""What a reader's browser keeps for us, written so that nobody but this installation can read it.

A browser's files outlive a cookie: what was deleted can be carved out of them for months. A cookie that is only signed
would then tell amount, mail address and the checkout key, from which the supporter code follows, to whoever has the
phone. So it is encrypted (libsodium secretbox), padded to multiples of 256 bytes, and dated by a signature outside it.
"""

import base64
import binascii
import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from mainstay.sealing.boxes import padded, unpadded


def lend(value: dict[str, Any], purpose: str) -> str:
    """`value` as the text of a cookie. `purpose` names the one cookie that it is for."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    box = bytes(_box(purpose).encrypt(padded(plain)))
    return signing.TimestampSigner(salt=purpose).sign(base64.urlsafe_b64encode(box).decode())


def take_back(text: str, purpose: str, life_seconds: int) -> dict[str, Any] | None:
    """The value of a cookie of ours; `None` for every other text, and once it is older than its life."""
    try:
        written = signing.TimestampSigner(salt=purpose).unsign(text, max_age=life_seconds)
        plain = _box(purpose).decrypt(base64.urlsafe_b64decode(written))
    except (signing.BadSignature, binascii.Error, CryptoError):
        return None
    value = json.loads(unpadded(plain))
    return value if isinstance(value, dict) else None


def _box(purpose: str) -> SecretBox:
    key = salted_hmac("mainstay.lent", purpose, secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return SecretBox(key)
