"""A mail server that takes every letter. Those to readers leave the house; those to anybody else lie in its spool."""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SPOOL, AWAY = "DRILL_SPOOL", "DRILL_AWAY"
READERS = ".planted.example"


class Post(BaseEmailBackend):
    """Writes each message into a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Takes all; returns how many there were."""
        for message in email_messages:
            away = all(receiver.endswith(READERS) for receiver in message.to)
            folder = Path(os.environ[AWAY if away else SPOOL])
            folder.mkdir(parents=True, exist_ok=True)
            name = message.to[0] if message.to else "nobody"
            (folder / f"{name}.{uuid4().hex}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)


def letters_to(mail: str) -> list[str]:
    """The letters that one reader got, in no order."""
    return [path.read_text(encoding="utf-8") for path in Path(os.environ[AWAY]).glob(f"{mail}.*.eml")]
