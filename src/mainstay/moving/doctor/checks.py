"""The checks: each a pure function of the facts, with its sentences. Adding a check is adding a line to `CHECKS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import statement
from .facts import Account, Facts

MOST_CLOCK_OFF_SECONDS = 30
OLDEST_BACKUP_HOURS = 48
CONFIRMED_DAYS = 180


class State(StrEnum):
    """What came of a check. `ADVICE` bars nothing. `UNKNOWN` bars until a person has looked and confirmed it."""

    HOLDS = "holds"
    ADVICE = "advice"
    UNKNOWN = "unknown"
    FAILS = "fails"


Verdict = tuple[State, Mapping[str, str]]
Sentence = Any
"""A lazy translation."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: how it is judged, what it says when it holds, when not, and when nobody knows; the exact next step."""

    name: str
    judge: Callable[[Facts], Verdict]
    holds: Sentence
    fails: Sentence
    next_step: Sentence
    unknown: Sentence = ""


def _yes(holds: bool | None, **values: object) -> Verdict:
    state = State.UNKNOWN if holds is None else State.HOLDS if holds else State.FAILS
    return state, {name: str(value) for name, value in values.items()}


def _every(facts: Facts, known: Callable[[Account], bool | None]) -> Verdict:
    """Holds when it does for every account; names the first for which it does not."""
    verdicts = [(known(account), account.label) for account in facts.accounts]
    for wanted in (False, None):
        for verdict, label in verdicts:
            if verdict is wanted:
                return _yes(verdict, account=label)
    return _yes(bool(verdicts), account="")


def _statement_is_printed(facts: Facts) -> Verdict:
    return _every(facts, lambda account: _prints(account, facts.statement_name))


def _prints(account: Account, name: str) -> bool | None:
    """Whether statements read that name; where no company prints one, readers name us themselves."""
    printed = account.facts.statement
    if not printed:
        return None if printed is None else True
    return printed.casefold() == name.casefold() and not account.facts.statement_problems


def _set_up(facts: Facts) -> Verdict:
    for account in facts.accounts:
        for problem in (account.facts.trouble, *account.facts.problems):
            if problem:
                return _yes(False, account=account.label, problem=problem)
    return _yes(True)


def _open_for(facts: Facts) -> Verdict:
    """What a company does not tell is no fault of the account's."""
    for account in facts.accounts:
        takes = account.facts.takes
        missing = [] if takes is None else [one for one in account.currencies if one not in takes]
        if missing:
            return _yes(False, account=account.label, missing=", ".join(missing))
    return _yes(True)


def _statement_tells(facts: Facts) -> Verdict:
    words = statement.tells(facts.statement_name, facts.newsroom_words)
    return (State.ADVICE if words else State.HOLDS), {"words": ", ".join(words)}


def _currencies(facts: Facts) -> Verdict:
    taken = {currency for account in facts.accounts for currency in account.currencies}
    missing = [currency for currency in facts.currencies if currency not in taken]
    return _yes(not missing, missing=", ".join(missing))


def _clock(facts: Facts) -> Verdict:
    off = facts.clock_off_seconds
    return _yes(None if off is None else abs(off) <= MOST_CLOCK_OFF_SECONDS, seconds=off)


def _backup(facts: Facts) -> Verdict:
    hours = facts.newest_backup_hours
    return _yes(
        None if hours is None else hours <= OLDEST_BACKUP_HOURS, hours="?" if hours is None else hours
    )


def _countries(facts: Facts) -> Verdict:
    return (State.HOLDS if facts.countries_listed else State.ADVICE), {}


def _admins(facts: Facts) -> Verdict:
    return (State.HOLDS if facts.admins > 1 else State.ADVICE), {"admins": str(facts.admins)}


def _keys_last(facts: Facts) -> Verdict:
    soon = facts.keys_expire_on
    return (State.ADVICE if soon else State.HOLDS), {"day": soon.isoformat() if soon else ""}


def _by_a_person(facts: Facts) -> Verdict:
    return State.UNKNOWN, {}


