"""The country of a card that replaces another: refused, nothing is saved; warned about, the promise gets an end."""

from datetime import date

from mainstay.contributions.models import Contribution

from .cards import replace_card
from .checkout import Step
from .conftest import World

APPROVED, RUSSIAN, KAZAKH = "4242424242424242", "4000006430000009", "4000003980000000"


def test_a_refused_card_is_not_saved_and_the_company_hears_of_nothing_but_its_token(world: World) -> None:
    world.pay(APPROVED)
    row, calls = Contribution.objects.get(), len(world.calls())
    token = world.token(RUSSIAN)
    assert replace_card(row, token, world.clock.now()).step == Step.REFUSED
    assert bytes(Contribution.objects.get().method_sealed or b"") == bytes(row.method_sealed or b"")
    asked = [call["path"] for call in world.calls()[calls:] if call["method"] == "POST"]
    assert asked == ["/v1/tokens"], "the browser's own call, and none of ours"


def test_a_card_with_a_warning_ends_the_promise_after_twelve_months(world: World) -> None:
    world.pay(APPROVED)
    row = Contribution.objects.get()
    token = world.token(KAZAKH)
    assert replace_card(row, token, world.clock.now()).step == Step.WARNED
    assert replace_card(row, token, world.clock.now(), warned="KZ").step == Step.PAID
    assert Contribution.objects.get().last_due_date == date(2027, 1, 30)
    assert replace_card(row, world.token(APPROVED), world.clock.now()).step == Step.PAID
    assert Contribution.objects.get().last_due_date == date(2027, 1, 30), "what was agreed stays"
