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
class Rule:
    """What happens to readers of one country. The switches matter where readers are warned.

    `recurring`: a monthly gift is offered (it ends by itself after twelve months). `mail`: a mail address may be
    left. `share`: words to share are shown afterwards. `unnamed`: ways to pay are offered that name nobody's country
    before the money is there. Where gifts are refused there is none of it; where they are allowed there is all of it.
    """

    state: State
    recurring: bool = True
    mail: bool = True
    share: bool = False
    unnamed: bool = False


SWITCHES = ("recurring", "mail", "share", "unnamed")
ALLOWED = Rule(State.ALLOW, **dict.fromkeys(SWITCHES, True))
REFUSED = Rule(State.REFUSE, **dict.fromkeys(SWITCHES, False))


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
        decisions.append(of_home(rules, declared))
    return max(decisions, key=lambda decision: _SEVERITY[decision.state])


def of_home(rules: Mapping[str, State], country: str) -> Decision:
    """What to do about a reader who says that their card or their home is in the country: its own state."""
    code = country.upper()
    return Decision(rules.get(code, State.ALLOW), code)


def of_ties(rules: Mapping[str, State], country: str) -> Decision:
    """What to do about a reader with ties to the country: at most a warning. Honesty is never refused."""
    decision = of_home(rules, country)
    return decision if decision.state == State.ALLOW else Decision(State.WARN, decision.country)


def _of_card(rules: Mapping[str, State], card_country: str | None, strict: bool) -> Decision:
    if not card_country:
        return Decision(State.REFUSE if strict else State.WARN, "")
    return of_home(rules, card_country)


def effective(rule: Rule) -> Rule:
    """The rule with its switches as they work: none where gifts are refused, all where they are allowed."""
    return {State.ALLOW: ALLOWED, State.REFUSE: REFUSED}.get(rule.state, rule)


def loosens(before: Rule, after: Rule) -> bool:
    """Whether `after` lets anything through that `before` did not: that needs two people."""
    old, new = effective(before), effective(after)
    switched_on = any(getattr(new, switch) and not getattr(old, switch) for switch in SWITCHES)
    return _SEVERITY[new.state] < _SEVERITY[old.state] or switched_on


def stricter(one: Rule, other: Rule) -> Rule:
    """The rule that lets through only what both do."""
    return Rule(
        max(one.state, other.state, key=lambda state: _SEVERITY[state]),
        one.recurring and other.recurring,
        one.mail and other.mail,
        one.share and other.share,
        one.unnamed and other.unnamed,
    )
