"""The benchmarks' own tools: what they count, read from the kernel, and store."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import __main__ as bench
from benchmarks.measuring import LoadFailed, in_child, per_second, ratio, share_of
from benchmarks.processes import command_of, cpu_seconds, family, pss_bytes, wait_for
from tools.ports import free_port

BUSY = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\nprint(flush=True)\ninput()"


@pytest.fixture
def busy():
    """A process that used half a second of processor time, and waits."""
    child = subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    yield child.pid
    child.communicate(b"\n")


def test_processor_time_of_a_process_is_read(busy):
    assert 0.4 <= cpu_seconds(busy) < 5


def test_memory_of_a_process_is_read(busy):
    assert 2**20 < pss_bytes(busy) < 2**30


def test_descendants_are_found(busy):
    assert busy in family(os.getpid())
    assert "process_time" in command_of(busy)


def test_a_part_of_the_load(monkeypatch):
    monkeypatch.setenv("BENCH_PART", "0.02")
    assert (share_of(10_000), share_of(3)) == (200, 1)


def test_rates_and_ratios():
    assert (per_second(100, 4), ratio(20, 100)) == (25.0, 5.0)


def test_a_load_that_fails_is_no_figure():
    with pytest.raises(LoadFailed, match="ended with"):
        in_child("json.no_such_module", {})


def test_waiting_for_a_server_that_ended_says_so():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(LoadFailed, match="Nothing answers"):
        wait_for(free_port(), child)


def test_results_are_stored_beside_those_of_other_benchmarks(tmp_path):
    path = tmp_path / "build" / "bench.json"
    bench.store({"web": {"figures": {"a": 1}}}, path)
    bench.store({"memory": {"figures": {"b": 2}}}, path)
    assert sorted(json.loads(path.read_text())) == ["memory", "web"]


def test_the_table_has_a_line_for_each_figure():
    results = {
        "web": {"figures": {"page": {"requests": 12, "note": "as it is"}}},
        "memory": {"failed": "why"},
    }
    lines = [" ".join(line.split()) for line in bench.table(results)]
    assert lines == ["", "web", "page.requests 12", "page.note as it is", "", "memory", "failed why"]
