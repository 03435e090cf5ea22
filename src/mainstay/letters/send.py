"""Handing one letter to the mail server: plain text, neutral headers, an id that tells a second copy."""

import smtplib
import uuid

from django.core.mail import EmailMessage

from mainstay.core.errors import MainstayError
from mainstay.newsrooms.models import Newsroom

from .compose import Composed


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
        from_email=newsroom.mail_from,
        to=[mail],
        headers=_headers(letter, newsroom, letter_id),
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        if any(code >= 500 for code in codes):
            raise AddressRefused("The mail server refused the address.") from None
        raise MailServerTrouble("The mail server asked to try later.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerTrouble(
            f"The mail server did not take the letter ({type(error).__name__})."
        ) from None


def _headers(letter: Composed, newsroom: Newsroom, letter_id: uuid.UUID) -> dict[str, str]:
    """Auto-Submitted: RFC 3834. One-click unsubscribing: RFC 8058."""
    domain = newsroom.mail_from.rpartition("@")[2].rstrip(">")
    headers = {"Message-ID": f"<{letter_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
