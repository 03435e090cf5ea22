"""The file that a bank collects debits from: pain.008.001.08 (ISO 20022), the SEPA core scheme.

The library stamps the moment and random ids into it. Ours are put in their place, so that the same debits give the
same bytes. Each debit is a payment of its own, so that the statement tells each by itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import fromstring
from sepaxml import SepaDD
from sepaxml.validation import ValidationError, try_valid_xml
from stdnum import iban as account_number
from text_unidecode import unidecode

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money

from .holder import Holder

SCHEMA = "pain.008.001.08"
_SPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
_FOREIGN = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")


class BadFile(MainstayError):
    """What is to be collected does not make a file that a bank takes. It names nobody."""


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who collects, and where the money goes."""

    name: str
    iban: str
    bic: str
    creditor_id: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Creditor":
        """The creditor that an account's settings name (see `adapter.make`)."""
        told = {key: str(settings.get(key, "")) for key in ("name", "iban", "bic", "creditor_id")}
        number, identifier = account_number.compact(told["iban"]), told["creditor_id"].replace(" ", "")
        return cls(told["name"], number, told["bic"], identifier)


@dataclass(frozen=True, slots=True)
class Collection:
    """One debit. `sequence` is FRST, RCUR or OOFF; `reference` comes back on the statement."""

    reference: str
    amount: Money
    sequence: str
    mandate: str
    signed_on: date
    holder: Holder


def written(
    creditor: Creditor, collections: Sequence[Collection], *, message: str, made_on: date, collect_on: date
) -> bytes:
    """The file, checked against its published schema. `message` is the file's own name, at most 25 letters.

    Raises `BadFile`.
    """
    config = {
        "name": _plain(creditor.name),
        "IBAN": creditor.iban,
        "batch": False,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
    }
    file = SepaDD(config | ({"BIC": creditor.bic} if creditor.bic else {}), schema=SCHEMA, clean=False)
    for one in sorted(collections, key=lambda one: one.reference):
        file.add_payment(_payment(one, collect_on))
    root = fromstring(file.export(validate=False))
    _put_ours(root, message, made_on)
    content: bytes = b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, "utf-8")
    try:
        try_valid_xml(content, SCHEMA)
    except ValidationError:
        raise BadFile("The file would not hold to its schema. Look at the account's settings.") from None
    return content


def _payment(one: Collection, collect_on: date) -> dict[str, object]:
    return {
        "name": _plain(one.holder.name),
        "IBAN": one.holder.iban,
        "amount": one.amount.minor,
        "type": one.sequence,
        "collection_date": collect_on,
        "mandate_id": one.mandate,
        "mandate_date": one.signed_on,
        "description": one.reference,
        "endtoend_id": one.reference,
    }


def _put_ours(root: Element, message: str, made_on: date) -> None:
    header = next(root.iter(f"{_SPACE}GrpHdr"))
    for name, value in (("MsgId", message), ("CreDtTm", f"{made_on.isoformat()}T12:00:00")):
        next(header.iter(_SPACE + name)).text = value
    for number, payment in enumerate(root.iter(f"{_SPACE}PmtInf"), 1):
        next(payment.iter(f"{_SPACE}PmtInfId")).text = f"{message}-{number}"


def _plain(name: str) -> str:
    """The letters that every bank of the scheme takes."""
    return " ".join(_FOREIGN.sub(" ", unidecode(name)).split())[:70] or "Account holder"
