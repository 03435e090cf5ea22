"""What was found out about an installation and one newsroom, for the checks to judge. Nothing is about a reader."""

from dataclasses import dataclass, field
from datetime import date

from mainstay.processors.check_up import AccountFacts

from .mail import MailRecords


@dataclass(frozen=True, slots=True)
class Account:
    """One active processor account. `hook_answers`: our address for its news can be reached and refuses forgeries."""

    label: str
    currencies: tuple[str, ...]
    facts: AccountFacts
    hook_answers: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """`None` is what could not be found out.

    `confirmed`: when a person last confirmed a check, by its name. `clock_off_seconds`: against another
    machine's clock. `newest_backup_hours`: how old the newest backup file is. `locked`: people keys that no worker has.
    """

    today: date
    sandbox: bool
    address: str
    legal_name: str
    statement_name: str
    newsroom_words: tuple[str, ...]
    currencies: tuple[str, ...]
    accounts: tuple[Account, ...]
    key_opens: bool
    alarms_go_somewhere: bool
    admins: int
    worker_there: bool
    locked: int
    keys_expire_on: date | None
    clock_off_seconds: int | None
    mail_domain: str
    mail: MailRecords
    letters_are_signed: bool
    backup_keys: int
    newest_backup_hours: int | None
    countries_listed: int
    review_is_due: bool
    confirmed: dict[str, date] = field(default_factory=dict)
