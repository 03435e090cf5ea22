"""Country policy: pure. What a newsroom does about a country, decided before the bank hears of a payment.

The most severe of what the reader declared about their own card and what the processor says of it wins. Ties are
apart: they warn, and the reader decides. Any error in here must end without a payment call: callers fail closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What the newsroom does, from mild to severe."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"


_SEVERITY = {State.ALLOW: 0, State.WARN: 1, State.REFUSE: 2}


@dataclass(frozen=True, slots=True)
class Decision:
    """The state, and the country that led to it ("" when the country is unknown)."""

    state: State
    country: str


def decide(
    rules: Mapping[str, State], card_country: str | None, *, strict: bool, declared: str | None = None
) -> Decision:
    """What to do about a card.

    `rules` maps ISO 3166-1 alpha-2 codes to states, a country without a rule is allowed; `card_country` is what the
    processor reports, `None` when it does not know: then warn, or refuse when `strict`. `declared` is the country
    that the reader says their card or home is in.
    """
    decisions = [_of_card(rules, card_country, strict)]
    if declared:
        decisions.append(Decision(rules.get(declared.upper(), State.ALLOW), declared.upper()))
    return max(decisions, key=lambda decision: _SEVERITY[decision.state])


def _of_card(rules: Mapping[str, State], card_country: str | None, strict: bool) -> Decision:
    if not card_country:
        return Decision(State.REFUSE if strict else State.WARN, "")
    code = card_country.upper()
    return Decision(rules.get(code, State.ALLOW), code)
