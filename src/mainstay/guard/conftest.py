"""Guard tests begin with nothing counted."""

from collections.abc import Iterator

import pytest

from mainstay.guard.buckets import forget_all


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    forget_all()
    yield
    forget_all()
