"""Every string is there in every language it must be there in, with its placeholders and plural forms."""

import pytest
from babel.messages.catalog import Message

from tests.tidy.house import expect_none
from tools.messages import DESK, READERS, _faults, problems, strings_of


def test_every_string_is_translated():
    expect_none(problems())


def test_strings_are_found_in_code_and_templates():
    ids = {message.id for message in strings_of(READERS)}
    assert "Monthly" in ids
    assert len(ids) > 30
    assert not ids & {message.id for message in strings_of(DESK) if message.id}


@pytest.mark.parametrize(
    ("source", "translation", "right"),
    [
        ("Pay %(amount)s", "Заплатить %(amount)s", True),
        ("Pay %(amount)s", "Заплатить %(summa)s", False),
        ("Pay %(amount)s", "Заплатить", False),
        ("<em>Now</em>", "<em>Сейчас</em>", True),
        ("<em>Now</em>", "Сейчас", False),
        (("%(n)s day", "%(n)s days"), ("%(n)s день", "%(n)s дня", "%(n)s дней"), True),
        (("%(n)s day", "%(n)s days"), ("%(n)s день", "%(n)s дня"), False),
        (("%(n)s day", "%(n)s days"), ("один день", "%(n)s дня", "%(n)s дней"), True),
    ],
)
def test_a_wrong_translation_is_noticed(source, translation, right):
    faults = list(_faults(Message(source), Message(source, translation), plurals=3))
    assert (faults == []) is right
