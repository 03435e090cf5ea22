"""Files of other tools: what is read, what is refused and why, taking over, and undoing it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mainstay.collection.conftest import Story, story
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method, MethodFact, Outcome
from mainstay.core.ids import code_hash, read_code
from mainstay.letters.models import Letter
from mainstay.sealing.boxes import open_sealed

from . import batch
from .lines import BadFile, Line, read_file
from .tools import TOOLS

__all__ = ["story"]

TODAY = date(2026, 1, 31)
EXAMPLES = {
    "donorbox": "Plan ID,Donor Name,Donor Email,Amount,Currency,Plan Interval,Status,Started At,Next Donation Date\n"
    "91,A,reader@example.org,5.00,USD,monthly,active,2025-03-14,02/14/2026\n",
    "patreon": "Name,Email,Patron Status,Pledge Amount,Charge Frequency,Patronage Since Date,Last Charge Date,"
    "User ID,Currency,Next Charge Date\n"
    "A,reader@example.org,Active patron,5.00,monthly,2025-03-14 09:12:33.000001,2026-01-14 03:00:00,91,USD,"
    "2026-02-14 03:00:00\n",
    "givewp": "Subscription ID,Donor Email,Recurring Amount,Currency,Period,Frequency,Status,Created Date,"
    "Renewal Date\n"
    '91,reader@example.org,5,USD,month,1,Active,2025-03-14,"February 14, 2026"\n',
    "newspack": "subscription_id,subscription_status,billing_email,order_total,order_currency,billing_period,"
    "billing_interval,start_date,next_payment_date,payment_method_post_meta\n"
    "91,wc-active,reader@example.org,5.00,USD,month,1,2025-03-14 09:12:33,2026-02-14 09:12:33,"
    "_company_customer_id:cus1|_company_source_id:pm9\n",
    "generic": "id,mail,amount,currency,frequency,next_date,started,status,customer,method\n"
    "91,reader@example.org,5,USD,monthly,2026-02-14,2025-03-14,active,cus1,pm9\n",
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def lines_of(tmp_path: Path, text: str, tool: str = "generic") -> list[Line]:
    return list(read_file(written(tmp_path, text), TOOLS[tool], "USD", TODAY))


def generic(tmp_path: Path, *rows: str) -> list[Line]:
    heading = "id,mail,amount,currency,frequency,next_date,started,status,customer,method\n"
    return lines_of(tmp_path, heading + "".join(f"{row}\n" for row in rows))


def test_there_is_an_example_of_every_tool() -> None:
    assert set(EXAMPLES) == set(TOOLS)


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_the_same_promise_is_read_from_every_tool(tool: str, tmp_path: Path) -> None:
    (line,) = lines_of(tmp_path, EXAMPLES[tool], tool)
    promise = line.promise
    assert promise is not None, line.why_not
    assert (promise.origin, promise.mail) == ("91", "reader@example.org")
    assert (promise.amount.minor, promise.amount.currency, promise.frequency) == (500, "USD", "monthly")
    assert (promise.started_on, promise.next_due, promise.due_day) == (
        date(2025, 3, 14),
        date(2026, 2, 14),
        14,
    )
    assert (promise.customer, promise.method) == (
        ("cus1", "pm9") if tool in ("newspack", "generic") else ("", "")
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,r@example.org,5,USD,weekly,2026-02-14,2025-03-14,active,,", "monthly nor annual"),
        ("1,r@example.org,5,ZZZ,monthly,2026-02-14,2025-03-14,active,,", "can't be used here"),
        ('1,r@example.org,"1,500",USD,monthly,2026-02-14,2025-03-14,active,,', "amount"),
        ("1,r@example.org,-5,USD,monthly,2026-02-14,2025-03-14,active,,", "amount"),
        ("1,r@example.org,0,USD,monthly,2026-02-14,2025-03-14,active,,", "nothing"),
        ("1,reader at example,5,USD,monthly,2026-02-14,2025-03-14,active,,", "mail address"),
        ("1,r@example.org,5,USD,monthly,14/02/26,2025-03-14,active,,", "dates"),
        ("1,r@example.org,5,USD,monthly,2026-02-14,2025-03-14,cancelled,,", "does not go on"),
        (",r@example.org,5,USD,monthly,2026-02-14,2025-03-14,active,,", "no id"),
    ],
)
def test_a_line_is_refused_with_a_reason_that_repeats_no_person(row: str, why: str, tmp_path: Path) -> None:
    (line,) = generic(tmp_path, row)
    assert line.promise is None
    assert why in line.why_not
    assert "example" not in line.why_not


def test_a_line_twice_is_taken_once(tmp_path: Path) -> None:
    row = "1,r@example.org,5,USD,monthly,2026-02-14,2025-03-14,active,,"
    first, second = generic(tmp_path, row, row)
    assert first.promise is not None
    assert (second.number, second.why_not) == (3, "It repeats line 2.")


def test_a_date_that_is_past_is_counted_on_and_keeps_its_day(tmp_path: Path) -> None:
    (line,) = generic(tmp_path, "1,r@example.org,5,USD,monthly,2025-08-31,2025-01-31,active,,")
    assert line.promise is not None
    assert (line.promise.next_due, line.promise.due_day) == (date(2026, 2, 28), 31)


@pytest.mark.parametrize("text", ["", "one,two\n1,2\n", 'id,mail,amount,frequency\n"1\n'])
def test_a_file_that_is_something_else_is_refused_whole(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        lines_of(tmp_path, text)


def take(story: Story, tmp_path: Path, *rows: str, with_cards: bool = False) -> tuple[Any, list[str]]:
    looked = list(batch.look_over(story.account, "generic", generic(tmp_path, *rows), with_cards=with_cards))
    begun = batch.begin(story.account, "generic", actor="heron", day=TODAY)
    for one in looked:
        if not isinstance(one, Line):
            batch.take_over(begun, one, story.now)
    return begun, [one.why_not for one in looked if isinstance(one, Line)]


ROW = "1,r@example.org,5,USD,monthly,2026-02-14,2025-03-14,active,cus1,pm9"


def test_looking_over_writes_nothing(story: Story, tmp_path: Path) -> None:
    assert len(list(batch.look_over(story.account, "generic", generic(tmp_path, ROW), with_cards=False))) == 1
    assert not Contribution.objects.exists()
    assert not story.processor.calls


def test_without_a_card_it_waits_and_goes_on_with_the_card_that_its_supporter_gives(
    story: Story, tmp_path: Path
) -> None:
    from mainstay.collection.cards import replace_card

    take(story, tmp_path, ROW)
    row = Contribution.objects.get()
    assert (row.state, row.method_sealed, row.next_due_date) == ("paused", None, date(2026, 2, 14))
    story.quiet_days(20)
    assert not story.processor.charges(), "nothing is collected while it waits"
    replace_card(row, "tok", story.now)
    row.refresh_from_db()
    assert (row.state, row.next_due_date) == ("active", date(2026, 3, 14))
    story.days(60, every=4)
    assert len(story.processor.charges()) == 2


def test_the_letter_has_the_code_sealed_with_the_address(story: Story, tmp_path: Path) -> None:
    take(story, tmp_path, ROW)
    letter = Letter.objects.get(kind="imported")
    key = story.ring.people_key(story.newsroom.slug)
    assert key is not None
    opened = open_sealed(key, story.newsroom.pk, bytes(letter.recipient_sealed or b""))
    assert opened["mail"] == "r@example.org"
    assert Contribution.objects.get().code_hash == code_hash(read_code(opened["code"]))
    assert opened["code"] not in str(letter.payload)


def test_a_card_of_the_file_is_used_only_when_nobody_else_collects(story: Story, tmp_path: Path) -> None:
    story.processor.methods["pm9"] = MethodFact(Outcome.SUCCEEDED, Method("cus1", "pm9", "US"))
    take(story, tmp_path, ROW, with_cards=True)
    assert Contribution.objects.get().state == "active"
    story.days(29 + 31, every=4)
    assert len(story.processor.charges()) == 2


@pytest.mark.parametrize(
    ("country", "customer", "why"), [("RU", "cus1", "takes nothing"), ("US", "cus2", "another customer")]
)
def test_a_card_that_must_not_be_used_is_refused(
    country: str, customer: str, why: str, story: Story, tmp_path: Path
) -> None:
    story.processor.methods["pm9"] = MethodFact(Outcome.SUCCEEDED, Method(customer, "pm9", country))
    _batch, refused = take(story, tmp_path, ROW, with_cards=True)
    assert why in refused[0]
    assert not Contribution.objects.exists()


def test_a_card_with_a_warning_ends_by_itself_after_a_year(story: Story, tmp_path: Path) -> None:
    story.processor.methods["pm9"] = MethodFact(Outcome.SUCCEEDED, Method("cus1", "pm9", "KZ"))
    take(story, tmp_path, ROW, with_cards=True)
    assert Contribution.objects.get().last_due_date == date(2027, 1, 30)


def test_a_line_without_card_and_address_is_refused(story: Story, tmp_path: Path) -> None:
    _batch, refused = take(story, tmp_path, "1,,5,USD,monthly,2026-02-14,2025-03-14,active,,")
    assert "nor a mail address" in refused[0]


def test_the_same_file_again_brings_nobody_twice(story: Story, tmp_path: Path) -> None:
    take(story, tmp_path, ROW)
    _batch, refused = take(story, tmp_path, ROW)
    assert refused == ["It was imported before."]
    assert Contribution.objects.count() == 1


def test_undoing_takes_out_what_nothing_has_happened_to(story: Story, tmp_path: Path) -> None:
    from mainstay.collection.cards import replace_card

    begun, _refused = take(story, tmp_path, ROW, ROW.replace("1,r@", "2,s@"))
    kept = Contribution.objects.order_by("pk").first()
    assert kept is not None
    replace_card(kept, "tok", story.now)
    done = batch.undo(begun.pk, actor="heron", now=story.now)
    assert (done.taken_out, done.kept) == (1, 1)
    assert list(Contribution.objects.values_list("pk", flat=True)) == [kept.pk]
    assert Letter.objects.filter(kind="imported").count() == 1
    with pytest.raises(batch.NoSuchImport):
        batch.undo(story.newsroom.pk, actor="heron", now=story.now)
