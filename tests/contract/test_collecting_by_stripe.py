"""Whole stories with Stripe's adapter: the tests of the room that collects, run over it unchanged, and a few more.

The company behind it is the practice company in Stripe's protocol, so cards, faults and books are the same.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from stripe import WebhookSignature

from mainstay.collection.conftest import NOW, World
from mainstay.collection.inbox import follow, receive
from mainstay.collection.models import AccountWatch, Difference, Hint, Payment
from mainstay.collection.test_checkout import (  # noqa: F401 (run here too)
    test_a_warning_is_shown_first_and_the_promise_ends_after_a_year,
    test_after_a_decline_another_amount_cancels_the_old_object_first,
    test_after_a_decline_another_card_pays_on_the_same_remote_object,
    test_an_approved_card_begins_a_promise,
    test_an_unknown_outcome_is_not_tried_again_and_resolves_itself,
    test_once_is_completed_and_keeps_no_card,
    test_paying_again_with_the_same_key_pays_once,
    test_the_bank_asks_and_approval_arrives,
    test_the_banks_page_left_open_is_cancelled_then_expires,
    test_the_worker_resolves_an_unknown_outcome_too,
)
from mainstay.collection.test_company_news import (  # noqa: F401
    test_a_card_that_its_bank_replaced,
    test_a_refund_made_on_their_pages_and_a_dispute_that_is_won,
    test_a_refund_that_fails_after_it_had_succeeded,
    test_a_refund_whose_answer_was_lost_is_made_once,
)
from mainstay.collection.test_renewals import (  # noqa: F401
    test_a_monthly_promise_of_the_31st_keeps_its_day,
    test_a_replaced_card_from_a_refused_country_is_refused,
    test_a_stopped_promise_is_not_collected_and_its_card_is_forgotten,
    test_after_an_outage_one_installment_is_collected_and_the_others_are_skipped,
    test_an_expired_card_is_not_tried_again_and_another_card_heals_it,
    test_authentication_needed_sends_one_letter_with_a_way_to_the_bank,
    test_refunds_whole_part_twice_and_too_much,
    test_soft_declines_are_tried_on_their_days_then_the_promise_lapses,
)
from mainstay.contributions.models import Contribution, Installment
from mainstay.core.clock import FixedClock
from mainstay.ledger.models import Transfer
from mainstay.newsrooms.models import CountryRule, Newsroom, ProcessorAccount
from mainstay.processors.registry import adapter_for, forget_adapters
from mainstay.sealing.keyring import KeyRing
from mainstay_sandbox.conftest import OTHER_SHOP, SHOP, Clock, Company
from mainstay_sandbox.near import running_company
from mainstay_sandbox.store import Store
from mainstay_sandbox.stripe_face import StripeFace

from .shapes.stripe import expect_shapes

APPROVED, RUSSIAN = "4242424242424242", "4000006430000009"
SECRET = "whsec_story"


@pytest.fixture
def face() -> list[StripeFace]:
    """The side of the company that Stripe's library talks to, once it runs."""
    return []


@pytest.fixture
def world(
    newsroom: Newsroom, ring: KeyRing, tmp_path: Path, settings: Any, face: list[StripeFace]
) -> Iterator[World]:
    """The Far Shore with an account at Stripe; cards from RU are refused, from KZ warned about."""

    def application(store: Store, machine_clock: Callable[[], float]) -> StripeFace:
        face.append(StripeFace(store, machine_clock))
        return face[0]

    clock = Clock()
    with running_company(tmp_path / "company.sqlite3", (SHOP, OTHER_SHOP), clock, application) as (at, store):
        account = ProcessorAccount.objects.create(
            newsroom=newsroom,
            processor="stripe",
            label="Stripe",
            settings={"address": at, "public_key": SHOP.publishable_key, "deadline_seconds": 3},
        )
        for country, state in (("RU", "refuse"), ("KZ", "warn")):
            CountryRule.objects.create(newsroom=newsroom, country=country, state=state)
        secrets = tmp_path / "secrets.toml"
        lines = [
            f'[accounts."{account.pk}"]',
            f'api_key = "{SHOP.secret_key}"',
            f'webhook_secrets = ["{SECRET}"]',
        ]
        secrets.write_text("\n".join(lines), encoding="utf-8")
        settings.MAINSTAY_SECRETS_FILE = str(secrets)
        forget_adapters()
        yield World(newsroom, account, Company(at, clock, store), ring, FixedClock(NOW))
        forget_adapters()
        expect_shapes(face[0].heard)


