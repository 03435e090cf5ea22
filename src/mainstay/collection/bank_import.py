"""Bank statements: read, shown to a person, and booked when that person confirms.

A line that carries an installment's reference and its amount is that installment's payment. Every other line that
came in is money that waits (unapplied), until somebody says what it is, or is left out when it is no gift at all. The
same file, and the same line in another file, is read once. Lines are booked one by one, each in its own commit, so
that a confirmation that is interrupted can be confirmed again. Lines about direct debits are `debit_lines`' affair.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum import iban as account_number

from mainstay.contributions.models import Installment
from mainstay.contributions.port import DisputeFact, DisputeStage, Outcome, RefundFact, RemoteFact
from mainstay.contributions.states import InstallmentState
from mainstay.core.errors import MainstayError
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.ledger.events import Books
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.policy import State
from mainstay.processors.bank import camt, table
from mainstay.processors.bank.lines import LARGEST_FILE_BYTES, BadStatement, StatementLine
from mainstay.processors.bank.reference import creditor_reference, is_whole, references_in

from .bank_models import BankLine, BankStatement
from .checkout import decide_for
from .debit_files import debit_accounts
from .debit_lines import debits_by_reference, sent_back, why_doubtful
from .debit_models import Debit
from .disputes import apply_dispute
from .models import Payment
from .news import apply_payment, payment_of
from .refunds import apply_refund

__all__ = [
    "AlreadyRead",
    "BadStatement",
    "NotThisLine",
    "accounts_of",
    "confirm",
    "discard",
    "read_statement",
]

BANK = "bank"
Line, Why = BankLine.State, BankLine.Why


class AlreadyRead(MainstayError):
    """This very file was read before."""

    def __init__(self, statement: BankStatement) -> None:
        super().__init__(_("This file was read before. Nothing was read again."))
        self.statement = statement


class NotThisLine(MainstayError):
    """What was asked can't be done with this line."""


@dataclass(frozen=True)
class Known:
    """The installments and debits that the references of a file belong to, and the countries' rules."""

    account: ProcessorAccount
    installments: Mapping[str, Installment]
    debits: Mapping[str, Debit]


def accounts_of(newsroom_id: uuid.UUID) -> list[ProcessorAccount]:
    """The newsroom's bank accounts, each once, whether it takes transfers, debits or both."""
    newsroom = Newsroom.objects.get(pk=newsroom_id)
    rows = ProcessorAccount.objects.filter(newsroom=newsroom, processor=BANK)
    found = list(rows.select_related("newsroom").order_by("label"))
    known = {_number(account) for account in found}
    return found + [account for account in debit_accounts(newsroom) if _number(account) not in known]


def _number(account: ProcessorAccount) -> str:
    return str(account_number.compact(account.settings["iban"]))


def read_statement(account: ProcessorAccount, content: bytes, *, actor: str, now: datetime) -> BankStatement:
    """Keeps the lines that no earlier file told, for a person to look at. Books nothing.

    Raises `BadStatement`, and `AlreadyRead` for a file that was read before.
    """
    hashed = hashlib.blake2b(content, digest_size=32, person=b"bank-statement").hexdigest()
    before = BankStatement.objects.filter(account=account, content_hash=hashed).first()
    if before is not None:
        raise AlreadyRead(before)
    lines = [line for line in _parsed(account, content) if line.amount_minor]
    try:
        return _write_down(account, hashed, lines, actor, account.newsroom.today(now))
    except IntegrityError:
        raise BadStatement(_("Somebody reads a statement of this account just now. Try again.")) from None


@transaction.atomic
def _write_down(
    account: ProcessorAccount, hashed: str, lines: list[StatementLine], actor: str, today: date
) -> BankStatement:
    known = _told_before(account, lines)
    statement = BankStatement.objects.create(
        account=account, content_hash=hashed, read_on=today, read_by=actor, known_lines=len(known)
    )
    _keep(statement, [line for line in lines if line.fingerprint not in known])
    return statement


