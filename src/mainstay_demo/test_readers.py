"""The invented readers are the same at each start, and grow in number."""

from datetime import date, timedelta

from mainstay_demo.readers import Readers


def two_years(seed: int) -> list[int]:
    readers = Readers(seed, scale=1.0)
    days = [date(2024, 11, 23) + timedelta(days=number) for number in range(730)]
    return [len(readers.givers(day, number / 730)) for number, day in enumerate(days)]


def test_the_same_seed_draws_the_same_readers():
    assert two_years(20) == two_years(20) != two_years(21)


def test_the_newsroom_grows_and_stays_small():
    counts = two_years(20)
    assert sum(counts[365:]) > sum(counts[:365]) * 1.2
    assert 200 < sum(counts) < 600
