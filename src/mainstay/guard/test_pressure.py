"""Attack mode begins on a burst, tightens, closes the door for a while, and ends by itself."""

from datetime import UTC, datetime, timedelta

from mainstay.guard.pressure import BURST, HIGHEST, LETS_THROUGH, WINDOW, Standing, after, at

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
CALM = Standing(0, NOW)


def tries(standing: Standing, now: datetime, declined: int, approved: int = 0) -> Standing:
    for _card in range(approved):
        standing = after(standing, now, declined=False)
    for _card in range(declined):
        standing = after(standing, now, declined=True)
    return standing


def test_a_burst_of_declines_begins_it_at_once():
    assert tries(CALM, NOW, BURST - 1).level == 0
    begun = tries(CALM, NOW, BURST)
    assert (begun.level, begun.declined, begun.is_closed) == (1, 0, False)


def test_the_same_declines_among_many_good_cards_are_a_busy_day():
    assert tries(CALM, NOW, BURST, approved=2 * BURST).level == 1
    assert tries(CALM, NOW, BURST, approved=2 * BURST + 1).level == 0


def test_declines_of_earlier_ten_minutes_are_forgotten():
    before = tries(CALM, NOW, BURST - 1)
    assert after(before, NOW + WINDOW, declined=True).level == 0


def test_the_door_closes_when_a_levels_declines_are_used_up():
    attacked = tries(CALM, NOW, BURST)
    assert not tries(attacked, NOW, LETS_THROUGH[1] - 1).is_closed
    assert tries(attacked, NOW, LETS_THROUGH[1]).is_closed
    assert not tries(attacked, NOW, LETS_THROUGH[1], approved=100).is_closed


def test_it_tightens_while_it_lasts_and_loosens_level_by_level():
    standing, now, seen = tries(CALM, NOW, BURST), NOW, []
    for _window in range(5):
        standing = tries(standing, now, LETS_THROUGH[standing.level])
        seen.append(standing.level)
        now = standing.ends_at
        standing = at(standing, now)
    assert seen == [1, 2, 3, 3, 3]
    assert [at(standing, now + turn * WINDOW).level for turn in range(5)] == [HIGHEST, 2, 1, 0, 0]


def test_a_quiet_first_level_is_over_after_ten_minutes():
    attacked = tries(CALM, NOW, BURST)
    assert at(attacked, NOW + WINDOW - timedelta(seconds=1)).level == 1
    assert at(attacked, NOW + WINDOW).level == 0


def test_a_long_silence_is_read_in_one_step():
    assert at(CALM, NOW + timedelta(days=4000)).began_at == NOW + timedelta(days=4000)