def _told_before(account: ProcessorAccount, lines: list[StatementLine]) -> set[str]:
    """The fingerprints of those lines that are in these books.

    An old line has none any more (`tidying`). Old ones are counted: of as many alike as are in the books none is new.
    """
    told = BankLine.objects.filter(account=account, fingerprint__in=[line.fingerprint for line in lines])
    known = set(told.values_list("fingerprint", flat=True))
    old = BankLine.objects.filter(account=account, fingerprint="", day__in={line.day for line in lines})
    left = Counter(old.values_list("day", "amount_minor", "currency", "outgoing", "return_code"))
    for line in lines:
        alike = (line.day, line.amount_minor, line.currency, line.outgoing, line.return_code)
        if line.fingerprint not in known and left[alike]:
            left[alike] -= 1
            known.add(line.fingerprint)
    return known


def _parsed(account: ProcessorAccount, content: bytes) -> list[StatementLine]:
    if len(content) > LARGEST_FILE_BYTES:
        raise BadStatement(_("The file is larger than 2 MB. Export shorter periods."))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return camt.read(content, _number(account))
    return table.read(content, "EUR")


def _keep(statement: BankStatement, lines: list[StatementLine]) -> None:
    references = {line.fingerprint: _reference(line.text) for line in lines}
    named = {*references.values(), *(line.end_to_end for line in lines)}
    known = Known(
        statement.account,
        _installments(statement.account, set(references.values())),
        debits_by_reference(statement.account, named),
    )
    rows = []
    for line in lines:
        row = BankLine(
            statement=statement,
            account=statement.account,
            fingerprint=line.fingerprint,
            day=line.day,
            amount_minor=line.amount_minor,
            currency=line.currency,
            outgoing=line.outgoing,
            reference=references[line.fingerprint],
            return_code=line.return_code,
            text=line.text,
        )
        row.debit = known.debits.get(line.end_to_end) or known.debits.get(row.reference)
        row.installment = row.debit.attempt.installment if row.debit else _meant(row, known)
        row.why = _why(row) or (Why.COUNTRY if _refused(known.account, line) else "")
        rows.append(row)
    BankLine.objects.bulk_create(rows, batch_size=500)


def _reference(text: str) -> str:
    """The reference in a line's text, a whole one before a broken one; "" when there is none."""
    found = list(references_in(text))
    return next((one for one in found if is_whole(one)), found[0] if found else "")


def _installments(account: ProcessorAccount, references: Collection[str]) -> dict[str, Installment]:
    """The installments behind the references. Each account's own are gone through: no reference is stored."""
    rows = Installment.objects.filter(contribution__account=account).select_related("contribution")
    wanted = {reference for reference in references if reference}
    if not wanted:
        return {}
    found = ((creditor_reference(row.reference), row) for row in rows.iterator(chunk_size=2000))
    return {reference: row for reference, row in found if reference in wanted}


def _refused(account: ProcessorAccount, line: StatementLine) -> bool:
    """Whether the payer's bank is in a country that the newsroom refuses. The letters are not kept."""
    if line.outgoing or not line.country:
        return False
    return decide_for(account.newsroom, line.country).state == State.REFUSE


def _meant(row: BankLine, known: Known) -> Installment | None:
    """The installment that a line is about. A standing order repeats its first reference: then the one now due."""
    named = known.installments.get(row.reference)
    if named is None or row.outgoing or row.return_code or named.state != InstallmentState.PAID:
        return named
    waiting = (InstallmentState.DUE, InstallmentState.ACTION_REQUIRED, InstallmentState.PENDING)
    others = named.contribution.installments.filter(state__in=waiting)
    following = others.filter(amount_minor=row.amount_minor, currency=row.currency).order_by("number").first()
    return following or named


