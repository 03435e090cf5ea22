"""Supporter codes: 100 bits, one for each checkout, readable as people type them."""

import pytest

from .ids import BadCode, code_hash, code_of, digest, grouped, new_checkout_key, read_code


def test_the_code_of_a_checkout_is_always_the_same_and_never_shared() -> None:
    keys = [new_checkout_key() for _number in range(500)]
    codes = {code_of(key) for key in keys}
    assert len(codes) == 500
    assert code_of(keys[0]) == code_of(keys[0])
    assert all(len(code) == 20 for code in codes)


def test_a_code_is_read_as_people_type_it() -> None:
    code = code_of("a-checkout")
    assert read_code(grouped(code).lower()) == code
    assert read_code(grouped(code).replace("-", " ").replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "1234", "U" * 20, "A" * 21, "🙂" * 20])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadCode):
        read_code(typed)


def test_hashes_for_different_purposes_differ() -> None:
    assert code_hash("A" * 20) != digest("A" * 20, "checkout")
