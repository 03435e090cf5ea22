"""The page about ASVS names each requirement once, and what it points to is there."""

import re

from tests.tidy.house import ROOT

PAGE = (ROOT / "docs/reference/asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
STANDS = ("held", "by design", "does not apply", "**not held**")
FILE = re.compile(r"`((?:src|tests|drills|docs|deploy|tools|requirements)/[\w./-]+|privacy_map\.toml)`")


def test_each_requirement_has_one_row_and_a_reason():
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers)) > 150
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])
    assert {row[3] for row in ROWS} == set(STANDS)
    assert all(row[4].strip() for row in ROWS)


def test_every_file_that_it_names_is_there():
    named = set(FILE.findall(PAGE))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_sentence_at_its_head_counts_right():
    counted = [len(ROWS), *(sum(row[3] == stands for row in ROWS) for stands in STANDS)]
    sentence = re.search(
        r"Of (\d+) rows (\d+) are held, (\d+) are so by design, (\d+) do not apply, and (\d+)", PAGE
    )
    assert sentence
    assert [int(number) for number in sentence.groups()] == counted