CHECKS = (
    Check(
        "live-newsroom",
        lambda facts: _yes(not facts.sandbox),
        _("The newsroom is not for practice."),
        _(
            "This newsroom is for practice, and stays so: its calendar can be moved, and its payments are no money."
        ),
        _("Make another one with mainstay init, without --sandbox."),
    ),
    Check(
        "address",
        lambda facts: _yes(facts.address.startswith("https://"), address=facts.address),
        _("Readers reach it by https."),
        _("Readers would reach it at %(address)s, unencrypted."),
        _("Set MAINSTAY_URL to the address with https:// and restart both processes."),
    ),
    Check(
        "account",
        lambda facts: _yes(bool(facts.accounts)),
        _("There is a payment account."),
        _("There is no active payment account."),
        _("Add one: mainstay account, then its secrets."),
    ),
    Check(
        "account-live",
        lambda facts: _every(facts, lambda account: account.facts.live),
        _("Every payment account is in live mode."),
        _("The account “%(account)s” is a test or practice account."),
        _("Put the live keys into both secrets files, or switch the account off."),
        _("Nobody could say whether real money moves on the account “%(account)s”."),
    ),
    Check(
        "account-set-up",
        _set_up,
        _("The payment accounts are set up as far as their companies tell."),
        _("“%(account)s”: %(problem)s"),
        _("Put it right at the company or in the account’s settings and secrets, and look again."),
    ),
    Check(
        "web-key",
        lambda facts: _every(facts, lambda account: account.facts.web_key_is_restricted),
        _("The web process’s key can’t list customers."),
        _("The web process’s key for “%(account)s” may list customers."),
        _(
            "Make a restricted key at the company, put it into the web’s secrets file, and give --web-secrets."
        ),
        _("The web process’s key for “%(account)s” could not be tried, or its company has no narrower one."),
    ),
    Check(
        "statement-shape",
        lambda facts: _yes(not statement.refused(facts.statement_name), name=facts.statement_name),
        _("The name on statements has a form that card networks take."),
        _("Card networks refuse the statement name “%(name)s”."),
        _("Choose 5 to 22 Latin letters at the desk, Newsroom, and set the same at the payment company."),
    ),
    Check(
        "statement-true",
        lambda facts: _yes(
            statement.is_trading_name(facts.statement_name, facts.legal_name), name=facts.statement_name
        ),
        _("The name on statements is of the publisher’s legal name."),
        _("“%(name)s” does not come from the publisher’s legal name; an invented one is not allowed."),
        _("Use the legal or registered trading name, at the desk and at the payment company."),
    ),
    Check(
        "statement-printed",
        _statement_is_printed,
        _("The payment companies print the name that readers are told."),
        _("“%(account)s” prints another name on statements, or one that its company objects to."),
        _("Set the same name in the company’s settings."),
        _("What “%(account)s” prints on statements could not be asked."),
    ),
    Check(
        "statement-tells",
        _statement_tells,
        _("The name on statements does not tell what was paid for. It does not hide the merchant number."),
        _("Whoever sees a statement can tell from it what was paid for: %(words)s."),
        _(
            "Think of readers in danger. No name hides the merchant number: bank and company know who was paid."
        ),
    ),
    Check(
        "statement-seen",
        _by_a_person,
        _("Somebody has seen a real payment on a real statement."),
        _("Nobody has confirmed what a real statement reads."),
        _(
            "Charge your own card the minimum at the company, look at your bank’s app, then --confirm statement-seen."
        ),
    ),
    Check(
        "hook-known",
        lambda facts: _every(facts, lambda account: account.facts.hook_is_known),
        _("The payment companies know where to send their news."),
        _("“%(account)s” does not know our address for its news."),
        _(
            "At the company, add a webhook to our address /hooks/, the processor’s name, and the account’s id."
        ),
        _("Whether “%(account)s” knows our address for its news could not be asked."),
    ),
    Check(
        "hook-answers",
        lambda facts: _every(facts, lambda account: account.hook_answers),
        _("Our address for their news answers, and refuses forged ones."),
        _("Our address for the news of “%(account)s” does not answer as it should."),
        _("Look at the proxy in front of the web process: /hooks/ must reach it."),
        _("Our address for the news of “%(account)s” could not be reached from here."),
    ),
    Check(
        "currencies",
        _currencies,
        _("Every currency that readers can choose is taken by an account."),
        _("No account takes %(missing)s."),
        _("Take it away at the desk, Newsroom, or add an account for it."),
    ),
    Check(
        "currencies-open",
        _open_for,
        _("Accounts are open for the currencies that they take here, as far as their companies tell."),
        _("“%(account)s” is not open for %(missing)s at its company."),
        _("Open it for that currency there, or take the currency away from the account here."),
    ),
    Check(
        "own-mails",
        _by_a_person,
        _("The payment company’s own mails to supporters are off."),
        _("Nobody has confirmed that the payment company writes nothing to supporters by itself."),
        _("Switch its receipts and notices to customers off in its settings, then --confirm own-mails."),
    ),
    Check(
        "receipt-read",
        _by_a_person,
        _("Somebody who knows the tax rules has read a receipt."),
        _("Nobody has confirmed the publisher’s legal name and the words on receipts."),
        _("Show a practice receipt to whoever does your taxes, then --confirm receipt-read."),
    ),
    Check(
        "collection-key",
        lambda facts: _yes(facts.key_opens),
        _("The worker’s key opens what is sealed to it."),
        _("What is sealed now can’t be opened with the collection key that lies here."),
        _("Bring back the key file that belongs to this database: mainstay keys."),
    ),
    Check(
        "unlocked",
        lambda facts: _yes(facts.worker_there and not facts.locked),
        _("A worker is there, and holds the people keys."),
        _("No worker is there, or the people key is locked: letters would wait."),
        _("Start mainstay worker and run mainstay unlock."),
    ),
    Check(
        "admins",
        _admins,
        _("There are %(admins)s admins."),
        _("There is one admin: what needs two people waits for 24 hours."),
        _("Add a second one at the desk, Staff."),
    ),
    Check(
        "keys-last",
        _keys_last,
        _("No key wants to be replaced soon."),
        _("A key wants to be replaced by %(day)s."),
        _("Run mainstay keys rotate."),
    ),
    Check(
        "alarms",
        lambda facts: _yes(facts.alarms_go_somewhere),
        _("Alarms go to somebody."),
        _("Alarms go nowhere."),
        _("Set MAINSTAY_ALARM_MAIL or MAINSTAY_ALARM_WEBHOOK and restart both processes."),
    ),
    Check(
        "clock",
        _clock,
        _("The machine’s clock is right."),
        _("The machine’s clock is off by %(seconds)s seconds."),
        _("Switch time synchronisation on: timedatectl set-ntp true."),
        _("The newsroom’s own site could not be asked what time it is there."),
    ),
    Check(
        "spf",
        lambda facts: _yes(facts.mail.spf, domain=facts.mail_domain),
        _("The sender’s domain says which servers may send for it (SPF)."),
        _("%(domain)s has no SPF record, or several."),
        _("Add a TXT record that begins with v=spf1 and names your mail server."),
        _("DNS could not be asked about SPF."),
    ),
    Check(
        "dkim",
        lambda facts: _yes(facts.mail.dkim and facts.letters_are_signed, domain=facts.mail_domain),
        _("Letters are signed, and the domain has the key (DKIM)."),
        _("Letters are not signed, or %(domain)s has no key for it."),
        _("Set MAINSTAY_DKIM_KEY and add the TXT record of its public half."),
        _("DNS could not be asked about DKIM."),
    ),
    Check(
        "dmarc",
        lambda facts: _yes(facts.mail.dmarc, domain=facts.mail_domain),
        _("The domain says what to do with forged mail (DMARC)."),
        _("%(domain)s has no DMARC record."),
        _("Add a TXT record v=DMARC1; p=quarantine at _dmarc."),
        _("DNS could not be asked about DMARC."),
    ),
    Check(
        "backup-key",
        lambda facts: _yes(facts.backup_keys > 0),
        _("Backups are encrypted to a key that lies elsewhere."),
        _("There is no key for backups."),
        _("Set MAINSTAY_BACKUP_FOR to a public key whose private half lies on another machine."),
    ),
    Check(
        "backup-fresh",
        _backup,
        _("The newest backup is %(hours)s hours old."),
        _("The newest backup is %(hours)s hours old; it should be younger than two days."),
        _("Start mainstay-backup.timer, or name the folder with --backups."),
        _("No backup was found."),
    ),
    Check(
        "countries",
        _countries,
        _("There are rules for countries."),
        _("There is no rule for any country."),
        _("If support of you is punished anywhere, set it: mainstay country --preset."),
    ),
    Check(
        "countries-reviewed",
        lambda facts: _yes(not facts.review_is_due),
        _("The rules for countries were looked at within their time."),
        _("The rules for countries want to be looked at again."),
        _("Look at them at the desk, Countries, and say so there."),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check by its name, with the values of its sentence: stored so, and told in any language."""

    name: str
    state: State
    values: Mapping[str, str]

    @property
    def says(self) -> str:
        """What is so, in a sentence."""
        check = BY_NAME[self.name]
        told = {State.HOLDS: check.holds, State.UNKNOWN: check.unknown or check.fails}
        sentence = told.get(self.state, check.fails)
        return str(sentence) % {"account": "", **self.values}

    @property
    def next_step(self) -> str:
        """What to do next; "" when it holds."""
        return "" if self.state == State.HOLDS else str(BY_NAME[self.name].next_step)

    @property
    def bars(self) -> bool:
        """Whether live mode waits for it."""
        return self.state in (State.FAILS, State.UNKNOWN)


BY_NAME = {check.name: check for check in CHECKS}


def examine(facts: Facts) -> list[Finding]:
    """Every check. What a person has confirmed within 180 days holds where the program can't know."""
    return [_finding(check, facts) for check in CHECKS]


def _finding(check: Check, facts: Facts) -> Finding:
    state, values = check.judge(facts)
    day = facts.confirmed.get(check.name)
    if state == State.UNKNOWN and day and facts.today - day <= timedelta(days=CONFIRMED_DAYS):
        state = State.HOLDS
    return Finding(check.name, state, values)