def books() -> list[tuple[str, int]]:
    return sorted(Transfer.objects.values_list("reference", "amount_minor"))


def test_a_refused_country_leaves_no_row_and_no_call_after_the_token(world: World, face: list[StripeFace]):
    _key, progress = world.pay(RUSSIAN)
    assert progress.step == "refused"
    assert not Contribution.objects.exists()
    assert [(one.method, one.path.split("/")[2]) for one in face[0].heard] == [("GET", "confirmation_tokens")]


def test_the_country_is_read_before_anything_is_made_and_the_object_is_made_before_money_moves(
    world: World, face: list[StripeFace]
):
    world.pay(APPROVED)
    called = [
        f"{one.method} {'/'.join(one.path.split('/')[2:3] + one.path.split('/')[4:])}"
        for one in face[0].heard
    ]
    assert called == [
        "GET confirmation_tokens",
        "POST customers",
        "POST payment_intents",
        "POST payment_intents/confirm",
    ]


def test_each_month_is_charged_once_and_the_books_agree(world: World):
    world.pay(APPROVED)
    for day in (28, 31, 30):
        world.clock.moment += timedelta(days=day)
        for _pass in range(3):
            world.work()
    assert Payment.objects.count() == 4
    assert len(world.company.get("/v1/balance_lines?limit=500").json()["data"]) == 4
    assert not Difference.objects.filter(state="open").exists()


def signed(event_id: str, kind: str, object_id: str, moment: datetime) -> tuple[dict[str, str], bytes]:
    event = {"id": event_id, "object": "event", "data": {"object": {"object": kind, "id": object_id}}}
    text = json.dumps(event)
    header = WebhookSignature.generate_signature_header(text, SECRET, int(moment.timestamp()))
    return {"stripe-signature": header}, text.encode()


def test_webhooks_in_any_order_and_any_number_leave_the_same_books(world: World):
    world.pay(APPROVED, frequency="once")
    charge = world.company.get("/v1/balance_lines").json()["data"][0]["source"]
    refund = world.company.post("/v1/refunds", {"charge": charge, "amount_minor": 100}).json()["id"]
    dispute = world.company.controls.dispute(charge, amount_minor=200)
    world.company.controls.move_dispute(dispute, "won")
    told = [("refund", refund), ("dispute", dispute), ("charge", charge)]
    seen = {tuple(_books_after(world, order)) for order in itertools.permutations([*told, told[0]])}
    assert len(seen) == 1
    assert len(next(iter(seen))) > len(books())


class _Undo(Exception):
    """Takes everything back."""


def _books_after(world: World, told: tuple[tuple[str, str], ...]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    moment = world.clock.now()
    try:
        with transaction.atomic():
            for number, (kind, object_id) in enumerate(told):
                headers, body = signed(f"evt_{number}", kind, object_id, moment)
                receive(
                    world.account, adapter_for(world.account).verify_webhook(headers, body, moment), moment
                )
                for hint in Hint.objects.all():
                    follow(hint.pk, world.ring, moment)
            found = books()
            raise _Undo
    except _Undo:
        return found


def test_a_key_that_is_refused_rests_the_account_and_counts_no_try(world: World):
    world.pay(APPROVED)
    world.quiet_days(27)
    world.company.controls.fault("prepare", "unauthorised_401")
    world.days(1)
    renewal = Installment.objects.get(number=2)
    assert AccountWatch.objects.get(resting_until__gt=world.clock.now()).account == world.account
    assert (renewal.tries, Contribution.objects.get().state, Payment.objects.count()) == (0, "active", 1)
    world.days(1)
    assert Payment.objects.count() == 2
