"""Statements in the banks' own format, camt.053 (ISO 20022), of any version: names are read without their namespace.

No entity, no document type and nothing outside the file is ever read (defusedxml). Only booked entries count. A batch
is taken apart into its transactions when they come to the same sum, else it stays one line for a person to look at.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from .lines import LARGEST_TEXT, BadStatement, StatementLine, minor_units, numbered

_OWN = ("Refs/AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId")


def read(content: bytes, iban: str) -> list[StatementLine]:
    """The booked lines of all statements in the file, for the account `iban`. Raises `BadStatement`."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadStatement(
            _(
                "The file can’t be read as XML. Export the statement again, as camt.053, and don’t open it in between."
            )
        ) from None
    statements = list(_all(root, "BkToCstmrStmt/Stmt"))
    if not statements:
        raise BadStatement(_("The file is XML, but no statement. Choose camt.053 when you export it."))
    try:
        return list(numbered(line for statement in statements for line in _lines(statement, iban)))
    except (ValueError, InvalidOperation) as error:
        raise BadStatement(_("A line of the statement can’t be read (%(what)s).") % {"what": error}) from None


def _lines(statement: Element, iban: str) -> Iterator[StatementLine]:
    owner = _text(statement, "Acct/Id/IBAN").replace(" ", "")
    if owner != iban:
        raise BadStatement(
            _("This is the statement of another account. Its IBAN is not the one in the settings.")
        )
    for entry in _all(statement, "Ntry"):
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        if status == "BOOK":
            yield from _of_entry(entry)


def _of_entry(entry: Element) -> Iterator[StatementLine]:
    whole = _amount(entry, "Amt")
    parts = list(_all(entry, "NtryDtls/TxDtls"))
    amounts = [_amount(part, "Amt") or _amount(part, "AmtDtls/TxAmt/Amt") for part in parts]
    if whole is None:
        raise BadStatement(_("An entry of the statement has no amount."))
    told = [amount for amount in amounts if amount is not None and amount[1] == whole[1]]
    if len(parts) > 1 and len(told) == len(parts) and sum(minor for minor, _currency in told) == whole[0]:
        for part, amount in zip(parts, told, strict=True):
            yield _line(entry, part, amount)
    else:
        yield _line(entry, parts[0] if len(parts) == 1 else entry, whole)


def _line(entry: Element, part: Element, amount: tuple[int, str]) -> StatementLine:
    words = [
        *(_inner(one) for one in _all(part, "RmtInf/Strd/CdtrRefInf/Ref")),
        *(_inner(one) for one in _all(part, "RmtInf/Ustrd")),
    ]
    undone = "reversal" if _text(entry, "RvslInd") == "true" else ""
    return StatementLine(
        day=_day(entry),
        amount_minor=amount[0],
        currency=amount[1],
        outgoing=(_text(part, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "DBIT",
        text=" ".join(words)[:LARGEST_TEXT],
        country=_text(part, "RltdPties/DbtrAcct/Id/IBAN")[:2].upper(),
        return_code=(_text(part, "RtrInf/Rsn/Cd") or undone)[:10],
        end_to_end=_text(part, "Refs/EndToEndId")[:35],
        own=tuple(_text(of, path) for of, path in ((entry, "AcctSvcrRef"), *((part, one) for one in _OWN))),
    )


def _amount(element: Element, path: str) -> tuple[int, str] | None:
    """Minor units and currency. Raises `ValueError` for an amount that is negative or finer than its currency."""
    found = _one(element, path)
    if found is None:
        return None
    currency = found.get("Ccy", "")[:3]
    minor = minor_units(Decimal(_inner(found)), currency)
    if minor < 0:
        raise ValueError(_inner(found))
    return minor, currency


def _day(entry: Element) -> date:
    for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
        if found := _text(entry, path):
            return date.fromisoformat(found[:10])
    raise BadStatement(_("An entry of the statement has no day."))


def _all(element: Element, path: str) -> Iterator[Element]:
    """The elements at a path of local names."""
    name, _, rest = path.partition("/")
    for child in element:
        if child.tag.rpartition("}")[2] == name:
            if rest:
                yield from _all(child, rest)
            else:
                yield child


def _one(element: Element, path: str) -> Element | None:
    return next(_all(element, path), None)


def _text(element: Element, path: str) -> str:
    found = _one(element, path)
    return _inner(found) if found is not None else ""


def _inner(element: Element) -> str:
    return (element.text or "").strip()
