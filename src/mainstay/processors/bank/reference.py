"""The creditor reference (ISO 11649) by which a transfer is known: `RF`, two check digits, twelve of our own.

It is computed from the installment's reference and kept nowhere: a restored backup knows it too, and so does a
statement that is read years later. Letters that people confuse (O, I, L, U) are not used.
"""

import hashlib
import re
from collections.abc import Iterator

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from mainstay.core.ids import CROCKFORD

LENGTH = 12
_WRITTEN = re.compile(r"RF\d{2}[0-9A-Z]{12}")
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})


def creditor_reference(reference: str) -> str:
    """The creditor reference of an installment: 60 bits of it, so that two never meet."""
    raw = hashlib.blake2b(reference.encode(), digest_size=8, person=b"bank-reference").digest()
    number = int.from_bytes(raw, "big")
    own = "".join(CROCKFORD[(number >> (5 * place)) & 31] for place in range(LENGTH))
    return f"RF{mod_97_10.calc_check_digits(own + 'RF')}{own}"


def grouped(written: str) -> str:
    """A reference or an account number as people copy it: in groups of four."""
    return " ".join(written[place : place + 4] for place in range(0, len(written), 4))


def references_in(text: str) -> Iterator[str]:
    """What looks like one of our references in a text, with or without spaces, check digits right or wrong."""
    compact = re.sub(r"[^0-9A-Z]", "", text.upper()[:2000])
    for match in _WRITTEN.finditer(compact):
        yield match[0][:4] + match[0][4:].translate(_CONFUSED)


def is_whole(reference: str) -> bool:
    """Whether the check digits are right."""
    return bool(iso11649.is_valid(reference))
