"""`mainstay worker --dry-run` finds what the worker would do, and does none of it."""

from pathlib import Path
from typing import Any

import pytest

from mainstay.collection.conftest import Story, story
from mainstay.contributions.models import Installment

from .main import main

__all__ = ["story"]


def test_it_counts_and_changes_nothing(
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MAINSTAY_KEYS = str(tmp_path)
    for _reader in range(3):
        story.give(mail="reader@example.org")
    story.clock.moment = story.clock.moment.replace(month=2, day=28)
    monkeypatch.setattr("mainstay.core.clock.clock", story.clock)
    calls = len(story.processor.calls)
    assert main(["worker", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "make due installments: 3" in told
    assert "collect: 0" in told
    assert (Installment.objects.count(), len(story.processor.calls)) == (3, calls)
