"""The money pages: for finance and admins, each difference in words with its buttons, and files for accountants."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.collection import differences
from mainstay.collection.models import AccountCheck, Difference
from mainstay.collection.repairs import OFFERED, Repair
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.desk.audit_log import ACTIONS
from mainstay.desk.differences import BUTTONS, DONE, MEANINGS
from mainstay.ledger.events import Books
from mainstay.ledger.models import Transfer
from mainstay.newsrooms.models import ProcessorAccount, PublicKey
from mainstay.reports import example_rows as rows
from mainstay.sealing.boxes import public_of

Kind = Difference.Kind


def _words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def account(newsroom):
    PublicKey.objects.get_or_create(
        newsroom=newsroom, kind=PublicKey.Kind.COLLECTION, defaults={"public": public_of(b"k" * 32)}
    )
    return ProcessorAccount.objects.get(newsroom=newsroom)


def test_the_page_says_when_it_was_checked_and_that_nothing_differs(newsroom, account, finance):
    newsroom.time_zone = "Europe/Riga"
    newsroom.save()
    assert "Not compared yet." in _words(finance.get(reverse("desk:money")))
    six = datetime(2026, 3, 17, 4, 0, tzinfo=UTC)
    AccountCheck.objects.create(account=account, checked_at=six, checked_on=rows.DAY)
    words = _words(finance.get(reverse("desk:money")))
    assert "06:00 , 0 differences" in words.replace("06:00, ", "06:00 , ")


def test_comparing_is_asked_of_the_worker(account, finance):
    answer = finance.post(reverse("desk:compare", args=[account.pk]))
    assert answer.status_code == 302
    assert AccountCheck.objects.get().next_action_at is not None
    assert "has been asked" in _words(finance.get(reverse("desk:money")))


def test_a_difference_is_told_and_repaired_with_a_line_in_the_log(account, finance):
    row = differences.report(account, Kind.UNKNOWN_LINE, "bl_1", day=rows.DAY, minor=-30, currency="USD")
    words = _words(finance.get(reverse("desk:money")))
    assert "only a person can say why" in words
    assert "Amount: -$0.30." in words
    assert "It is a fee: book it as one" in words
    finance.post(reverse("desk:repair", args=[row.pk]), {"repair": "is_a_fee"})
    assert Transfer.objects.get(reference=f"account_fee:{remote_hash('bl_1')}").amount_minor == 30
    assert AuditLine.objects.get(action="difference.is_a_fee").actor == "finance-bird"
    words = _words(finance.get(reverse("desk:money")))
    assert "It is booked as a fee." in words
    assert "only a person can say why" not in words


@pytest.mark.parametrize("wrong", ["go_on", "nonsense", ""])
def test_a_repair_that_does_not_fit_changes_nothing(account, finance, wrong):
    row = differences.report(account, Kind.UNKNOWN_LINE, "bl_1", day=rows.DAY, minor=-30, currency="USD")
    finance.post(reverse("desk:repair", args=[row.pk]), {"repair": wrong})
    assert "Nothing was changed." in _words(finance.get(reverse("desk:money")))
    assert not Transfer.objects.exists()


def test_every_kind_and_every_repair_has_its_words():
    assert set(MEANINGS) == set(Kind)
    assert set(BUTTONS) == set(DONE) == set(Repair)
    assert {f"difference.{repair.value}" for repair in Repair} <= set(ACTIONS)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_drawn(account, finance, kind):
    details = {"told": "700 USD", "asked": "500 USD", "currency": "USD"}
    if kind == Kind.BALANCE:
        details = {"told": 7, "lines": 7, "ours": 5, "currency": "USD"}
    differences.report(account, kind, "object", day=rows.DAY, **details)
    answer = finance.get(reverse("desk:money"))
    assert answer.content.decode().count('name="repair"') == len(OFFERED[kind])


def test_statements_and_downloads_are_of_one_month(newsroom, account, finance):
    Books(newsroom, account.pk, rows.DAY).charge(
        "a", Money(500, "USD"), campaign="spring", fee=Money(45, "USD")
    )
    month = rows.DAY.isoformat()[:7]
    words = _words(finance.get(reverse("desk:statements"), {"month": month}))
    assert "Held by Practice $0.00 $5.00 $0.45 $4.55" in words
    assert "Gifts: spring" in words
    for what, kind, part in (
        ("statements", "text/csv", "4.55"),
        ("transfers", "text/csv", "charge:a"),
        ("journal", "text/plain", "Income:Gifts:Spring"),
    ):
        answer = finance.get(reverse("desk:download", args=[what]), {"month": month})
        assert answer["Content-Type"].startswith(kind)
        assert f"{newsroom.slug}-{what}-{month}" in answer["Content-Disposition"]
        assert part in answer.content.decode()
    assert AuditLine.objects.filter(action="books.downloaded").count() == 3
    assert finance.get(reverse("desk:statements"), {"month": "2026-13"}).status_code == 404
    assert finance.get(reverse("desk:download", args=["people"])).status_code == 404


def test_another_newsroom_s_differences_are_not_there(account, finance):
    other = rows.newsroom(slug="other")
    PublicKey.objects.get_or_create(
        newsroom=other, kind=PublicKey.Kind.COLLECTION, defaults={"public": public_of(b"k" * 32)}
    )
    ProcessorAccount.objects.filter(newsroom=other).update(label="Theirs")
    theirs = ProcessorAccount.objects.get(newsroom=other)
    row = differences.report(theirs, Kind.LATE, "object", day=rows.DAY)
    assert "Theirs" not in _words(finance.get(reverse("desk:money")))
    assert finance.post(reverse("desk:repair", args=[row.pk]), {"repair": "accept"}).status_code == 404
    assert finance.post(reverse("desk:compare", args=[theirs.pk])).status_code == 404


def test_editors_have_no_such_page(account, editor):
    for name in ("money", "statements"):
        assert editor.get(reverse(f"desk:{name}")).status_code == 404
