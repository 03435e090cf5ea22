"""Today, the till, staff, settings, the log."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from mainstay.alarms.models import Alarm
from mainstay.alarms.rules import Kind
from mainstay.audit import log
from mainstay.audit.models import AuditLine
from mainstay.collection.models import AccountWatch
from mainstay.core.clock import clock
from mainstay.core.money import Money
from mainstay.desk.chart import BAR_WIDTH, LABEL_WIDTH, chart
from mainstay.guard.models import Pressure
from mainstay.guard.pressure import LETS_THROUGH
from mainstay.jobs.heartbeat import beat
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom, Role, Staff
from mainstay.reports import example_rows as rows
from mainstay.reports.money import MonthOfMoney


def _words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def on_the_day(newsroom):
    """The newsroom's calendar shows the day of the example rows."""
    noon = datetime(rows.DAY.year, rows.DAY.month, rows.DAY.day, 12, tzinfo=ZoneInfo("UTC"))
    newsroom.clock_offset_seconds = round((noon - clock.now()).total_seconds())
    newsroom.save()
    return newsroom


def test_today_shows_money_by_currency_and_never_mixed(on_the_day, finance):
    for code in ("USD", "EUR"):
        paid = rows.payment(rows.contribution(on_the_day, amount=Money(1000, code)), fee_minor=59)
    rows.refund(paid, Money(250, "EUR"))
    words = _words(finance.get(reverse("desk:today")))
    assert "March 17, 2026" in words
    assert "Left $9.41" in words
    assert "Left €6.91" in words
    assert "$20" not in words


def test_today_is_kind_to_an_empty_newsroom(newsroom, editor, finance):
    assert reverse("desk:message") in editor.get(reverse("desk:today")).content.decode()
    assert "/support/far-shore/" in finance.get(reverse("desk:today")).content.decode()


def test_attack_mode_stands_on_every_page(newsroom, editor):
    assert "Attack mode" not in _words(editor.get(reverse("desk:message")))
    row = Pressure.objects.create(newsroom=newsroom, level=2, began_at=clock.now())
    assert "level 2 of 3" in _words(editor.get(reverse("desk:message")))
    Pressure.objects.filter(pk=row.pk).update(declined=LETS_THROUGH[2])
    assert "No card is taken until" in _words(editor.get(reverse("desk:today")))


