"""Bank statements at the desk: read, looked at, booked; money that waits; and what a wrong file is told."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.collection.models import BankLine, BankStatement, Payment
from mainstay.contributions.models import Contribution, Installment
from mainstay.core.money import Money
from mainstay.newsrooms.models import ProcessorAccount, PublicKey
from mainstay.processors.bank.example_statement import IBAN, Entry, camt
from mainstay.processors.bank.reference import creditor_reference
from mainstay.reports import example_rows as rows
from mainstay.sealing.boxes import public_of


def _words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def account(newsroom):
    PublicKey.objects.get_or_create(
        newsroom=newsroom, kind=PublicKey.Kind.COLLECTION, defaults={"public": public_of(b"k" * 32)}
    )
    return ProcessorAccount.objects.create(
        newsroom=newsroom, processor="bank", label="House bank", settings={"name": "Far Shore", "iban": IBAN}
    )


@pytest.fixture
def reference(newsroom, account):
    """Of a gift of five euros that somebody will send."""
    row = Contribution.objects.create(
        newsroom=newsroom,
        account=account,
        frequency="once",
        amount_minor=500,
        currency="EUR",
        language="en",
        started_on=rows.DAY,
        code_hash="h",
    )
    installment = Installment.objects.create(
        contribution=row, number=1, due_date=rows.DAY, amount_minor=500, currency="EUR", state="due"
    )
    return creditor_reference(installment.reference)


def read(client, account, *entries, content=None):
    upload = SimpleUploadedFile("statement.xml", content if content is not None else camt(*entries))
    return client.post(reverse("desk:bank_read", args=[account.pk]), {"statement": upload})


def test_a_statement_is_shown_before_it_is_booked(account, reference, finance):
    assert reverse("desk:bank") in finance.get(reverse("desk:money")).content.decode()
    gift, stray = Entry(reference=reference), Entry(amount="9.00", text="for you")
    answer = read(finance, account, gift, stray, Entry(amount="300.00", text="rent"), Entry(currency="XTS"))
    shown = _words(finance.get(answer.url))
    assert "Nothing of this is booked yet." in shown
    assert "1 line is certain" in shown
    assert "for you" in shown
    assert "5.00 XTS" in shown
    assert not Payment.objects.exists()
    rent = BankLine.objects.get(text="rent")
    statement = BankStatement.objects.get()
    finance.post(reverse("desk:bank_confirm", args=[statement.pk]), {"leave_out": [str(rent.pk)]})
    assert Payment.objects.get().gross == Money(500, "EUR")
    assert "The statement is booked." in _words(finance.get(answer.url))
    waiting = _words(finance.get(reverse("desk:bank")))
    assert "€9" in waiting
    assert "€300" not in waiting
    assert list(AuditLine.objects.order_by("number").values_list("action", flat=True)) == [
        "bank.read",
        "bank.confirmed",
    ]


def test_the_same_file_leads_to_what_it_was_read_as(account, finance):
    first = read(finance, account, Entry(text="for you"))
    again = read(finance, account, Entry(text="for you"))
    assert again.url == first.url
    assert "read before" in _words(finance.get(again.url))


def test_a_file_can_be_forgotten(account, finance):
    answer = read(finance, account, Entry(text="for you"))
    statement = BankStatement.objects.get()
    finance.post(reverse("desk:bank_discard", args=[statement.pk]))
    assert not BankStatement.objects.exists()
    assert finance.get(answer.url).status_code == 404


def test_waiting_money_gets_its_reference(account, reference, finance):
    read(finance, account, Entry(text="forgot it"))
    finance.post(reverse("desk:bank_confirm", args=[BankStatement.objects.get().pk]))
    address = reverse("desk:bank_line", args=[BankLine.objects.get().pk])
    wrong = finance.post(address, {"what": "belongs", "reference": "RF00 0000"})
    assert wrong.status_code == 400
    assert "belongs to no gift" in _words(wrong)
    finance.post(address, {"what": "belongs", "reference": reference})
    assert Payment.objects.get().gross == Money(500, "EUR")
    assert "Money that waits" not in _words(finance.get(reverse("desk:bank")))
    assert finance.post(address, {"what": "gift"}).status_code == 400


@pytest.mark.parametrize("content", [b"", b"<html>", b"a;b;c", b"\xff" * 100])
def test_a_wrong_file_is_told_so_and_not_kept(account, finance, content):
    answer = read(finance, account, content=content)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not BankStatement.objects.exists()


def test_without_a_file_or_with_a_large_one_there_is_a_sentence(account, finance):
    address = reverse("desk:bank_read", args=[account.pk])
    assert "Choose a file" in _words(finance.post(address))
    assert read(finance, account, content=b"<" * 2_200_000).status_code == 400
    assert read(finance, account, content=b"<" * 3_000_000).status_code == 400


def test_another_newsroom_s_account_and_other_companies_have_no_statements(newsroom, account, finance):
    other = ProcessorAccount.objects.exclude(pk=account.pk).get(newsroom=newsroom)
    assert read(finance, other, Entry()).status_code == 404
    assert finance.get(reverse("desk:bank_statement", args=[other.pk])).status_code == 404
