"""What a reader gives away where money comes by bank: name and account number on a mandate, words on a transfer.

Mandates are signed on the pages, as a browser signs them. The words of transfers come in with a statement that staff
read in; they are nobody's secret from the bank, and must not be found in the house by trying them, once they are old.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import scene

if TYPE_CHECKING:
    from .seizing import House, Reader

SUPPORT = f"/support/{scene.SLUG}/"
OURS = "DE89370400440532013000"
CREDITOR = {"name": "Far Shore Press", "iban": OURS, "creditor_id": "DE98ZZZ09999999999"}


def open_account(house: "House") -> None:
    """An account in euro for direct debits; the cards are in dollars."""
    from django.conf import settings

    from mainstay.processors.registry import forget_adapters

    house.newsroom.currencies = ["USD", "EUR"]
    house.newsroom.save()
    house.account.currencies = ["USD"]
    house.account.save()
    row = house.newsroom.processor_accounts.create(
        processor="debit", label="Direct debit", currencies=["EUR"], settings=CREDITOR
    )
    secrets = Path(settings.MAINSTAY_SECRETS_FILE)
    secrets.write_text(f'{secrets.read_text(encoding="utf-8")}[accounts."{row.pk}"]\n', encoding="utf-8")
    forget_adapters()


def sign(reader: "Reader", mark_on: Any) -> None:
    """A mandate, with the reader's own name and number. `mark_on` reads the form's mark off a page."""
    reader.fresh()
    reader.post(SUPPORT, frequency="once", currency="EUR", amount_once="500")
    mark = mark_on(reader.get(f"{SUPPORT}card/").content.decode())
    holder, iban = reader.who.values["name"], reader.who.values["account number"]
    answer = reader.post(f"{SUPPORT}sign/", mark=mark, holder=holder, iban=iban, mail="")
    at = str(answer.headers.get("Location", answer.status_code))
    reader.house.seen["mandates signed" if "status/" in at else f"LOST: {at} and no mandate"] += 1


def read_statement(house: "House", readers: list["Reader"], actor: str) -> bytes:
    """Staff take the debits to the bank and read a statement in: debits that came, and transfers that nobody announced.

    The transfers are counted as gifts. Returns what the bank's file tells of them.
    """
    from mainstay.collection import bank_import
    from mainstay.collection.models import BankLine
    from mainstay.processors.bank.example_statement import Entry, camt

    day = house.newsroom.today(house.scene.now).isoformat()
    account = house.newsroom.processor_accounts.get(processor="debit")
    told = [Entry(amount="7.00", text=f"from reader {reader.who.number}", day=day) for reader in readers]
    came = [Entry(end_to_end=reference, day=day) for reference in _take_to_the_bank(house, account, actor)]
    file = camt(*came, *told, iban=OURS)
    statement = bank_import.read_statement(account, file, actor=actor, now=house.scene.now)
    bank_import.confirm(statement, [], now=house.scene.now)
    for line in statement.lines.filter(state=BankLine.State.WAITING):
        bank_import.is_a_gift(line, house.scene.now)
    house.seen["transfers counted as gifts"] = statement.lines.filter(state=BankLine.State.GIFT).count()
    house.seen["debits that came"] = statement.lines.filter(state=BankLine.State.PAID).count()
    return camt(*told, iban=OURS)


def _take_to_the_bank(house: "House", account: Any, actor: str) -> list[str]:
    """The file with what was signed; returns the references by which the statement will call its debits."""
    from mainstay.collection import debit_files

    file = debit_files.make_file(account, actor=actor, now=house.scene.now)
    debit_files.file_content(file, house.scene.ring.people_key(scene.SLUG), house.scene.now)
    file.refresh_from_db()
    debit_files.mark_sent(file)
    return list(file.debits.values_list("reference", flat=True))


def found_by_trying(file: bytes) -> int:
    """How many words of transfers somebody finds who has the database and tries the right ones."""
    from mainstay.collection.models import BankLine
    from mainstay.processors.bank import camt

    tried = {line.fingerprint for line in camt.read(file, OURS)}
    return BankLine.objects.filter(fingerprint__in=tried).count()
