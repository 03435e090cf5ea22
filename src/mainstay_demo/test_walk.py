"""A walk through days: no day passes before its work is done, and none stands for ever."""

from collections.abc import Callable

import pytest

from mainstay_demo import walk


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Lets these numbers be due, one at each glance, the last for ever; time goes on only while a glance waits."""

    def let(*numbers: int) -> list[float]:
        waited, left = [0.0], list(numbers)
        monkeypatch.setattr(walk, "newsroom_by_slug", lambda _slug: None)
        monkeypatch.setattr(
            walk, "due_count", lambda _newsroom, _now: left.pop(0) if len(left) > 1 else left[0]
        )
        monkeypatch.setattr("mainstay_demo.walk.time.monotonic", lambda: waited[0])
        monkeypatch.setattr(
            "mainstay_demo.walk.time.sleep", lambda _seconds: waited.__setitem__(0, waited[0] + 9)
        )
        return waited

    return let


def test_a_day_waits_for_a_slow_worker(counted: Callable[..., list[float]]) -> None:
    waited = counted(9, 9, 9, 8, 8, 8, 0)
    assert walk._let_the_worker_finish(0) == 0
    assert waited[0] == 54


def test_what_nobody_does_is_waited_for_once(counted: Callable[..., list[float]]) -> None:
    waited = counted(2)
    assert walk._let_the_worker_finish(0) == 2
    stood = waited[0]
    assert walk._let_the_worker_finish(2) == 2
    assert waited[0] == stood
