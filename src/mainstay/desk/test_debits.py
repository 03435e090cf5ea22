"""Files of direct debits at the desk: who may have them, each step to the bank, and what a wrong step is told."""

import re

import pytest
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.collection.checkout import Draft
from mainstay.collection.debit_files import file_content
from mainstay.collection.debit_signing import sign
from mainstay.collection.models import Debit, DebitFile
from mainstay.contributions.models import Attempt
from mainstay.core.clock import clock
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.newsrooms.models import ProcessorAccount, PublicKey
from mainstay.processors.debit.holder import Holder
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.boxes import public_of
from mainstay.vault import client
from mainstay.vault.client import VaultRefused

PEOPLE, COLLECTION = b"p" * 32, b"k" * 32
READER = "FR7630006000011234567890189"


@pytest.fixture
def account(newsroom, settings, tmp_path):
    for kind, private in ((PublicKey.Kind.PEOPLE, PEOPLE), (PublicKey.Kind.COLLECTION, COLLECTION)):
        PublicKey.objects.create(newsroom=newsroom, kind=kind, public=public_of(private))
    row = ProcessorAccount.objects.create(
        newsroom=newsroom,
        processor="debit",
        label="Debits",
        settings={
            "name": "Far Shore",
            "iban": "DE89370400440532013000",
            "creditor_id": "DE98ZZZ09999999999",
        },
    )
    secrets = tmp_path / "debit-secrets.toml"
    secrets.write_text(f'[accounts."{row.pk}"]\n', encoding="utf-8")
    settings.MAINSTAY_SECRETS_FILE = str(secrets)
    forget_adapters()
    yield row
    forget_adapters()


@pytest.fixture
def signed(newsroom, account):
    """Two readers who signed."""
    draft = Draft("monthly", Money(500, "EUR"), "en", way=str(account.pk))
    for _reader in range(2):
        sign(newsroom, draft, new_checkout_key(), Holder("Adelaide Reader", READER), clock.now())


@pytest.fixture
def worker(monkeypatch):
    """The worker's door, without a socket."""

    def debit_file(path, slug, file_id, *, actor):
        return file_content(DebitFile.objects.get(pk=file_id), PEOPLE, clock.now())

    monkeypatch.setattr(client, "debit_file", debit_file)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def made(finance, account):
    finance.post(reverse("desk:debits_make", args=[account.pk]))
    return DebitFile.objects.get(state="made")


def step(browser, name, file, **sent):
    return browser.post(reverse(f"desk:debits_{name}", args=[file.pk]), sent, follow=True)


def test_a_file_goes_to_the_bank_step_by_step(account, signed, worker, finance):
    assert reverse("desk:debits") in finance.get(reverse("desk:money")).content.decode()
    assert "2 debits wait: €10" in words(finance.get(reverse("desk:debits")))
    file = made(finance, account)
    assert "Fetch the file first" in words(step(finance, "sent", file))
    answer = step(finance, "fetch", file)
    assert answer["Content-Type"] == "application/xml"
    assert f"{file.message}.xml" in answer["Content-Disposition"]
    assert answer.content.count(READER.encode()) == 2
    assert "no-store" in answer["Cache-Control"]
    page = step(finance, "sent", file)
    assert "sent to the bank" in words(page)
    assert READER not in page.content.decode()
    assert "Adelaide" not in page.content.decode()
    actions = list(AuditLine.objects.order_by("number").values_list("action", flat=True))
    assert actions[-2:] == ["debits.made", "debits.sent"]
    assert "Nothing waits to be collected" in words(finance.get(reverse("desk:debits")))


def test_nothing_waits_and_no_file_is_made(account, finance):
    answer = finance.post(reverse("desk:debits_make", args=[account.pk]), follow=True)
    assert "Nothing waits to be debited" in words(answer)
    assert not DebitFile.objects.exists()


def test_a_locked_worker_gives_nothing_and_says_so(account, signed, finance, monkeypatch):
    def locked(*args, **named):
        raise VaultRefused("locked", "locked")

    monkeypatch.setattr(client, "debit_file", locked)
    assert "people key is locked" in words(step(finance, "fetch", made(finance, account)))


def test_an_old_session_enters_again_before_it_has_a_file(account, signed, worker, finance):
    file = made(finance, account)
    session = finance.session
    session["entered"] = "2020-01-01T00:00:00+00:00"
    session.save()
    answer = finance.post(reverse("desk:debits_fetch", args=[file.pk]))
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_a_withdrawn_file_gives_its_debits_back(account, signed, worker, finance):
    file = made(finance, account)
    assert "Withdrawn" in words(step(finance, "withdraw", file))
    assert "2 debits wait" in words(finance.get(reverse("desk:debits")))
    assert made(finance, account) != file


def test_one_that_the_bank_refused_is_told_by_its_reference(account, signed, worker, finance):
    file = made(finance, account)
    step(finance, "fetch", file)
    step(finance, "sent", file)
    reference = Debit.objects.order_by("reference").values_list("reference", flat=True)[0]
    wrong = {"reference": "RF00", "code": "AC04"}
    for sent, told in (
        ({"code": "AC04"}, "This field is required"),
        ({"reference": reference}, "This field is required"),
        ({"reference": reference, "code": "AC99"}, "Select a valid choice"),
        (wrong, "No debit of this file"),
    ):
        answer = step(finance, "refused", file, **sent)
        assert (answer.status_code, told in words(answer)) == (400, True), told
    spaced = f"{reference[:4]} {reference[4:]}".lower()
    assert "Done" in words(step(finance, "refused", file, reference=spaced, code="AC04"))
    assert Attempt.objects.get(debit__reference=reference).decline_code == "AC04"
    assert "settled already" in words(step(finance, "refused", file, reference=reference, code="AC04"))
    assert "can’t be withdrawn" in step(finance, "withdraw", file).content.decode()


def test_an_editor_and_another_newsroom_find_nothing(account, signed, worker, finance, editor):
    file = made(finance, account)
    assert editor.get(reverse("desk:debits")).status_code == 404
    for name in ("fetch", "sent", "withdraw", "refused"):
        assert editor.post(reverse(f"desk:debits_{name}", args=[file.pk])).status_code == 404
    assert finance.get(reverse("desk:debits_file", args=[account.pk])).status_code == 404
    assert finance.post(reverse("desk:debits_make", args=[file.pk])).status_code == 404
