"""The adapter of debits, the account that a reader types, and the file for the bank."""

from datetime import date
from xml.etree.ElementTree import fromstring

import pytest

from mainstay.contributions.port import AccountConfig, Order, Outcome, Processor, ReturnUrls, Source
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money

from .adapter import make
from .holder import BadHolder, Holder, read_holder
from .pain import SCHEMA, BadFile, Collection, Creditor, written

FIVE = Money(500, "EUR")
IBAN, READER = "DE89370400440532013000", "FR7630006000011234567890189"
SETTINGS = {"name": "Far Shore Press", "iban": IBAN, "creditor_id": "DE98ZZZ09999999999"}
SPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}


@pytest.fixture
def debit() -> Processor:
    return make(AccountConfig(SETTINGS, {}))


def test_what_is_executed_is_under_way_until_a_statement_tells(debit: Processor) -> None:
    order = Order(FIVE, "c1:1", {}, save_method=True)
    prepared = debit.prepare(order, "k")
    assert (prepared.outcome, prepared.instructions) == (Outcome.EXECUTABLE, {})
    done = debit.execute(prepared.remote_id, Source(token="FR"), "k", "", reader_present=True)
    assert (done.outcome, done.amount) == (Outcome.PENDING, FIVE)
    assert debit.look_up(prepared.remote_id) == done
    assert debit.look_up("pi_1").outcome == Outcome.NOT_FOUND
    assert debit.start_checkout(order, "k", ReturnUrls("", "")).outcome == Outcome.REJECTED


@pytest.mark.parametrize("token", ["", "F", "fr", "F1", READER])
def test_the_token_is_a_country_and_nothing_more(debit: Processor, token: str) -> None:
    assert debit.read_token(token) is None
    view = debit.read_token("FR")
    assert view is not None
    assert view.country == "FR"


@pytest.mark.parametrize(
    "wrong", [{"creditor_id": ""}, {"creditor_id": "DE97ZZZ09999999999"}, {"iban": "DE1"}]
)
def test_wrong_settings_are_told(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongSettings):
        make(AccountConfig(SETTINGS | wrong, {}))


def test_an_account_is_read_however_it_is_grouped() -> None:
    holder = read_holder("  Ada   Reader ", "fr76 3000 6000 0112-3456.7890 189")
    assert (holder.name, holder.iban, holder.country, holder.is_reached) == ("Ada Reader", READER, "FR", True)
    assert READER not in repr(holder)


@pytest.mark.parametrize(
    ("name", "iban", "field"),
    [
        ("", READER, "holder"),
        ("7", READER, "holder"),
        ("x" * 71, READER, "holder"),
        ("Ada Reader", "", "iban"),
        ("Ada Reader", "FR7630006000011234567890188", "iban"),
        ("Ada Reader", "4242 4242 4242 4242", "iban"),
        ("Ada Reader", READER + "0" * 60, "iban"),
    ],
)
def test_what_is_no_account_is_told_by_its_field(name: str, iban: str, field: str) -> None:
    with pytest.raises(BadHolder) as problem:
        read_holder(name, iban)
    assert problem.value.field == field


def test_an_account_outside_the_area_is_known_as_such() -> None:
    assert not read_holder("Ada Reader", "GB33BUKB20201555555555").is_reached


def file(*collections: Collection, creditor: Creditor | None = None) -> bytes:
    return written(
        creditor or Creditor.of(SETTINGS),
        collections,
        message="RF18539007547034",
        made_on=date(2026, 1, 31),
        collect_on=date(2026, 2, 3),
    )


def one(reference: str = "RF471", name: str = "Ada Reader", **changes: object) -> Collection:
    fields = {"amount": FIVE, "sequence": "FRST", "mandate": "M1", "signed_on": date(2026, 1, 30)} | changes
    return Collection(reference, holder=Holder(name, READER), **fields)  # type: ignore[arg-type]


def test_the_file_says_what_was_signed() -> None:
    root = fromstring(file(one(), one("RF472", amount=Money(123_456, "EUR"), sequence="RCUR")))
    [header] = root.iterfind(".//p:GrpHdr", SPACE)
    told = {child.tag.rpartition("}")[2]: child.text for child in header}
    assert (told["MsgId"], told["NbOfTxs"], told["CtrlSum"]) == ("RF18539007547034", "2", "1239.56")
    for path, expected in {
        "PmtInfId": ["RF18539007547034-1", "RF18539007547034-2"],
        "BtchBookg": ["false", "false"],
        "SeqTp": ["FRST", "RCUR"],
        "ReqdColltnDt": ["2026-02-03"] * 2,
        "EndToEndId": ["RF471", "RF472"],
        "InstdAmt": ["5.00", "1234.56"],
        "MndtId": ["M1", "M1"],
        "DtOfSgntr": ["2026-01-30"] * 2,
        "DbtrAcct/p:Id/p:IBAN": [READER] * 2,
        "CdtrAcct/p:Id/p:IBAN": [IBAN] * 2,
    }.items():
        assert [found.text for found in root.iterfind(f".//p:{path}", SPACE)] == expected, path


def test_the_same_debits_give_the_same_bytes_in_any_order() -> None:
    assert file(one(), one("RF472")) == file(one("RF472"), one())
    assert file(one()) != file(one("RF472"))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Zoë Müller & Söhne", "Zoe Muller Sohne"),
        ("Анна", "Anna"),
        ("<b>&amp;", "b amp"),
        ("&&", "Account holder"),
    ],
)
def test_names_are_written_in_letters_that_every_bank_takes(name: str, plain: str) -> None:
    root = fromstring(file(one(name=name)))
    assert [found.text for found in root.iterfind(".//p:Dbtr/p:Nm", SPACE)] == [plain]


def test_a_file_that_the_schema_refuses_is_not_given_out() -> None:
    with pytest.raises(BadFile):
        file(one(sequence="TWICE"))
    with pytest.raises(BadFile):
        file(one(), creditor=Creditor.of({}))
