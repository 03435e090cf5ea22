"""Choosing how to pay, and how to send the money, asked as a browser without scripts asks."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mainstay.collection.conftest import World
from mainstay.contributions.models import Attempt, Contribution
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import forget_adapters

from .test_support import APPROVED, AT, empty_buckets, goes_to, mark_on, pay

__all__ = ["empty_buckets"]
EUROS = {"frequency": "monthly", "currency": "EUR", "amount_monthly": "500"}


@pytest.fixture
def bank(world: World, settings: Any) -> ProcessorAccount:
    """Bank transfers in euros, beside the practice company's cards."""
    row = ProcessorAccount.objects.create(
        newsroom=world.newsroom,
        processor="bank",
        label="Bank transfer",
        settings={"name": "Far Shore Press", "iban": "DE89370400440532013000", "place": 1},
    )
    secrets = Path(settings.MAINSTAY_SECRETS_FILE)
    secrets.write_text(f'{secrets.read_text(encoding="utf-8")}[accounts."{row.pk}"]\n', encoding="utf-8")
    forget_adapters()
    return row


def test_several_ways_are_asked_about_once(world: World, client: Client, bank: ProcessorAccount):
    assert goes_to(client.post(AT, EUROS)) == AT + "card/"
    assert goes_to(client.get(AT + "card/")) == AT + "how/"
    page = client.get(AT + "how/").content.decode()
    assert re.findall(r'name="way" value="([^"]+)"', page) == [str(world.account.pk), str(bank.pk)]
    assert "تحويل مصرفي" in client.get(AT + "how/?language=ar").content.decode()
    assert goes_to(client.post(AT + "how/", {"way": str(world.account.pk)})) == AT + "card/"
    assert "Pay another way" in client.get(AT + "card/").content.decode()
    assert pay(client, world, APPROVED) == AT + "thanks/"


@pytest.mark.parametrize("way", ["", "nobody"])
def test_a_way_that_is_none_is_asked_about_again(world: World, client: Client, bank: ProcessorAccount, way):
    client.post(AT, EUROS)
    response = client.post(AT + "how/", {"way": way})
    assert response.status_code == 200
    assert "How would you like to pay?" in response.content.decode()


def test_one_way_is_no_question(world: World, client: Client, bank: ProcessorAccount):
    client.post(AT, {**EUROS, "currency": "USD"})
    page = client.get(AT + "card/").content.decode()
    assert "Your card" in page
    assert "Pay another way" not in page


def test_how_to_send_the_money_and_nothing_is_paid(world: World, client: Client, bank: ProcessorAccount):
    client.post(AT, EUROS)
    client.post(AT + "how/", {"way": str(bank.pk)})
    page = client.get(AT + "card/")
    assert "Show me how to pay" in page.content.decode()
    assert "127.0.0.1" not in page["Content-Security-Policy"]
    sent = {"mark": mark_on(page.content.decode()), "mail": "reader@example.org"}
    for _twice in range(2):
        assert goes_to(client.post(AT + "pay/", sent)) == AT + "status/"
    row, attempt = Contribution.objects.get(), Attempt.objects.get()
    assert (row.account, row.state, attempt.state) == (bank, "pending", "action_required")
    assert bytes(row.mail_sealed or b"") != b""
    shown = client.get(AT + "status/").content.decode()
    assert "Send €5" in shown
    assert "DE89 3704 0044 0532 0130 00" in shown
    assert re.search(r"<bdi translate=\"no\">RF\d\d ", shown)
    assert "<svg" in shown
    assert "style=" not in shown
    assert goes_to(client.get(AT + "card/")) == AT + "status/"
    assert goes_to(client.get(AT + "return/")) == AT + "status/"
