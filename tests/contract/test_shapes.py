"""The comparison of requests with published descriptions: what we send passes, and wrong requests are caught."""

import pytest

from mainstay_sandbox.stripe_face import Heard

from .shapes import openapi
from .shapes.stripe import description, expect_shapes, problems

pytestmark = pytest.mark.skipif(openapi.folder() is None, reason=openapi.ABSENT)

CREATE, CONFIRM = "/v1/payment_intents", "/v1/payment_intents/pi_1/confirm"
GOOD = {"amount": "500", "currency": "usd", "metadata[reference]": "c1:1", "expand[0]": "payment_method"}


def heard(method: str, path: str, key: str = "k", **form: str) -> Heard:
    return Heard(method, path, tuple(form.items()), key)


def made(key: str = "k", **changes: str) -> Heard:
    return Heard("POST", CREATE, tuple({**GOOD, **changes}.items()), key)


WRONG = {
    "no amount": Heard("POST", CREATE, (("currency", "usd"),), "k"),
    "an amount in words": made(amount="five"),
    "an amount with a point": made(amount="5.00"),
    "a parameter that is misspelt": made(amout="500"),
    "a word that is not one of the choices": made(setup_future_usage="whenever"),
    "a suffix that is too long": made(statement_descriptor_suffix="A NEWSROOM WITH A VERY LONG NAME"),
    "an object where a text belongs": Heard(
        "POST", CREATE, (("amount", "500"), ("currency[code]", "usd")), "k"
    ),
    "no key of ours": made(key=""),
    "a parameter that was dropped since": made(payment_method_types="card"),
    "an address that does not exist": heard("POST", "/v1/payment_intentions", amount="500"),
    "a refund for a made up reason": heard("POST", "/v1/refunds", charge="ch_1", reason="because"),
    "a limit in words": heard("GET", "/v1/events", limit="all"),
    "a flag that is neither": heard("POST", CONFIRM, off_session="perhaps", confirm_now="1"),
    "a search without a question": heard("GET", "/v1/payment_intents/search", limit="10"),
}


def test_a_good_request_passes():
    assert problems(made()) == []
    expect_shapes([made(setup_future_usage="off_session", customer="cus_1")])


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_is_caught(name):
    assert problems(WRONG[name]), f"{name} passed as a good request."


def test_there_are_twelve_wrong_ones_at_least():
    assert len(WRONG) >= 12


def test_one_wrong_request_among_good_ones_fails_a_test():
    with pytest.raises(AssertionError, match="amout"):
        expect_shapes([made(), made(amout="1")])


def test_names_with_brackets_are_read_by_the_types_of_the_schema():
    known = description()
    assert known is not None
    form = [("amount", "500"), ("currency", "usd"), ("expand[]", "a"), ("expand[]", "b"), ("confirm", "true")]
    assert openapi.nested(form)["expand"] == {"0": "a", "1": "b"}
    assert known.problems("POST", CREATE, form=form) == []
