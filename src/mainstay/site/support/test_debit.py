"""Signing a mandate for direct debit, asked as a browser without scripts asks, and what is kept of what was typed."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mainstay.collection.conftest import World
from mainstay.collection.models import Mandate
from mainstay.contributions.models import Attempt, Contribution
from mainstay.newsrooms.models import CountryRule, ProcessorAccount
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.boxes import open_sealed

from .test_support import AT, empty_buckets, goes_to, mark_on

__all__ = ["empty_buckets"]
EUROS = {"frequency": "monthly", "currency": "EUR", "amount_monthly": "500"}
READER, GERMANY, BELARUS = (
    "FR76 3000 6000 0112 3456 7890 189",
    "DE89370400440532013000",
    "BY13NBRB3600900000002Z00AB00",
)
KAZAKHSTAN, BRITAIN = "KZ86125KZT5004100100", "GB33BUKB20201555555555"


@pytest.fixture
def account(world: World, settings: Any) -> ProcessorAccount:
    """Direct debits in euros, beside the practice company's cards in dollars."""
    world.account.currencies = ["USD"]
    world.account.save()
    row = ProcessorAccount.objects.create(
        newsroom=world.newsroom,
        processor="debit",
        label="Direct debit",
        settings={"name": "Far Shore Press", "iban": GERMANY, "creditor_id": "DE98ZZZ09999999999"},
    )
    secrets = Path(settings.MAINSTAY_SECRETS_FILE)
    secrets.write_text(f'{secrets.read_text(encoding="utf-8")}[accounts."{row.pk}"]\n', encoding="utf-8")
    forget_adapters()
    return row


def sign(client: Client, iban: str = READER, **changes: str) -> Any:
    page = client.get(AT + "card/").content.decode()
    sent = {"mark": mark_on(page), "holder": "Adelaide Reader", "iban": iban, "mail": ""} | changes
    return client.post(AT + "sign/", sent)


def test_the_page_says_what_is_signed_and_loads_nothing(client: Client, account: ProcessorAccount):
    client.post(AT, EUROS)
    response = client.get(AT + "card/")
    page = response.content.decode()
    for words in ("Far Shore Press", "DE98ZZZ09999999999", "within 8 weeks", "€5", "Sign, and give"):
        assert words in page, words
    assert "Keep this code" in page
    assert "First payment today" not in page
    assert "127.0.0.1" not in response["Content-Security-Policy"]
    assert "style=" not in page


def test_a_signature_is_a_sealed_mandate_and_a_promise(
    world: World, client: Client, account: ProcessorAccount
):
    client.post(AT, EUROS)
    assert goes_to(sign(client, mail="reader@example.org")) == AT + "status/"
    row, mandate = Contribution.objects.get(), Mandate.objects.get()
    assert (row.state, Attempt.objects.get().state) == ("pending", "pending")
    people = world.ring.people_key(world.newsroom.slug)
    assert people is not None
    value = open_sealed(people, world.newsroom.pk, bytes(mandate.holder_sealed))
    assert value == {"name": "Adelaide Reader", "iban": READER.replace(" ", "")}
    shown = client.get(AT + "status/").content.decode()
    assert mandate.reference in shown
    assert "It is signed" in shown
    assert READER[-7:] not in shown
    assert goes_to(client.get(AT + "card/")) == AT + "status/"
    assert goes_to(client.get(AT + "thanks/")) == AT + "status/"


def test_a_second_press_signs_nothing_more(client: Client, account: ProcessorAccount):
    client.post(AT, EUROS)
    page = client.get(AT + "card/").content.decode()
    sent = {"mark": mark_on(page), "holder": "Adelaide Reader", "iban": READER}
    for _twice in range(2):
        assert goes_to(client.post(AT + "sign/", sent)) == AT + "status/"
    assert Mandate.objects.count() == Contribution.objects.count() == 1


def kept_nowhere(client: Client, response: Any, *words: str) -> None:
    assert not Contribution.objects.exists()
    assert not Mandate.objects.exists()
    everything = " ".join((str(client.cookies), response.get("Location", "")))
    for word in words:
        assert word not in everything


