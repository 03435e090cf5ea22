"""Reading a mail address that a person typed, and telling whether two are the same mailbox."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mainstay.core.errors import MainstayError

LONGEST_ADDRESS = 254


class BadMail(MainstayError):
    """Text that can't be a mail address."""

    def __init__(self) -> None:
        super().__init__("That is not a mail address. It looks like name@example.org.")


def read_mail(typed: str) -> str:
    """The mail address in what a person typed, its domain in lower case. Raises `BadMail`."""
    text = typed.strip()
    if len(text) > LONGEST_ADDRESS:
        raise BadMail
    try:
        validate_email(text)
    except ValidationError:
        raise BadMail from None
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def mailbox_of(mail: str) -> str:
    """The address for comparing: people type capitals as it comes, and mail servers don't mind."""
    return mail.strip().casefold()
