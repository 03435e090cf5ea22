"""Reading what the mail server kept: every letter that Mainstay has sent, the newest first."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

MOST_LISTED = 200


@dataclass(frozen=True)
class KeptLetter:
    """One letter as it arrived. `number` counts in the order of arrival."""

    number: int
    subject: str
    to: str
    body: str
    headers: list[tuple[str, str]]

    @property
    def id_of_row(self) -> str:
        """The random id of the row that the letter was sent from: the first part of its Message-ID."""
        found = dict(self.headers).get("Message-ID", "")
        return re.sub(r"[<>]|@.*", "", found).strip()


def numbers(folder: Path) -> list[int]:
    """The letters' numbers, the newest first."""
    return sorted((int(path.stem) for path in folder.glob("*.eml")), reverse=True)


def newest(folder: Path, after: int = 0) -> list[KeptLetter]:
    """The newest letters with a number over `after`, at most 200."""
    wanted = [number for number in numbers(folder)[:MOST_LISTED] if number > after]
    return [letter for number in wanted if (letter := read(folder, number)) is not None]


def read(folder: Path, number: int) -> KeptLetter | None:
    """One letter, or `None` when there is no such number."""
    path = folder / f"{number:06}.eml"
    if not path.exists():
        return None
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    headers = [(name, " ".join(str(value).split())) for name, value in message.items()]
    named = {name.lower(): value for name, value in headers}
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return KeptLetter(number, named.get("subject", ""), named.get("to", ""), text, headers)
