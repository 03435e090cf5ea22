"""Web addresses that shops name: which ones are taken, whose they are, and how an answer is added to one."""

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

_ADDRESS = re.compile(
    r"(?P<origin>https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)(?:[/?#][\x21-\x7e]*)?"
)


def origin_of(address: str) -> str | None:
    """The origin of an absolute http or https address; nothing for any other text.

    What it returns holds only characters of a host and a port, so it can stand in a policy header.
    """
    match = _ADDRESS.fullmatch(address)
    return match["origin"] if match else None


def with_answer(address: str, **answer: str) -> str:
    """The address with these names and values added to its query."""
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(answer)) if part)
    return urlunsplit(parts._replace(query=query))