def test_a_refused_country_leads_to_the_refusal_and_keeps_nothing(
    world: World, client: Client, account: ProcessorAccount
):
    CountryRule.objects.create(newsroom=world.newsroom, country="BY", state="refuse")
    client.post(AT, EUROS)
    response = sign(client, BELARUS)
    assert goes_to(response) == AT + "refused/"
    kept_nowhere(client, response, BELARUS, "Adelaide")
    assert client.cookies["checkout"].value == ""


def test_after_a_warning_the_number_is_typed_again(world: World, client: Client, account: ProcessorAccount):
    CountryRule.objects.create(newsroom=world.newsroom, country="FR", state="warn")
    client.post(AT, EUROS)
    response = sign(client)
    assert goes_to(response) == AT + "warned/"
    kept_nowhere(client, response, READER, READER.replace(" ", ""), "Adelaide")
    assert "France" in client.get(AT + "warned/").content.decode()
    assert goes_to(client.post(AT + "sign/", {"iban": READER})) == AT + "warned/"
    assert goes_to(client.post(AT + "warned/", {"frequency": "monthly"})) == AT + "card/"
    assert READER not in client.get(AT + "card/").content.decode()
    assert goes_to(sign(client)) == AT + "status/"
    row = Contribution.objects.get()
    assert (row.frequency, row.last_due_date is not None) == ("monthly", True)


@pytest.mark.parametrize(
    ("iban", "holder", "words"),
    [
        ("FR7630006000011234567890188", "Adelaide Reader", "typing mistake"),
        ("", "Adelaide Reader", "typing mistake"),
        (READER, " ", "as your bank has it"),
        (BRITAIN, "Adelaide Reader", "can’t be debited"),
    ],
)
def test_a_mistake_is_said_beside_the_field_and_nothing_is_kept(
    client: Client, account: ProcessorAccount, iban, holder, words
):
    client.post(AT, EUROS)
    response = sign(client, iban, holder=holder)
    page = response.content.decode()
    assert response.status_code == 400
    assert words in re.search(r'class="error" id="\w+-problem">([^<]+)<', page)[1]
    assert f'name="iban" value="{iban}"' in page
    assert "no-store" in response["Cache-Control"]
    kept_nowhere(client, response, "Adelaide")


def test_the_country_is_decided_before_whether_it_can_be_reached(
    world: World, client: Client, account: ProcessorAccount
):
    client.post(AT, EUROS)
    assert goes_to(sign(client, KAZAKHSTAN)) == AT + "warned/"


def test_a_wrong_mail_address_keeps_what_was_typed_on_the_page(client: Client, account: ProcessorAccount):
    client.post(AT, EUROS)
    response = sign(client, mail="reader@")
    assert response.status_code == 400
    assert f'value="{READER}"' in response.content.decode()
    kept_nowhere(client, response, READER)


def test_an_older_page_is_noticed(client: Client, account: ProcessorAccount):
    client.post(AT, EUROS)
    assert sign(client, mark="0" * 16).status_code == 409
    assert not Contribution.objects.exists()


def test_the_card_form_pays_nothing_here(client: Client, account: ProcessorAccount):
    client.post(AT, EUROS)
    page = client.get(AT + "card/").content.decode()
    assert goes_to(client.post(AT + "pay/", {"mark": mark_on(page), "token": "FR"})) == AT + "card/"
    assert not Contribution.objects.exists()


def test_another_way_is_not_signed_for(world: World, client: Client, account: ProcessorAccount):
    client.post(AT, {**EUROS, "currency": "USD"})
    page = client.get(AT + "card/").content.decode()
    sent = {"mark": mark_on(page), "holder": "Adelaide Reader", "iban": READER}
    assert goes_to(client.post(AT + "sign/", sent)).startswith(AT + "card/?problem=")
    assert not Contribution.objects.exists()


def test_without_a_checkout_there_is_nothing_to_sign(client: Client, account: ProcessorAccount):
    assert "24 hours" in client.post(AT + "sign/", {"iban": READER}).content.decode()
