"""Taking over Stripe's own subscriptions: no month charged twice and none left out, whatever breaks off in between.

The subscriptions are on a server that speaks Stripe's protocol and charges by itself; what we collect goes through a
processor in memory. `IMPORT_SUBSCRIPTIONS` says how many (1,000 in the drill).
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from mainstay.cli.main import main
from mainstay.collection.conftest import Story, story
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import AccountConfig, Method, MethodFact, Outcome
from mainstay.core.clock import clock
from mainstay.letters.models import Letter
from mainstay.moving.imports import running
from mainstay.moving.imports.running import Fate
from mainstay.moving.models import Import, ImportedPromise
from mainstay.processors import registry
from mainstay.processors.takeover import Schedule, Takeover

from .example_subscriptions import AFTER, BEFORE, Subscriptions, end_of, item, served
from .lists import StripeUnreachable
from .takeover import make

__all__ = ["story"]

MANY = int(os.environ.get("IMPORT_SUBSCRIPTIONS", "40"))
BEGIN = datetime(2026, 1, 20, 12, tzinfo=UTC)


@pytest.fixture
def there(story: Story) -> Iterator[tuple[Subscriptions, Takeover]]:
    """An account with subscriptions, and our takeover of it."""
    story.clock.moment = BEGIN
    account = Subscriptions(BEGIN)
    with served(account) as address:
        settings = {"address": address, "public_key": "pk", "deadline_seconds": 5}
        yield account, make(AccountConfig(settings, {"api_key": "rk_test"}))


def add(
    story: Story, account: Subscriptions, number: int, day: int, country: str = "US", **changes: Any
) -> str:
    """A subscription whose card both sides know."""
    fact = MethodFact(Outcome.SUCCEEDED, Method(f"cus_{number}", f"pm_{number}", country))
    story.processor.methods[f"pm_{number}"] = fact
    return account.add(number, day, **changes)


def take(story: Story, takeover: Takeover) -> list[running.Result]:
    return list(running.take_over(story.account, takeover, story.ring, actor="heron", now=story.now))


def live_until(story: Story, account: Subscriptions, last: date) -> None:
    """Days go by on both sides: they charge in the morning, our worker at noon."""
    while story.now.date() < last:
        story.clock.moment += timedelta(days=1)
        account.advance(story.now)
        story.work()


def charges(account: Subscriptions) -> Counter[tuple[str, str]]:
    """How often each subscription was charged in each month, there and here."""
    there = [(subscription, f"{moment:%Y-%m}") for subscription, moment in account.charges]
    of_ours = {row["metadata"].get("contribution"): name for name, row in account.rows.items()}
    ours = [
        (of_ours[str(payment.contribution_id)], f"{payment.day:%Y-%m}")
        for payment in Payment.objects.filter(contribution__isnull=False)
    ]
    return Counter([*there, *ours])


def test_a_preview_changes_nothing_on_either_side(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    add(story, account, 1, 5)
    (result,) = running.preview(story.account, takeover, story.now)
    assert result.fate == Fate.WOULD
    assert not Contribution.objects.exists()
    assert account.calls == ["GET /v1/subscriptions"]


def test_ours_begins_on_the_day_on_which_theirs_ends(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    name = add(story, account, 1, 31)
    (result,) = take(story, takeover)
    assert result.fate == Fate.TAKEN
    row = Contribution.objects.get()
    assert (row.state, row.next_due_date, row.amount_minor) == ("active", date(2026, 1, 31), 500)
    assert account.rows[name]["cancel_at_period_end"]
    assert Letter.objects.filter(kind="imported").count() == 1
    live_until(story, account, date(2026, 4, 30))
    days = list(Payment.objects.order_by("day").values_list("day", flat=True))
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert not account.charges


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"items": {"data": [item(BEGIN + timedelta(days=3))] * 2}}, "several parts"),
        ({"collection_method": "send_invoice"}, "invoice"),
        ({"pause_collection": {"behavior": "void"}}, "paused"),
        ({"discounts": ["di_1"]}, "discount"),
        ({"schedule": "sub_sched_1"}, "phases"),
        ({"automatic_tax": {"enabled": True}}, "Tax"),
        ({"cancel_at_period_end": True}, "has stopped it"),
        ({"default_payment_method": "pm_nobody_has"}, "can't be used"),
    ],
)
def test_what_we_could_not_keep_up_is_left_there(
    changes: dict[str, Any], why: str, story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    add(story, account, 1, 5, **changes)
    (result,) = take(story, takeover)
    assert result.fate == Fate.REFUSED
    assert why in result.why_not
    assert not Contribution.objects.exists()
    assert not any(call.startswith("POST") for call in account.calls)


def test_a_card_of_a_refused_country_is_left_there_and_named(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    add(story, account, 1, 5, country="RU")
    (result,) = take(story, takeover)
    assert "takes nothing" in result.why_not


@pytest.mark.parametrize("fault", [BEFORE, AFTER])
def test_a_lost_answer_is_gone_after_by_the_next_run(
    fault: str, story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    add(story, account, 1, 22)
    account.faults = ["", "", fault]
    assert [result.fate for result in take(story, takeover)] == [Fate.UNCLEAR]
    assert Contribution.objects.get().state == "paused"
    live_until(story, account, date(2026, 1, 25))
    results = take(story, takeover)
    assert results[0].fate == Fate.TAKEN
    live_until(story, account, date(2026, 3, 25))
    assert charges(account) == {("sub_1", month): 1 for month in ("2026-01", "2026-02", "2026-03")}


def test_who_stops_in_the_middle_is_not_taken_over(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    name = add(story, account, 1, 22)
    account.faults = ["", "", BEFORE]
    take(story, takeover)
    account.stop(name)
    assert [result.why_not for result in take(story, takeover)] == ["Its supporter stopped it meanwhile."]
    assert not Contribution.objects.exists()


def test_a_lost_database_finds_its_promise_again(story: Story, there: tuple[Subscriptions, Takeover]) -> None:
    account, takeover = there
    add(story, account, 1, 22)
    take(story, takeover)
    before = Contribution.objects.get().pk
    Letter.objects.all().delete()
    Contribution.objects.all().delete()
    assert [result.fate for result in take(story, takeover)] == [Fate.TAKEN]
    after = Contribution.objects.get()
    assert (after.pk, after.next_due_date) == (before, date(2026, 1, 22))
    assert account.rows["sub_1"]["metadata"]["contribution"] == str(after.pk)


def test_undoing_gives_back_what_has_not_been_charged(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    account, takeover = there
    add(story, account, 1, 22)
    add(story, account, 2, 5)
    take(story, takeover)
    live_until(story, account, date(2026, 1, 23))
    batch = Import.objects.get()
    done = running.undo(batch.pk, takeover, story.ring, actor="heron", now=story.now)
    assert (done.taken_out, done.kept) == (1, 1)
    assert takeover.look_up("sub_2").schedule == Schedule.RUNNING  # type: ignore[union-attr]
    live_until(story, account, date(2026, 3, 25))
    assert set(charges(account).values()) == {1}
    assert charges(account)[("sub_2", "2026-02")] == 1


def test_everybody_is_charged_once_in_every_month(
    story: Story, there: tuple[Subscriptions, Takeover]
) -> None:
    """Over a month's end, broken off again and again at drawn places, with answers that get lost."""
    account, takeover = there
    chance = random.Random(20260120)
    for number in range(MANY):
        add(story, account, number, chance.randint(1, 31))
    due_before = {name: end_of(row) for name, row in account.rows.items()}
    for day in range(0, 25, 4):  # so that periods end between a run that breaks off and the next one
        live_until(story, account, date(2026, 1, 20) + timedelta(days=day))
        account.faults = ["", *chance.choices(("", BEFORE, AFTER), k=MANY // 3)]
        share = chance.randint(MANY // 8, MANY // 4)
        run = running.take_over(story.account, takeover, story.ring, actor="heron", now=story.now)
        with suppress(StripeUnreachable):  # a list that breaks off ends the command
            list(islice(run, share))
    account.faults = []
    take(story, takeover)
    assert ImportedPromise.objects.filter(taken=True).count() == MANY
    live_until(story, account, date(2026, 4, 30))
    expected = Counter(
        (name, month)
        for name, end in due_before.items()
        for month in ("2026-01", "2026-02", "2026-03", "2026-04")
        if month >= f"{end:%Y-%m}"
    )
    assert charges(account) == expected
    assert not any(row["status"] == "active" for row in account.rows.values())


def test_the_command_shows_takes_over_and_gives_back(
    story: Story,
    settings: Any,
    keys_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.MAINSTAY_KEYS = str(keys_root)
    monkeypatch.setattr(registry, "adapters", lambda: {"stripe": story.processor})
    now = clock.now()
    account = Subscriptions(now)
    add(story, account, 1, (now - timedelta(days=2)).day)
    with served(account) as address:
        story.account.processor = "stripe"
        story.account.settings = {"address": address, "public_key": "pk"}
        story.account.save()
        wish = ["import", "stripe", "--account", str(story.account.pk), "--json"]
        assert main(wish) == 0
        assert json.loads(capsys.readouterr().out)["good"] == 1
        assert not Contribution.objects.exists()
        assert main([*wish, "--apply"]) == 0
        batch = json.loads(capsys.readouterr().out)["id"]
        assert Contribution.objects.get().state == "active"
        assert main(["import", "undo", batch]) == 0
    assert not Contribution.objects.exists()
    assert not account.rows["sub_1"]["cancel_at_period_end"]
