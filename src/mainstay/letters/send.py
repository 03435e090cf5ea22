"""Handing one letter to the mail server: plain text, neutral headers, signed, an id that tells a second copy."""

import smtplib
import uuid

from django.core.mail import EmailMessage

from mainstay.core.errors import MainstayError
from mainstay.newsrooms.models import Newsroom

from .compose import Composed
from .signing import CannotSign, signature_of


class MailServerTrouble(MainstayError):
    """The mail server can't be reached or doesn't take letters now: try again later."""


class AddressRefused(MainstayError):
    """The mail server says that this address will never take a letter."""


def send(letter: Composed, *, newsroom: Newsroom, mail: str, letter_id: uuid.UUID) -> None:
    """Sends the letter to `mail`. The same `letter_id` makes the same Message-ID, whenever it is sent.

    Raises `MailServerTrouble` and `AddressRefused`.
    """
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=newsroom.letters_from,
        to=[mail],
        headers=_headers(letter, newsroom, letter_id),
    )
    try:
        _sign(message)
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        if any(code >= 500 for code in codes):
            raise AddressRefused("The mail server refused the address.") from None
        raise MailServerTrouble("The mail server asked to try later.") from None
    except CannotSign as error:
        raise MailServerTrouble(str(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerTrouble(
            f"The mail server did not take the letter ({type(error).__name__})."
        ) from None


def domain_of(sender: str) -> str:
    """The domain of a sender, with or without a name before its address."""
    return sender.rpartition("@")[2].rstrip("> ")


def _sign(message: EmailMessage) -> None:
    """Adds the signature of the sender's domain, when there is a key. The date is signed, so it is set from now on."""
    made = message.message()
    message.extra_headers["Date"] = str(made["Date"])
    signature = signature_of(made.as_bytes().replace(b"\n", b"\r\n"), domain_of(message.from_email))
    if signature:
        message.extra_headers["DKIM-Signature"] = signature


def _headers(letter: Composed, newsroom: Newsroom, letter_id: uuid.UUID) -> dict[str, str]:
    """Auto-Submitted: RFC 3834. One-click unsubscribing: RFC 8058."""
    domain = domain_of(newsroom.letters_from)
    headers = {"Message-ID": f"<{letter_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
