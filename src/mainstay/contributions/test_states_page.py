"""`docs/reference/states.md` says exactly which steps there are: every table is compared with its machine."""

import re
from pathlib import Path

import pytest

from .port import DisputeStage
from .states import (
    ATTEMPT,
    CONTRIBUTION,
    DISPUTE,
    INSTALLMENT,
    REFUND,
    AttemptState,
    ContributionState,
    InstallmentState,
    RefundState,
)

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "states.md").read_text()
MACHINES = {
    "Contribution": (CONTRIBUTION, ContributionState),
    "Installment": (INSTALLMENT, InstallmentState),
    "Attempt": (ATTEMPT, AttemptState),
    "Refund": (REFUND, RefundState),
    "Dispute": (DISPUTE, DisputeStage),
}


def _table(heading: str) -> dict[str, set[str]]:
    """What each state can become, as the page's table under this heading has it. Staying needs no mention."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", part, flags=re.MULTILINE)
    return {state: set(re.findall(r"`(\w+)`", steps)) - {state} for state, steps in rows}


@pytest.mark.parametrize("heading", MACHINES)
def test_the_page_and_the_machine_agree(heading: str) -> None:
    machine, states = MACHINES[heading]
    there = {str(state): {str(after) for after in steps} - {str(state)} for state, steps in machine.items()}
    assert _table(heading) == there
    assert set(there) == {str(state) for state in states}
