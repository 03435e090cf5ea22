"""Finding, opening, stopping, refunding; lost codes."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.collection.models import Refund
from mainstay.contributions.actions import note
from mainstay.core.ids import grouped, new_code
from mainstay.core.money import Money
from mainstay.desk.contributions import ON_A_PAGE
from mainstay.desk.history import SENTENCES
from mainstay.reports import example_rows as rows
from mainstay.supporters.models import LostCode

LIST = "/desk/contributions/"
DAY = rows.DAY


def _found(client, **query):
    page = client.get(LIST, query)
    return [str(row.pk) for row in page.context["found"].rows]


@pytest.fixture
def three(newsroom):
    """A monthly of $5 with a payment, a one-time gift of €7.50, and a stopped annual one of $60."""
    monthly = rows.contribution(newsroom, started_on=DAY - timedelta(days=60))
    rows.payment(monthly)
    gift = rows.contribution(newsroom, "once", Money(750, "EUR"), "completed")
    annual = rows.contribution(newsroom, "annual", Money(6000, "USD"), "cancelled", ended_on=DAY)
    return monthly, gift, annual


def test_the_list_is_newest_first(three, finance):
    monthly, gift, annual = (str(row.pk) for row in three)
    assert _found(finance)[-1] == monthly
    assert set(_found(finance)) == {monthly, gift, annual}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"day": DAY.isoformat()}, {0, 1, 2}),
        ({"day": (DAY - timedelta(days=60)).isoformat()}, {0}),
        ({"amount": "5"}, {0}),
        ({"amount": "7,50", "currency": "EUR"}, {1}),
        ({"amount": "7.50", "currency": "USD"}, set()),
        ({"state": "cancelled"}, {2}),
        ({"day": DAY.isoformat(), "amount": "5.00"}, {0}),
        ({"day": DAY.isoformat(), "amount": "60", "state": "active"}, set()),
    ],
)
def test_finding_by_day_amount_and_state(three, finance, query, places):
    assert set(_found(finance, **query)) == {str(three[place].pk) for place in places}


def test_an_amount_that_is_none_gets_a_sentence_and_keeps_what_was_typed(three, finance):
    page = finance.get(LIST, {"amount": "1.005"})
    assert page.status_code == 400
    assert b"fewer decimals" in page.content
    assert b'value="1.005"' in page.content


def test_nothing_found_says_what_to_do_next(newsroom, finance):
    assert b"Try the day before or after" in finance.get(LIST, {"amount": "99"}).content
    assert b"/support/far-shore/" in finance.get(LIST).content


def test_pages_are_bounded(newsroom, finance):
    for _ in range(ON_A_PAGE + 3):
        rows.contribution(newsroom)
    first = finance.get(LIST, {"state": "active"})
    assert len(first.context["found"].rows) == ON_A_PAGE
    assert first.context["found"].newer == ""
    second = finance.get(LIST + first.context["found"].older)
    assert len(second.context["found"].rows) == 3
    assert second.context["found"].older == ""
    for odd in ("0", "-1", "x", "99999999999", "²"):
        assert finance.get(LIST, {"page": odd}).status_code == 200


def test_a_code_opens_its_contribution_and_stays_out_of_the_address(newsroom, finance):
    code = new_code()
    row = rows.contribution(newsroom, code=code)
    answer = finance.post(reverse("desk:by_code"), {"code": f" {grouped(code).lower()} "})
    assert answer.url == reverse("desk:contribution", args=[row.pk])
    unknown = finance.post(reverse("desk:by_code"), {"code": new_code()}, follow=True)
    assert b"No contribution has this code" in unknown.content
    assert (
        b"20 letters and digits" in finance.post(reverse("desk:by_code"), {"code": "x"}, follow=True).content
    )


def test_one_contribution_tells_its_history_in_words(newsroom, finance):
    row = rows.contribution(newsroom)
    paid = rows.payment(row)
    note(row, "paid", actor="worker", day=DAY, minor=500, currency="USD")
    note(row, "amount_changed", actor="reader", day=DAY, before=500, after=700, currency="USD")
    note(row, "paused", actor="reader", day=DAY, until="2026-06-14")
    note(row, "something_new", actor="heron", day=DAY)
    page = finance.get(reverse("desk:contribution", args=[row.pk])).content.decode()
    for words in (
        "$5 arrived.",
        "Amount changed from $5 to $7.",
        "Paused until June 14, 2026.",
        "something new",
    ):
        assert words in page
    assert reverse("desk:refund", args=[paid.pk]) in page


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_kind_has_a_sentence_even_without_detail(newsroom, finance, kind):
    row = rows.contribution(newsroom)
    note(row, kind, actor="worker", day=DAY)
    told = finance.get(reverse("desk:contribution", args=[row.pk])).context["history"][0][1]
    assert told.endswith(".")
    assert "%" not in told


def test_every_kind_that_is_written_has_a_sentence():
    import re
    from pathlib import Path

    import mainstay

    sources = [
        path.read_text() for path in Path(mainstay.__file__).parent.rglob("*.py") if "test_" not in path.name
    ]
    written = {kind for text in sources for kind in re.findall(r'note\(\s*[\w.]+,\s*"(\w+)"', text)}
    assert written - set(SENTENCES) == set()
    assert len(written) > 10


def test_stopping_is_at_once_and_written_down(newsroom, finance):
    row = rows.contribution(newsroom)
    address = reverse("desk:stop", args=[row.pk])
    assert b"Nothing more will be collected" in finance.post(address, follow=True).content
    finance.post(address)
    row.refresh_from_db()
    assert (row.state, row.ended_why, row.next_due_date) == ("cancelled", "desk", None)
    assert AuditLine.objects.get().action == "contribution.stopped"
    assert row.events.get().actor == "finance-bird"


def _refund(client, paid, **fields):
    address = reverse("desk:refund", args=[paid.pk])
    token = client.get(address).context["form"]["request_token"].value()
    return client.post(address, {"request_token": token, **fields}), token


def test_a_refund_is_asked_for_once_however_often_the_button_is_pressed(newsroom, finance):
    paid = rows.payment(rows.contribution(newsroom))
    answer, token = _refund(finance, paid, amount="2.50", reason="typed too much")
    assert answer.url == reverse("desk:contribution", args=[paid.contribution_id])
    finance.post(reverse("desk:refund", args=[paid.pk]), {"request_token": token, "amount": "2.50"})
    asked = Refund.objects.get()
    assert (asked.amount_minor, asked.requested_by, asked.reason) == (250, "finance-bird", "typed too much")
    assert AuditLine.objects.get().detail == {"amount": "2.50 USD", "reason": "typed too much"}


def test_a_refund_is_never_more_than_what_is_left(newsroom, finance):
    paid = rows.payment(rows.contribution(newsroom))
    _refund(finance, paid, amount="3")
    answer, _token = _refund(finance, paid, amount="2.01")
    assert answer.status_code == 400
    assert b"At most $2 " in answer.content
    assert Refund.objects.count() == 1
    _refund(finance, paid, amount="2")
    assert b"on its way back" in finance.get(reverse("desk:refund", args=[paid.pk])).content


@pytest.mark.parametrize("typed", ["", "0", "-1", "ten", "1.005", "€2"])
def test_a_bad_amount_asks_for_nothing(newsroom, finance, typed):
    paid = rows.payment(rows.contribution(newsroom))
    answer, _token = _refund(finance, paid, amount=typed)
    assert answer.status_code == 400
    assert b'class="error"' in answer.content
    assert not Refund.objects.exists()


def _lost(newsroom, amount_minor=500, paid_on=DAY):
    return LostCode.objects.create(
        newsroom=newsroom, paid_on=paid_on, amount_minor=amount_minor, currency="USD", day=DAY
    )


def test_a_lost_code_shows_what_fits_and_can_only_stop_it(newsroom, finance):
    fits, other = rows.contribution(newsroom), rows.contribution(newsroom, amount=Money(900, "USD"))
    for row in (fits, other):
        rows.payment(row)
    report = _lost(newsroom)
    [(_report, _money, fitting)] = finance.get(reverse("desk:lost_codes")).context["reports"]
    assert fitting == [fits]
    wrong = finance.post(reverse("desk:stop_lost", args=[report.pk, other.pk]), follow=True)
    assert b"Nothing was stopped" in wrong.content
    finance.post(reverse("desk:stop_lost", args=[report.pk, fits.pk]))
    fits.refresh_from_db()
    other.refresh_from_db()
    assert (fits.state, fits.ended_why, other.state) == ("cancelled", "lost_code", "active")
    assert finance.get(reverse("desk:lost_codes")).context["reports"] == []


def test_a_report_that_nothing_fits_can_be_closed(newsroom, finance):
    report = _lost(newsroom, paid_on=date(2025, 1, 1))
    assert b"No running contribution" in finance.get(reverse("desk:lost_codes")).content
    finance.post(reverse("desk:close_lost", args=[report.pk]))
    report.refresh_from_db()
    assert report.state == "done"
    assert finance.post(reverse("desk:close_lost", args=[report.pk])).status_code == 404
