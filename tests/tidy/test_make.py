"""`make` alone lists what it can do, one line each, and does nothing."""

import os
import re
import subprocess

from tests.tidy.house import ROOT
from tools.run_tests import GUARDS, HOUSE_RULES, LONGEST_FIRST


def test_make_lists_every_target_on_one_line():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[1] for line in told.splitlines()} == targets
    assert {"demo", "demo-reset", "test", "check", "bench", "setup"} <= targets
    assert len(told.splitlines()) == len(targets)


def test_continuous_integration_runs_the_same_word():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_every_folder_of_tests_is_run():
    folders = {f"tests/{path.parent.name}" for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders == {HOUSE_RULES, GUARDS, *LONGEST_FIRST} - {"src"}
