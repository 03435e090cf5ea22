"""Names for bank statements that Stripe takes, and names that it refuses."""

import pytest

from .statement import StatementName, problems, shown


def whole(text: str) -> StatementName:
    return StatementName(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "FARSHORE PRESS",
        "FAR SHORE",
        "FSP.EXAMPLE",
        "A1234",
        "STICHTING FAR SHORE P",
        "X" * 22,
        "far shore press",
        "FAR-SHORE & CO",
        "FAR SHORE 2",
        "F.S. PRESS",
    ],
)
def test_names_that_stripe_takes(text):
    assert problems(whole(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "FAR", "ABCD", "X" * 23, "12345", "1234567890", "ДАЛЬНИЙ", "FAR SHORE é", "FAR*SHORE"),
        *("FAR<SHORE", "FAR>SHORE", "FAR\\SHORE", "FAR'SHORE", 'FAR"SHORE', "FAR\nSHORE", "-----"),
    ],
)
def test_names_that_stripe_refuses(text):
    assert problems(whole(text))


@pytest.mark.parametrize(
    ("prefix", "suffix", "good"),
    [
        ("FARSHORE", "MONTHLY", True),
        ("FARSHORE", "PRESS", True),
        ("FS", "A", True),
        ("FARSHOREPR", "TEN LETTER", True),
        ("F", "MONTHLY", False),
        ("FARSHOREPRE", "A", False),
        ("FARSHOREPR", "ELEVENCHARS", False),
        ("FARSHORE", "2026", False),
        ("FARSHORE", "A*B", False),
        ("", "MONTHLY", False),
    ],
)
def test_a_prefix_and_a_suffix_share_twenty_two_characters(prefix, suffix, good):
    assert (problems(StatementName("FARSHORE PRESS", prefix), suffix) == []) is good


def test_what_the_bank_will_show():
    name = StatementName("FARSHORE PRESS", "FARSHORE")
    assert shown(name) == "FARSHORE PRESS"
    assert shown(name, "MONTHLY") == "FARSHORE* MONTHLY"
