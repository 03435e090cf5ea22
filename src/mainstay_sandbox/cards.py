"""The practice cards: what each one does, and what makes a card number a card number.

The table is the whole truth about outcomes: the tests walk through it, and the card fields offer it as a
list. A number that is not in it is approved, and its issuing country is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mainstay_sandbox.errors import FieldProblem, Refused

APPROVE = "approve"
AUTHENTICATE = "authenticate"
AUTHENTICATE_ONCE = "authenticate_once"
UNKNOWN = "unknown"
FAULT = "fault"
DISPUTE = "dispute"
PENDING, PENDING_THEN_FAIL, PENDING_THEN_RETURN = "pending", "pending_then_fail", "pending_then_return"
DEBITS = frozenset({PENDING, PENDING_THEN_FAIL, PENDING_THEN_RETURN})
DEBIT = "debit"

SOFT_DECLINES = {
    "insufficient_funds": "The card has too little money on it.",
    "authentication_required": "The bank wants the reader to confirm this payment.",
    "authentication_failed": "The reader refused the payment at the bank, or did not confirm it.",
}
"""Declines that may end well another day."""

HARD_DECLINES = {
    "do_not_honor": "The bank refused and gave no reason.",
    "expired_card": "The card has expired.",
    "lost_card": "The card was reported lost.",
    "method_detached": "The saved card was taken away from this account.",
}
"""Declines that no waiting will change."""

DECLINES = SOFT_DECLINES | HARD_DECLINES


@dataclass(frozen=True)
class PracticeCard:
    """One practice card.

    `present` is what happens with the reader at the page, `absent` at a renewal: `approve`, `authenticate`,
    `authenticate_once` (the first time only), `unknown`, `fault`, `dispute` (approved, and disputed at once), one of
    the `DEBITS`, or a decline's code.
    """

    name: str
    group: str
    number: str
    country: str | None
    present: str = APPROVE
    absent: str = APPROVE


def _same(name: str, group: str, number: str, outcome: str, country: str = "US") -> PracticeCard:
    return PracticeCard(name, group, number, country, outcome, outcome)


CARDS = (
    PracticeCard("approved_us", "approved", "4242424242424242", "US"),
    PracticeCard("approved_us_amex", "approved", "378282246310005", "US"),
    PracticeCard("approved_de", "approved", "4000002760000016", "DE"),
    PracticeCard("approved_fr", "approved", "5555555555554444", "FR"),
    PracticeCard("approved_gb", "approved", "4000008260000000", "GB"),
    PracticeCard("approved_jp", "approved", "4000003920000003", "JP"),
    PracticeCard("approved_kz", "approved", "4000003980000000", "KZ"),
    PracticeCard("approved_ge", "approved", "4000002680000005", "GE"),
    PracticeCard("approved_nowhere", "approved", "4000009990000005", None),
    PracticeCard("issued_ru", "issued", "4000006430000009", "RU"),
    PracticeCard("issued_by", "issued", "4000001120000005", "BY"),
    _same("declined", "declined", "4000000000000002", "do_not_honor"),
    _same("insufficient", "declined", "4000000000009995", "insufficient_funds"),
    _same("expired", "declined", "4000000000000069", "expired_card"),
    _same("lost", "declined", "4000000000009987", "lost_card"),
    _same("authenticate", "bank", "4000002760003184", AUTHENTICATE, "DE"),
    _same("authenticate_once", "bank", "4000002500003155", AUTHENTICATE_ONCE, "FR"),
    PracticeCard("renewal_insufficient", "renewal", "4000000000000341", "US", APPROVE, "insufficient_funds"),
    PracticeCard("renewal_expired", "renewal", "4000000000000770", "US", APPROVE, "expired_card"),
    _same("debit_paid", "debit", "9000002760000015", PENDING, "DE"),
    _same("debit_fails", "debit", "9000002760000023", PENDING_THEN_FAIL, "DE"),
    _same("debit_returned", "debit", "9000002760000031", PENDING_THEN_RETURN, "DE"),
    _same("disputed", "trouble", "4000000000000259", DISPUTE),
    _same("unknown", "trouble", "4000000000008880", UNKNOWN),
    _same("fault", "trouble", "4000000000005001", FAULT),
)

OTHER_CARD = PracticeCard("other", "other", "", None)
BY_NUMBER: Mapping[str, PracticeCard] = {card.number: card for card in CARDS}
BY_NAME: Mapping[str, PracticeCard] = {card.name: card for card in (*CARDS, OTHER_CARD)}


@dataclass(frozen=True)
class CardFacts:
    """What the company keeps of a card: never its number."""

    card: str
    brand: str
    last4: str
    country: str | None
    exp_month: int
    exp_year: int


def outcome(card_name: str, *, off_session: bool, authenticated: bool) -> str:
    """What the bank does now: what the card says of it, with `authenticate_once` resolved."""
    card = BY_NAME[card_name]
    result = card.absent if off_session else card.present
    if result == AUTHENTICATE_ONCE:
        result = APPROVE if authenticated else AUTHENTICATE
    if result == AUTHENTICATE and off_session:
        return "authentication_required"
    return result


def is_past(exp_month: int, exp_year: int, now: int) -> bool:
    """Whether a card's last month is over (UTC). `now` is in seconds since 1970."""
    moment = datetime.fromtimestamp(now, UTC)
    return (exp_year, exp_month) < (moment.year, moment.month)


