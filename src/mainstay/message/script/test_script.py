"""The script as it is served: small, strict, and drawing the same wording as Python."""

import json
from pathlib import Path

import brotli
import pytest

from mainstay.message.assign import variant_for
from mainstay.message.content import read
from mainstay.message.manifest import Shown, manifest_of
from mainstay.message.script import script_bytes, smaller, smaller_styles
from mainstay.newsrooms.models import Newsroom
from mainstay_demo.campaign import CAMPAIGN

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
LARGEST_BYTES = 4096


def test_the_budget_holds():
    assert len(brotli.compress(script_bytes())) <= LARGEST_BYTES


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_the_manifests_budget_holds(language):
    newsroom = Newsroom(slug="far-shore", name="The Far Shore", language="en", currency="USD")
    body = manifest_of(newsroom, [Shown("spring", read(CAMPAIGN))], language, 412)
    assert len(brotli.compress(body)) <= LARGEST_BYTES


def test_the_script_holds_nothing_that_a_strict_policy_refuses():
    text = script_bytes().decode()
    for word in (
        "innerHTML",
        "eval",
        "Function(",
        "insertAdjacent",
        "document.write",
        ".style",
        "sendBeacon",
        "cookie",
    ):
        assert word not in text


def test_smaller_leaves_texts_alone_and_shortens_only_its_own_names():
    source = "// note\nconst parent = (given) => {\n  window.open('// given  parent', given.parent);\n};\n"
    assert smaller(source) == "const parent=(a)=>{window.open('// given  parent',a.parent)};"
    assert smaller_styles("a > b { color: red;\n  top: 1px }") == "a>b{color:red;top:1px}"


@pytest.mark.parametrize("case", GOLDEN[:5], ids=str)
def test_python_agrees_with_the_golden_vectors(case):
    reader, salt, weights, expected = case
    assert variant_for(reader, salt, weights) == expected


def test_python_agrees_with_all_golden_vectors():
    assert [variant_for(*case[:3]) for case in GOLDEN] == [case[3] for case in GOLDEN]
