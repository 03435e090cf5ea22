"""Several workers, two killed on the way, one charge each: the small form of the drill."""

import pytest

from drills import many_workers


@pytest.mark.journey
def test_workers_that_are_killed_charge_nobody_twice():
    report = many_workers.run(0.002)
    assert report.differences == []
    assert report.counts["postgresql: charges"] == 40
    assert report.counts["sqlite: workers killed"] == 2