def test_a_bar_is_as_long_as_its_money():
    def month(minor):
        zero = Money(0, "USD")
        return MonthOfMoney(
            rows.DAY, once=zero, monthly=Money(minor, "USD"), annual=zero, fees=zero, refunds=zero
        )

    drawing = chart("USD", [month(1000), month(500), month(1), month(0)])
    widths = [sum(piece.width for piece in bar.pieces) for bar in drawing.bars]
    assert widths == [BAR_WIDTH, BAR_WIDTH // 2, 2, 0]
    assert drawing.bars[0].pieces[0].x == LABEL_WIDTH


def test_a_reason_with_a_nul_is_refused(newsroom, finance):
    fields = {"stop": "yes", "reason": "card testing\x00"}
    assert finance.post(reverse("desk:turn", args=["gifts"]), fields).status_code == 400


def test_the_till_stops_with_a_reason_and_opens_again(newsroom, finance):
    for name in ("gifts", "renewals"):
        address, field = reverse("desk:turn", args=[name]), f"{name}_stopped_reason"
        refused = finance.post(address, {"stop": "yes", "reason": "  "})
        assert refused.status_code == 400
        assert b"Please say why" in refused.content
        finance.post(address, {"stop": "yes", "reason": "Bank asked us"})
        assert getattr(Newsroom.objects.get(), field) == "Bank asked us"
        assert b"Bank asked us" in finance.get(reverse("desk:till")).content
        assert b"Bank asked us" in finance.get(reverse("desk:today")).content
        finance.post(address, {"stop": "no"})
        assert getattr(Newsroom.objects.get(), field) == ""
    actions = list(AuditLine.objects.order_by("number").values_list("action", flat=True))
    assert actions == [
        "till.gifts_stopped",
        "till.gifts_reopened",
        "till.renewals_stopped",
        "till.renewals_reopened",
    ]
    assert finance.post(reverse("desk:turn", args=["else"]), {"stop": "yes"}).status_code == 404


def test_an_admin_adds_staff_changes_a_role_and_shuts_somebody_out(newsroom, staff, admin):
    page = admin.post(reverse("desk:staff"), {"pseudonym": "heron", "role": "editor"}).content.decode()
    assert "Code for heron" in page
    heron = Staff.objects.get(pseudonym="heron")
    assert not heron.has_usable_password()
    address = reverse("desk:change_staff", args=[heron.pk])
    admin.post(address, {"do": "role", "role": "finance"})
    assert Role.objects.get(staff=heron).kind == "finance"
    admin.post(address, {"do": "shut_out"})
    heron.refresh_from_db()
    assert not heron.is_active
    admin.post(address, {"do": "let_in"})
    heron.refresh_from_db()
    assert heron.is_active
    done = AuditLine.objects.order_by("number").values_list("action", flat=True)
    assert [action.partition(".")[2] for action in done] == [
        "added",
        "code_given",
        "role_changed",
        "shut_out",
        "let_in",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pseudonym": "two words"}, "no spaces"),
        ({"pseudonym": "ADMIN-BIRD"}, "already has this pseudonym"),
        ({"role": "owner"}, "Select a valid choice"),
    ],
)
def test_bad_staff_gets_a_sentence(staff, admin, wrong, sentence):
    answer = admin.post(reverse("desk:staff"), {"pseudonym": "heron", "role": "editor", **wrong})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Staff.objects.filter(pseudonym="heron").exists()


@pytest.mark.parametrize("change", [{"do": "shut_out"}, {"do": "role", "role": "editor"}])
def test_the_last_admin_stays(staff, admin, change):
    answer = admin.post(reverse("desk:change_staff", args=[staff["admin"].pk]), change, follow=True)
    assert b"only admin" in answer.content
    assert Role.objects.get(staff=staff["admin"]).kind == "admin"


def _settings(**changed):
    return {
        "name": "The Far Shore",
        "legal_name": "Far Shore Press",
        "statement_name": "FARSHORE PRESS",
        "site_url": "https://far-shore.example/",
        "mail_from": "The Far Shore <readers@far-shore.example>",
        "time_zone": "Europe/Riga",
        "currency": "USD",
        "currencies": ["USD", "EUR"],
        "language": "en",
        "languages": ["en", "ru"],
        **changed,
    }


def test_settings_are_saved_and_the_log_tells_what_was_before(newsroom, admin):
    admin.post(reverse("desk:settings"), _settings(name="The Near Shore"))
    assert Newsroom.objects.get().time_zone == "Europe/Riga"
    words = _words(admin.get(reverse("desk:log")))
    assert "name: “The Far Shore” became “The Near Shore”" in words
    admin.post(reverse("desk:settings"), _settings(name="The Near Shore"))
    assert AuditLine.objects.count() == 1


def test_letters_are_made_discreet(newsroom, admin):
    sender = "Letters <post@letterbox.example>"
    admin.post(reverse("desk:settings"), _settings(discreet_letters="on", discreet_from=sender))
    changed = Newsroom.objects.get()
    assert (changed.discreet_letters, changed.letters_from) == (True, sender)
    admin.post(reverse("desk:settings"), _settings(discreet_from=sender))
    assert Newsroom.objects.get().letters_from == changed.mail_from


