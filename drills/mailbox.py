"""A mail server that is a file: one line for each letter that it took, so that a second copy shows."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

FILE = "DRILL_MAILBOX"


class FileMailServer(BaseEmailBackend):
    """Takes every letter; writes down its Message-ID."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Appends a line for each message; returns how many there were."""
        with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
            for message in email_messages:
                file.write(f"{message.extra_headers['Message-ID']}\n")
        return len(email_messages)


def delivered() -> list[str]:
    """The Message-IDs that the server took, in order."""
    path = Path(os.environ[FILE])
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
