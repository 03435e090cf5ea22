"""Moving promises between two accounts: by letter, by tokens, in batches, watched, and back again."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mainstay.collection.cards import replace_card
from mainstay.collection.checkout import Step
from mainstay.collection.conftest import Story, story
from mainstay.collection.example_processor import Memory
from mainstay.collection.models import Detachment, Payment
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow, Method, MethodFact, Outcome
from mainstay.core.errors import WrongSettings
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.registry import forget_adapters

from . import move, work
from .models import MovedPromise
from .move import Fate

__all__ = ["story"]


@dataclass
class Two:
    """The old company and the new one, and promises at the old one."""

    story: Story
    new: ProcessorAccount
    there: Memory

    def give(self, many: int = 1) -> list[Contribution]:
        """Monthly promises at the old company, with an address."""
        return [self.story.give(mail="r@example.org").contribution for _number in range(many)]

    def tokens(self, **changes: Any) -> dict[str, Method]:
        """The old company's cards as the new one has them."""
        table = {}
        for fact in self.story.processor.charges():
            assert fact.method is not None
            card = Method("new-cus", f"new-{fact.method.method}", "US", **changes)
            self.there.methods[card.method] = MethodFact(Outcome.SUCCEEDED, card)
            table[fact.method.method] = card
        return table

    def by_tokens(self, table: dict[str, Method], most: int = 100, dry_run: bool = False) -> Counter[Fate]:
        return Counter(
            move.move_by_tokens(
                self.story.account, self.new, table, self.story.ring,
                most=most, actor="heron", now=self.story.now, dry_run=dry_run,
            )
        )  # fmt: skip

    def by_letter(self, most: int = 100, dry_run: bool = False) -> Counter[Fate]:
        return Counter(
            move.ask_by_letter(
                self.story.account, self.new, most=most, actor="heron", now=self.story.now, dry_run=dry_run
            )
        )

    def back(self) -> Counter[Fate]:
        return Counter(move.back(self.story.account, self.new, actor="heron", now=self.story.now))

    def accounts(self) -> Counter[str]:
        return Counter(row.account.label for row in Contribution.objects.select_related("account"))