def read_card(parameters: Mapping[str, Any], now: int) -> CardFacts:
    """Read number, expiry and security code.

    Raises 422 that names every field which cannot be right; its code is that of the first.
    """
    number = _digits(parameters.get("number"))
    problems = [
        *_number_problems(number),
        *_expiry_problems(parameters.get("exp_month"), parameters.get("exp_year"), now),
        *_code_problems(_digits(parameters.get("cvc")), brand_of(number)),
    ]
    if problems:
        raise Refused(422, problems[0].code, problems[0].message, problems)
    card = BY_NUMBER.get(number, OTHER_CARD)
    return CardFacts(
        card.name,
        brand_of(number),
        number[-4:],
        card.country,
        parameters["exp_month"],
        parameters["exp_year"],
    )


def brand_of(number: str) -> str:
    """The brand by the number's first digits; `card` when they say nothing."""
    if number.startswith("4"):
        return "visa"
    if number.startswith("900000"):
        return DEBIT
    if number[:2] in {"34", "37"}:
        return "amex"
    if number[:2] in {"51", "52", "53", "54", "55"} or "2221" <= number[:4] <= "2720":
        return "mastercard"
    return "card"


def kind_of(brand: str) -> str:
    """Whether it is a `card` or a bank `debit`."""
    return DEBIT if brand == DEBIT else "card"


def passes_luhn(number: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _digits(value: Any) -> str:
    text = value.replace(" ", "").replace("-", "") if isinstance(value, str) else ""
    return text if text.isascii() and text.isdigit() else ""


def _number_problems(number: str) -> list[FieldProblem]:
    if 12 <= len(number) <= 19 and passes_luhn(number):
        return []
    return [FieldProblem("number", "number_not_right", "This is not a card number.")]


def _expiry_problems(month: Any, year: Any, now: int) -> list[FieldProblem]:
    if type(month) is not int or type(year) is not int or not 1 <= month <= 12 or not 2000 <= year <= 2099:
        return [
            FieldProblem("expiry", "expiry_not_right", "The expiry is a month and a year of four digits.")
        ]
    if is_past(month, year, now):
        return [FieldProblem("expiry", "expiry_past", "The card has expired.")]
    return []


def _code_problems(code: str, brand: str) -> list[FieldProblem]:
    length = 4 if brand == "amex" else 3
    if len(code) == length:
        return []
    return [FieldProblem("cvc", "cvc_not_right", f"The security code has {length} digits.")]
