"""What each alarm says: to the desk in its reader's language, by mail and webhook in the installation's."""

from django.utils.translation import gettext, ngettext

from .rules import Kind


def sentence(kind: str, number: int) -> str:
    """One alarm in words, with what to do. `number` is what its rule counted."""
    return str(_SENTENCES[Kind(kind)](number))


def _no_payment(hours: int) -> str:
    return gettext(
        "No payment has arrived for %(hours)s hours, and at least five are usual in that time."
        " Try the support page yourself, and look at the payment company’s own state page."
    ) % {"hours": hours}


def _inbox_silent(payments: int) -> str:
    return ngettext(
        "%(number)s payment since yesterday, and no news of it from the payment company."
        " Check the address and the secret of its notifications. Nothing is lost: we ask for what we are not told.",
        "%(number)s payments since yesterday, and no news of them from the payment company."
        " Check the address and the secret of its notifications. Nothing is lost: we ask for what we are not told.",
        payments,
    ) % {"number": payments}


def _declines(percent: int) -> str:
    return gettext(
        "%(percent)s%% of the payments since yesterday were declined."
        " Somebody may be trying out stolen cards, or the payment company has trouble."
    ) % {"percent": percent}


def _attack(level: int) -> str:
    return gettext(
        "Somebody is trying out stolen cards on the card pages; attack mode stands at level %(level)s of 3."
        " Readers’ devices solve a harder puzzle, and for minutes at a time no card may be taken."
        " It ends by itself. Tell the payment company if it lasts for more than an hour."
    ) % {"level": level}


def _rejected(tries: int) -> str:
    return ngettext(
        "The payment company refused %(number)s request since yesterday as one that it can’t carry out."
        " No bank was asked, and no reader is at fault. Show your engineer this sentence: `mainstay doctor` looks for"
        " the cause.",
        "The payment company refused %(number)s requests since yesterday as ones that it can’t carry out."
        " No bank was asked, and no reader is at fault. Show your engineer this sentence: `mainstay doctor` looks for"
        " the cause.",
        tries,
    ) % {"number": tries}


def _look_ups(times: int) -> str:
    return gettext(
        "Somebody of you looked up supporters %(number)s times since yesterday."
        " The log says who, and with which reasons."
        " If you don’t know why, talk to them today, and lock the people key until you have."
    ) % {"number": times}


def _unresolved(payments: int) -> str:
    return ngettext(
        "Of %(number)s payment nobody has known for three days what became of it."
        " It is not tried again until that is known. Ask the payment company.",
        "Of %(number)s payments nobody has known for three days what became of them."
        " They are not tried again until that is known. Ask the payment company.",
        payments,
    ) % {"number": payments}


def _differences(number: int) -> str:
    return ngettext(
        "%(number)s difference between our books and the payment company’s. The desk says what it means.",
        "%(number)s differences between our books and the payment company’s. The desk says what each means.",
        number,
    ) % {"number": number}


def _announced(number: int) -> str:
    return ngettext(
        "%(number)s change at the desk that others should know of: an admin came or went, or the only admin proposed"
        " something. The first page of the desk says what. Ask whoever did it; it can still be stopped.",
        "%(number)s changes at the desk that others should know of: an admin came or went, or the only admin proposed"
        " something. The first page of the desk says what. Ask whoever did it; it can still be stopped.",
        number,
    ) % {"number": number}


def _statement(accounts: int) -> str:
    return ngettext(
        "Bank statements of %(number)s way to pay read another name than readers are told. The desk says which, under"
        " Newsroom. Set the same name there and at the payment company; who changed it?",
        "Bank statements of %(number)s ways to pay read another name than readers are told. The desk says which, under"
        " Newsroom. Set the same name there and at the payment companies; who changed it?",
        accounts,
    ) % {"number": accounts}


def _worker_gone(minutes: int) -> str:
    return gettext(
        "No worker has been there for %(minutes)s minutes. Payments that are due, letters and reminders wait."
        " Ask your engineer to start it; nothing is lost meanwhile."
    ) % {"minutes": minutes}


def _people_key_locked(newsrooms: int) -> str:
    return gettext(
        "The people key is locked: letters and reminders wait, payments go on."
        " Ask whoever keeps the passphrase to unlock it."
    )


_SENTENCES = {
    Kind.NO_PAYMENT: _no_payment,
    Kind.INBOX_SILENT: _inbox_silent,
    Kind.DECLINES: _declines,
    Kind.ATTACK: _attack,
    Kind.REJECTED: _rejected,
    Kind.UNRESOLVED: _unresolved,
    Kind.DIFFERENCES: _differences,
    Kind.ANNOUNCED: _announced,
    Kind.LOOK_UPS: _look_ups,
    Kind.STATEMENT: _statement,
    Kind.WORKER_GONE: _worker_gone,
    Kind.PEOPLE_KEY_LOCKED: _people_key_locked,
}
