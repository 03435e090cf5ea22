"""What people type, what it means, and how it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .amounts import AmountProblem, BadAmount, read_amount, show_amount, typed_form, within
from .money import EXPONENTS, MixedCurrencies, Money, UnknownCurrency

READ = [
    ("1,50", "USD", 150),
    ("1.50", "USD", 150),
    ("5", "USD", 500),
    ("$5", "USD", 500),
    ("5 USD", "USD", 500),
    ("7,5 €", "EUR", 750),
    ("1 500", "USD", 150_000),
    ("١٫٥٠", "USD", 150),
    ("٥", "USD", 500),
    ("500", "JPY", 500),
    ("1.005", "KWD", 1005),
    ("0", "USD", 0),
]
REFUSED = [
    ("", "USD", AmountProblem.EMPTY),
    ("   ", "USD", AmountProblem.EMPTY),
    ("1.005", "USD", AmountProblem.TOO_MANY_DECIMALS),
    ("1,500", "USD", AmountProblem.TOO_MANY_DECIMALS),
    ("1.5", "JPY", AmountProblem.TOO_MANY_DECIMALS),
    ("-1", "USD", AmountProblem.NEGATIVE),
    ("−1", "USD", AmountProblem.NEGATIVE),
    ("ten", "USD", AmountProblem.NOT_A_NUMBER),
    ("1e3", "USD", AmountProblem.NOT_A_NUMBER),
    ("²", "USD", AmountProblem.NOT_A_NUMBER),
    ("5 €", "USD", AmountProblem.OTHER_CURRENCY),
    ("£5", "USD", AmountProblem.OTHER_CURRENCY),
    ("9999999999999999", "USD", AmountProblem.TOO_LARGE),
    ("1000000", "USD", AmountProblem.TOO_LARGE),
]


@pytest.mark.parametrize(("typed", "currency", "minor"), READ)
def test_an_amount_is_read_exactly(typed: str, currency: str, minor: int) -> None:
    assert read_amount(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(("typed", "currency", "problem"), REFUSED)
def test_what_is_not_one_exact_amount_is_refused(typed: str, currency: str, problem: AmountProblem) -> None:
    with pytest.raises(BadAmount) as caught:
        read_amount(typed, currency)
    assert caught.value.problem == problem


@given(st.text(max_size=80), st.sampled_from(sorted(EXPONENTS)))
def test_any_text_is_an_amount_or_a_named_problem(typed: str, currency: str) -> None:
    try:
        amount = read_amount(typed, currency)
    except BadAmount:
        return
    assert amount.minor >= 0


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(EXPONENTS)))
def test_what_we_would_type_reads_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert read_amount(typed_form(amount), currency) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (500, "USD", "en", "$5"),
        (750, "USD", "en", "$7.50"),
        (750, "EUR", "ru", "7,50 €"),
        (500, "JPY", "en", "¥500"),
        (1005, "KWD", "en", "KWD 1.005"),
        (500, "USD", "ar", "\u200f5 US$\u200e"),
    ],
)
def test_amounts_are_shown_as_people_write_them(minor: int, currency: str, language: str, shown: str) -> None:
    assert show_amount(Money(minor, currency), language).replace("\xa0", " ") == shown


def test_currencies_never_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(MixedCurrencies):
        _ = Money(1, "USD") < Money(1, "EUR")
    with pytest.raises(UnknownCurrency):
        Money(1, "ZZZ")
    with pytest.raises(TypeError):
        Money(1.0, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(("currency", "shown"), [("CLP", "1250"), ("CZK", "12.50"), ("TND", "1.250")])
def test_what_a_company_may_credit_is_more_than_what_readers_are_asked_in(currency: str, shown: str) -> None:
    assert currency not in EXPONENTS
    assert str(Money(1250, currency).decimal) == shown


def test_limits() -> None:
    two, fifty = Money(200, "USD"), Money(5000, "USD")
    assert within(two, two, fifty) == two
    for amount, problem in ((Money(199, "USD"), "too_small"), (Money(5001, "USD"), "too_large")):
        with pytest.raises(BadAmount, match=problem):
            within(amount, two, fifty)


def test_a_column_has_all_decimals():
    assert show_amount(Money(165700, "EUR"), "en", all_decimals=True) == "€1,657.00"
    assert show_amount(Money(1657, "JPY"), "en", all_decimals=True) == "¥1,657"