def _why(row: BankLine) -> str:
    """Why a person has to look at the line; "" when nothing is doubtful."""
    if row.currency != "EUR":
        return Why.CURRENCY
    if row.debit:
        return why_doubtful(row, row.debit)
    payment = _payment(row.installment) if row.installment else None
    if row.outgoing or row.return_code:
        return "" if payment else (Why.OUTGOING if not row.return_code else Why.CAME_BACK)
    if not row.reference:
        return Why.NO_REFERENCE
    if row.installment is None:
        return Why.NOT_OURS if is_whole(row.reference) else Why.BROKEN
    if payment or row.installment.state == InstallmentState.PAID:
        return Why.PAID_BEFORE
    return "" if row.installment.amount == row.amount else Why.AMOUNT


def _payment(installment: Installment) -> Payment | None:
    return Payment.objects.filter(installment=installment).first()


def confirm(statement: BankStatement, left_out: Collection[uuid.UUID], *, now: datetime) -> int:
    """Books the statement's lines: certain ones as payments, the others as money that waits, unless left out.

    Returns how many another process had in hand; they stay, and are booked by confirming again.
    """
    busy = 0
    for line_id in (
        statement.lines.filter(state=Line.READ).order_by("day", "outgoing", "pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            row = _locked(line_id)
            if row.state == Line.READ:
                _settle(row, line_id in left_out, now)
                busy += row.state == Line.READ
    BankStatement.objects.filter(pk=statement.pk).update(confirmed=not busy)
    return busy


def _locked(line_id: uuid.UUID) -> BankLine:
    rows = BankLine.objects.select_for_update(of=("self",)).select_related(
        "account__newsroom", "installment__contribution", "debit__attempt", "debit__file__account__newsroom"
    )
    return rows.get(pk=line_id)


def _settle(row: BankLine, left_out: bool, now: datetime) -> None:
    """What becomes of one line. It is judged again: another file may have paid its installment meanwhile."""
    row.why = row.why if row.why == Why.COUNTRY else _why(row)
    if row.why in (Why.CURRENCY, Why.OUTGOING, Why.CAME_BACK) or (row.why and left_out):
        _resolve(row, Line.LEFT_OUT)
    elif row.why == Why.EARLY:
        row.save()
    elif row.why:
        _books(row, now).unapplied(remote_hash(row.charge_id), row.amount)
        row.state = Line.WAITING
        row.save()
    elif row.outgoing or row.return_code:
        _went_back(row, now)
    else:
        _pay(row, now)


def _pay(row: BankLine, now: datetime) -> None:
    """The line is its installment's payment. The row stays as it is while another process has the installment."""
    assert row.installment is not None
    fact = RemoteFact(
        Outcome.SUCCEEDED,
        remote_id=row.installment.remote_id or row.charge_id,
        charge_id=row.charge_id,
        amount=row.amount,
        fee=Money(0, row.currency),
        reference=row.installment.reference,
    )
    account = row.debit.file.account if row.debit else row.account
    apply_payment(account, fact, now)
    payment = payment_of(account, row.charge_id)
    if payment is not None:
        Payment.objects.filter(pk=payment.pk).update(matched_on=row.account.newsroom.today(now))
        _resolve(row, Line.PAID)


def _went_back(row: BankLine, now: datetime) -> None:
    """Money that staff sent back, that a bank took back, or that came back to us."""
    assert row.installment is not None
    charge_id, payment = _charge_behind(row.installment), _payment(row.installment)
    if payment and charge_id and row.debit and row.return_code:
        sent_back(row, payment, charge_id, now)
        _resolve(row, Line.BACK)
        return
    if payment is None or not charge_id or (row.outgoing and payment.left < row.amount):
        row.why = Why.CAME_BACK if row.return_code else Why.OUTGOING
        _resolve(row, Line.LEFT_OUT)
        return
    if row.outgoing and row.return_code:
        lost = DisputeFact(
            Outcome.SUCCEEDED,
            row.charge_id,
            charge_id,
            DisputeStage.LOST,
            row.amount,
            fee=Money(0, row.currency),
        )
        apply_dispute(payment.account, lost, now)
    elif row.outgoing:
        given = RefundFact(Outcome.SUCCEEDED, row.charge_id, row.amount, charge_id=charge_id)
        apply_refund(payment.account, given, now)
    else:
        _came_back(row, charge_id, now)
    _resolve(row, Line.BACK)


def _charge_behind(installment: Installment) -> str:
    """The line that paid an installment, by which its payment is known; "" when no line did."""
    payment = _payment(installment)
    for line in installment.bank_lines.filter(state=Line.PAID):
        if payment is not None and payment.remote_hash == remote_hash(line.charge_id):
            return line.charge_id
    return ""


def _came_back(row: BankLine, charge_id: str, now: datetime) -> None:
    """A transfer back that the reader's bank did not take: the newest one of this amount has failed."""
    lines = row.account.bank_lines.filter(installment=row.installment, state=Line.BACK, outgoing=True)
    sent = lines.filter(amount_minor=row.amount_minor, return_code="").order_by("-day").first()
    if sent is not None:
        failed = RefundFact(
            Outcome.REJECTED, sent.charge_id, row.amount, why=row.return_code, charge_id=charge_id
        )
        apply_refund(row.account, failed, now)


def _resolve(row: BankLine, state: BankLine.State) -> None:
    """The matter is over: what the payer wrote goes."""
    row.state, row.text, row.reference = state, "", ""
    row.save()


def _books(row: BankLine, now: datetime) -> Books:
    return Books(row.account.newsroom, row.account_id, row.account.newsroom.today(now))


def discard(statement: BankStatement) -> None:
    """Forgets a file that was not confirmed, as if it had never been read. Raises `NotThisLine`."""
    with transaction.atomic():
        row = BankStatement.objects.select_for_update().get(pk=statement.pk)
        if row.confirmed or row.lines.exclude(state=Line.READ).exists():
            raise NotThisLine(_("Lines of this statement are booked. It can’t be forgotten any more."))
        row.delete()


def belongs_to(line: BankLine, written: str, now: datetime) -> None:
    """A person says which reference waiting money was meant for. The installment becomes what arrived.

    Raises `NotThisLine` for a reference that is nobody's or paid, and while another process has the installment.
    """
    reference = _reference(written)
    with transaction.atomic():
        row = _waiting(line)
        found = _installments(row.account, {reference}).get(reference)
        if found is None:
            raise NotThisLine(_("This reference belongs to no gift. Compare it letter by letter."))
        if _payment(found) or found.state == InstallmentState.PAID:
            raise NotThisLine(_("This reference has been paid already."))
        _as_it_arrived(found, row.amount)
        row.installment, row.debit = found, None
        _books(row, now).correct(f"unapplied:{remote_hash(row.charge_id)}")
        _pay(row, now)
        if row.state != Line.PAID:
            raise NotThisLine(_("Another process has this gift in hand. Try again in a minute."))


def _as_it_arrived(installment: Installment, amount: Money) -> None:
    last = installment.attempts.order_by("-number").first()
    for thing in (installment, last):
        if thing is not None:
            thing.amount_minor, thing.currency = amount.minor, amount.currency
            thing.save(update_fields=["amount_minor", "currency"])


def is_a_gift(line: BankLine, now: datetime) -> None:
    """Waiting money is a gift that nobody had announced. Raises `NotThisLine`."""
    with transaction.atomic():
        row = _waiting(line)
        _books(row, now).applied(remote_hash(row.charge_id), row.amount, campaign="")
        _resolve(row, Line.GIFT)


def take_out(line: BankLine, now: datetime) -> None:
    """Waiting money does not belong into these books, or was sent back. Raises `NotThisLine`."""
    with transaction.atomic():
        row = _waiting(line)
        _books(row, now).correct(f"unapplied:{remote_hash(row.charge_id)}")
        _resolve(row, Line.LEFT_OUT)


def _waiting(line: BankLine) -> BankLine:
    row = _locked(line.pk)
    if row.state != Line.WAITING:
        raise NotThisLine(_("This line does not wait any more."))
    return row