@pytest.fixture
def two(story: Story, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Two:
    there = Memory(numbers=count(1000))
    new = ProcessorAccount.objects.create(newsroom=story.newsroom, processor="other", label="New")
    path = Path(settings.MAINSTAY_SECRETS_FILE)
    path.write_text(f'{path.read_text()}\n[accounts."{new.pk}"]\napi_key = "sk"\n', encoding="utf-8")
    monkeypatch.setattr(registry, "adapters", lambda: {"memory": story.processor, "other": there})
    forget_adapters()
    return Two(story, new, there)


def test_a_rehearsal_changes_nothing(two: Two) -> None:
    two.give(2)
    assert two.by_letter(dry_run=True) == {Fate.ASKED: 2}
    assert two.by_tokens(two.tokens(), dry_run=True) == {Fate.MOVED: 2}
    assert two.accounts() == {"Memory": 2}
    assert not MovedPromise.objects.exists()
    assert not Letter.objects.filter(kind="new_card").exists()


def test_by_letter_the_old_company_collects_until_its_supporter_gives_a_card(two: Two) -> None:
    one, _other = two.give(2)
    assert two.by_letter() == {Fate.ASKED: 2}
    assert two.by_letter() == {}, "nobody is asked twice"
    assert Letter.objects.filter(kind="new_card").count() == 2
    two.story.quiet_days(29)
    assert len(two.story.processor.charges()) == 4, "both are still collected there"
    one.refresh_from_db()
    assert replace_card(one, "tok", two.story.now).step == Step.PAID
    assert "save_method" in two.there.calls
    assert Detachment.objects.get().account == two.story.account
    two.story.quiet_days(31)
    assert len(two.there.charges()) == 1
    assert len(two.story.processor.charges()) == 5
    assert two.accounts() == {"Memory": 1, "New": 1}


def test_a_card_waits_while_a_payment_is_under_way(two: Two) -> None:
    (one,) = two.give()
    two.by_letter()
    two.story.processor.answers = [Outcome.PENDING]
    two.story.quiet_days(29)
    one.refresh_from_db()
    assert replace_card(one, "tok", two.story.now).step == Step.TROUBLE
    assert "save_method" not in two.there.calls


def test_a_failing_promise_goes_on_at_the_new_company(two: Two) -> None:
    (one,) = two.give()
    two.by_letter()
    two.story.processor.answers = [Outcome.DECLINED_SOFT]
    two.story.quiet_days(28)
    one.refresh_from_db()
    assert one.state == "failing"
    replace_card(one, "tok", two.story.now)
    one.refresh_from_db()
    assert one.state == "active"
    two.story.days(40, every=4)
    assert [payment.account for payment in Payment.objects.filter(first=False)] == [two.new]


def test_tokens_move_in_batches_and_the_next_payment_is_at_the_new_company(two: Two) -> None:
    two.give(3)
    table = two.tokens()
    assert two.by_tokens(table, most=2) == {Fate.MOVED: 2}
    assert two.by_tokens(table, most=2) == {Fate.MOVED: 1}
    two.story.quiet_days(29)
    assert len(two.there.charges()) == 3
    assert len(two.story.processor.charges()) == 3, "the first payments alone"


@pytest.mark.parametrize(
    ("spoil", "fate"),
    [
        (lambda two, table: table.clear(), Fate.NOT_IN_TABLE),
        (lambda two, table: two.there.methods.clear(), Fate.NOT_THERE),
        (lambda two, table: table.update({key: Method("x", card.method, "US") for key, card in table.items()}),
         Fate.NOT_THERE),
        (lambda two, table: Contribution.objects.update(currency="TWD"), Fate.OTHER_CURRENCY),
        (lambda two, table: two.there.methods.update({
            card.method: MethodFact(Outcome.SUCCEEDED, Method(card.customer, card.method, "RU"))
            for card in table.values()
        }), Fate.REFUSED),
    ],
)  # fmt: skip
def test_what_can_not_move_stays_and_is_named(spoil: Any, fate: Fate, two: Two) -> None:
    two.give()
    table = two.tokens()
    spoil(two, table)
    assert two.by_tokens(table) == {fate: 1}
    assert two.accounts() == {"Memory": 1}


def test_what_is_under_way_waits_for_another_batch(two: Two) -> None:
    two.give()
    table = two.tokens()
    two.story.processor.answers = [Outcome.DECLINED_SOFT]
    two.story.quiet_days(28)
    assert two.by_tokens(table) == {Fate.UNDER_WAY: 1}


def test_declines_at_the_new_company_stop_the_next_batch(two: Two) -> None:
    two.give(move.FEWEST_TO_JUDGE)
    two.by_tokens(two.tokens())
    two.there.answers = [Outcome.DECLINED_HARD] * 3
    two.story.quiet_days(29)
    seen = move.watch(two.story.account, two.new)
    assert (seen.judged, seen.declined) == (10, 3)
    assert seen.is_worse_than(20)
    assert not seen.is_worse_than(30)


def test_back_takes_what_has_not_paid_there(two: Two) -> None:
    two.give(2)
    table = two.tokens()
    two.by_tokens(dict(list(table.items())[1:]))
    two.by_letter()
    assert two.back() == {Fate.BACK: 2}
    assert two.accounts() == {"Memory": 2}
    assert not Letter.objects.filter(kind="new_card").exists()
    assert not MovedPromise.objects.exists()
    two.story.quiet_days(29)
    assert len(two.story.processor.charges()) == 4
    assert not two.there.charges()


def test_what_has_paid_there_stays_there(two: Two) -> None:
    two.give()
    two.by_tokens(two.tokens())
    two.story.quiet_days(29)
    assert two.back() == {Fate.STAYS: 1}
    assert two.accounts() == {"New": 1}


def test_after_35_days_the_old_company_forgets_the_card(two: Two) -> None:
    two.give()
    two.by_tokens(two.tokens())
    (due,) = work.due_work()
    assert not due.find(two.story.now + timedelta(days=35), 10)
    later = two.story.now + timedelta(days=36)
    (newsroom,) = due.find(later, 10)
    due.do(newsroom, later)
    assert not MovedPromise.objects.exists()
    assert Detachment.objects.get().account == two.story.account


def test_accounts_of_which_nothing_can_move(two: Two) -> None:
    with pytest.raises(WrongSettings):
        move.check_pair(two.new, two.new)
    two.new.active = False
    with pytest.raises(WrongSettings):
        move.check_pair(two.story.account, two.new)


@pytest.mark.parametrize("flow", [Flow.PUSH, Flow.MANDATE])
def test_nobody_is_asked_for_a_card_where_none_can_be_given(two: Two, flow: Flow) -> None:
    two.there.capabilities = replace(two.there.capabilities, flow=flow)
    with pytest.raises(WrongSettings, match="begin anew"):
        move.check_pair(two.story.account, two.new)


def test_a_table_of_tokens_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokens.csv"
    path.write_text("old_method,new_customer,new_method\npm1,cus9,pm9\n", encoding="utf-8")
    assert move.read_table(path) == {"pm1": Method("cus9", "pm9", None)}
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(WrongSettings, match="first line"):
        move.read_table(path)
