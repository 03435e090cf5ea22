"""Over the company's shoulder: what belongs to one card or one payment, among other readers' calls."""

from mainstay_demo.watching import Call, about_payments, about_token

PREPARED = ("POST", "/v1/intents", "prepared for us")
OTHERS = [
    ("POST", "/v1/intents", "prepared"),
    ("POST", "/v1/intents/pi_9/confirm", "The bank paid 10.00 USD"),
]


def listed(*calls: tuple[str, str, str]) -> list[Call]:
    return [Call(number, method, path, 200, what) for number, (method, path, what) in enumerate(calls, 1)]


def test_a_cards_calls_are_told_from_renewals_that_run_meanwhile():
    made, asked = ("POST", "/v1/tokens", "exchanged"), ("GET", "/v1/tokens/tok_1", "asked")
    another = [("POST", "/v1/tokens", "exchanged"), ("GET", "/v1/tokens/tok_2", "asked")]
    calls = listed(*another, made, *OTHERS, asked, *OTHERS, *another)
    assert about_token(calls, "tok_1") == [calls[2], calls[5]]
    assert about_token(calls, "tok_3") == []


def test_a_payments_calls_are_told_from_others():
    paid = ("POST", "/v1/intents/pi_1/confirm", "The bank paid 5.00 USD")
    calls = listed(*OTHERS, PREPARED, paid, *OTHERS)
    assert about_payments(calls, ["pi_1"]) == [calls[2], calls[3]]
    assert about_payments(calls, []) == []
