"""Keys name the promise and the number, so that they survive a restored backup; the object allows one success."""

from datetime import timedelta

from mainstay.contributions.actions import locked_again
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome
from mainstay.newsrooms.models import ProcessorAccount

from .conftest import Story
from .models import Payment


def test_keys_have_a_version_and_name_no_row_of_ours(story: Story) -> None:
    story.give()
    story.quiet_days(28)
    contribution = Contribution.objects.get()
    assert [attempt.key for attempt in Attempt.objects.order_by("key")] == [
        f"v1:{contribution.pk}:1:1",
        f"v1:{contribution.pk}:2:1",
    ]
    assert Installment.objects.get(number=2).prepare_key == f"v1:{contribution.pk}:2:object:1"


def test_after_the_keys_life_the_stored_object_still_allows_one_success(story: Story) -> None:
    """The answer was lost and the keys are forgotten a day later: the look-up finds the money, nothing is sent."""
    story.give()
    story.processor.lost_answers = {"execute", "look_up"}
    story.quiet_days(28)
    story.processor.keys.clear()
    story.processor.lost_answers = set()
    story.later(hours=30)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    assert story.processor.calls.count("execute") == 2


def test_each_try_has_its_own_key_on_the_same_object(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_SOFT, Outcome.DECLINED_SOFT]
    story.days(40, every=4)
    keys = Attempt.objects.filter(installment__number=2).values_list("key", flat=True)
    assert (len(set(keys)), len(story.processor.objects)) == (3, 2)


def test_a_lost_row_is_found_by_the_reference_of_its_object(story: Story) -> None:
    """A backup older than the attempt: the installment is there, the attempt and the id are not."""
    story.give()
    story.processor.lost_answers = {"execute"}
    story.quiet_days(28)
    remote_id = Installment.objects.get(number=2).remote_id
    Attempt.objects.filter(installment__number=2).delete()
    later = story.now + timedelta(days=3)
    Installment.objects.filter(number=2).update(remote_id="", state="due", next_action_at=later)
    from mainstay.contributions.port import ObjectKind

    story.processor.tell(ObjectKind.INTENT, remote_id)
    story.later(minutes=11)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    story.days(5)
    assert len(story.processor.charges()) == 2


def test_a_promise_that_is_locked_again_is_read_again(story: Story) -> None:
    """Another process may have stopped it or moved it to another account since a step began."""
    story.give()
    known = Contribution.objects.select_related("newsroom", "account").get()
    moved = ProcessorAccount.objects.create(newsroom=known.newsroom, processor="memory", label="Another")
    Contribution.objects.update(state="paused", account=moved)
    again = locked_again(known)
    assert (again.state, again.account, again.newsroom) == ("paused", moved, known.newsroom)
