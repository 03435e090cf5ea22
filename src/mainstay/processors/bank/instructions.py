"""What a reader must know to send the money, as words and as the code that banking apps read.

The code is the European Payments Council's (EPC069-12, version 002): twelve lines of text in a QR code with error
correction M. https://www.europeanpaymentscouncil.eu/document-library/guidance-documents/quick-response-code-guidelines
"""

from collections.abc import Mapping

from mainstay.core.money import Money

from .reference import grouped


def instructions(name: str, iban: str, bic: str, reference: str, amount: Money) -> Mapping[str, str]:
    """`name`, `iban` and `reference` in groups, `bic` if there is one, and `picture`: the text of the code."""
    told = {"name": name, "iban": grouped(iban), "bic": bic, "reference": grouped(reference)}
    return {key: value for key, value in told.items() if value} | {
        "picture": code_text(name, iban, bic, reference, amount)
    }


def code_text(name: str, iban: str, bic: str, reference: str, amount: Money) -> str:
    """The text of the QR code, in UTF-8. Amounts are euros: the scheme knows no others."""
    euros = f"{amount.currency}{amount.decimal:f}"
    return "\n".join(("BCD", "002", "1", "SCT", bic, name[:70], iban, euros, "", reference))
