"""The most severe of what is known wins; nothing known is never milder than a warning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .models import Newsroom
from .policy import State, decide

ORDER = [State.ALLOW, State.WARN, State.REFUSE]
COUNTRIES = st.sampled_from(["RU", "BY", "DE", "US", "KZ"])
RULES = st.dictionaries(COUNTRIES, st.sampled_from(ORDER))


@given(RULES, st.none() | COUNTRIES, st.none() | COUNTRIES, st.booleans())
def test_never_milder_than_either_country(
    rules: dict[str, State], card: str | None, declared: str | None, strict: bool
) -> None:
    decision = decide(rules, card, strict=strict, declared=declared)
    for country in (card, declared):
        if country:
            assert ORDER.index(decision.state) >= ORDER.index(rules.get(country, State.ALLOW))
    if card is None:
        assert ORDER.index(decision.state) >= ORDER.index(State.REFUSE if strict else State.WARN)


@given(RULES, COUNTRIES)
def test_one_known_country_is_exactly_its_rule(rules: dict[str, State], card: str) -> None:
    assert decide(rules, card.lower(), strict=False).state == rules.get(card, State.ALLOW)


@pytest.mark.parametrize(
    ("zone", "offset", "day"),
    [
        ("UTC", timedelta(), date(2026, 3, 1)),
        ("Asia/Tokyo", timedelta(), date(2026, 3, 2)),
        ("UTC", timedelta(days=31), date(2026, 4, 1)),
    ],
)
def test_a_newsrooms_day_is_its_own(zone: str, offset: timedelta, day: date) -> None:
    newsroom = Newsroom(time_zone=zone, sandbox=True, clock_offset_seconds=int(offset.total_seconds()))
    now = datetime(2026, 3, 1, 20, tzinfo=UTC)
    assert newsroom.today(now) == day
    assert newsroom.machine_moment(newsroom.calendar(now)) == now
