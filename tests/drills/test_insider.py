"""One person can't act as two: the drill with one wait of three. Where a rest were missing, it would say so."""

from drills import insider


def test_one_person_gets_nothing_alone() -> None:
    report = insider.run(0.3)
    assert report.differences == []
    assert report.counts["tries of one person to act as two"] > 60
    assert report.counts["requests of a role to a page that is not its own"] > 150