def test_languages_are_chosen_and_the_message_has_fields_for_them(newsroom, admin):
    admin.post(reverse("desk:settings"), _settings(language="ar", languages=["ar", "en"]))
    changed = Newsroom.objects.get()
    assert (changed.language, changed.languages) == ("ar", ["ar", "en"])
    admin.post(reverse("desk:message_begin"))
    assert b"variants.0.texts.ar.title" in admin.get(reverse("desk:message")).content


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Atlantis"},
        {"statement_name": "*!"},
        {"mail_from": "nobody"},
        {"discreet_letters": "on"},
        {"discreet_letters": "on", "discreet_from": "nobody"},
        {"discreet_letters": "on", "discreet_from": "The Far Shore <post@letterbox.example>"},
        {"discreet_letters": "on", "discreet_from": "Donations <post@letterbox.example>"},
        {"currencies": ["EUR"]},
        {"currencies": ["ZZZ"]},
        {"languages": ["ar"]},
        {"languages": ["en", "xx"]},
        {"name": ""},
    ],
)
def test_bad_settings_change_nothing(newsroom, admin, wrong):
    answer = admin.post(reverse("desk:settings"), _settings(**wrong))
    assert answer.status_code == 400
    assert b'class="error"' in answer.content
    assert Newsroom.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(("reads", "says"), [("FARSHORE PRESS", False), ("FAR SHORE NEWS", True)])
def test_settings_show_what_statements_read_and_that_it_is_another_name(newsroom, admin, reads, says):
    AccountWatch.objects.create(account=newsroom.processor_accounts.get(), statement=reads)
    page = admin.get(reverse("desk:settings")).content.decode()
    assert f"bank statements read <strong><bdi>{reads}</bdi></strong>" in page
    assert ("That is another name than readers are told." in page) is says


def test_the_log_is_read_page_by_page(newsroom, admin):
    for number in range(53):
        log.record(
            "till.gifts_stopped",
            actor="heron",
            day=rows.DAY + timedelta(days=number),
            newsroom_id=newsroom.pk,
        )
    first = admin.get(reverse("desk:log"))
    assert len(first.context["lines"]) == 50
    assert len(admin.get(reverse("desk:log"), {"before": first.context["older"]}).context["lines"]) == 3


def test_the_log_leads_to_the_contribution_that_a_line_is_about(newsroom, admin):
    promise = rows.contribution(newsroom, "monthly", Money(500, "USD"), "active", rows.DAY)
    elsewhere = rows.contribution(
        rows.newsroom("other-shore"), "once", Money(500, "USD"), "completed", rows.DAY
    )
    for subject in (promise.pk, rows.payment(promise).pk, elsewhere.pk, "heron"):
        log.record(
            "till.gifts_stopped", actor="heron", day=rows.DAY, newsroom_id=newsroom.pk, subject=str(subject)
        )
    page = admin.get(reverse("desk:log")).content.decode()
    assert page.count(reverse("desk:contribution", args=[promise.pk])) == 2
    assert reverse("desk:contribution", args=[elsewhere.pk]) not in page


def test_today_shows_the_alarms_that_stand(newsroom, editor):
    assert "Alarms" not in _words(editor.get(reverse("desk:today")))
    beat("worker-a", clock.now() - timedelta(minutes=30), locked=1)
    words = _words(editor.get(reverse("desk:today")))
    assert "Alarms Since" in words
    assert "No worker has been there for 30 minutes." in words
    Alarm.objects.create(kind=Kind.UNRESOLVED, newsroom=newsroom, number=2, since=rows.DAY)
    Alarm.objects.create(kind=Kind.DECLINES, newsroom=rows.newsroom("other-shore"), number=77, since=rows.DAY)
    words = _words(editor.get(reverse("desk:today")))
    assert "Since March 17, 2026. Of 2 payments nobody has known" in words
    assert "77%" not in words


@pytest.mark.parametrize(("locked", "said"), [(1, "The people key is locked"), (0, "The people key is open")])
def test_letters_that_wait_name_what_the_worker_says_of_its_key(newsroom, editor, locked, said):
    Letter.objects.create(newsroom=newsroom, kind="receipt", language="en", dedupe_key="one", day=rows.DAY)
    beat("worker-a", clock.now(), locked=locked)
    words = _words(editor.get(reverse("desk:today")))
    assert f"1 letter has waited since yesterday or longer. {said}" in words
