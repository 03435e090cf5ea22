"""The address of Mainstay and the newsroom's name there, checked before they are written into a page."""

import re
from urllib.parse import urlsplit

HOST_AND_PORT = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")
NEWSROOM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class MainstayAddressError(ValueError):
    """The address given for Mainstay can't stand in a content policy."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"“{address}” is not an address this site can use for Mainstay."
            " Give a scheme, a host and, if it needs one, a port, such as http://127.0.0.1:8000."
        )


class NewsroomNameError(ValueError):
    """The newsroom's name can't stand in a path."""

    def __init__(self, newsroom: str) -> None:
        super().__init__(
            f"“{newsroom}” can't be a newsroom's name in an address."
            " Use small letters, digits and single hyphens, such as far-shore."
        )


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address; raise MainstayAddressError if it has more than these."""
    parts = urlsplit(address.strip().lower())
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not bare or not HOST_AND_PORT.fullmatch(parts.netloc):
        raise MainstayAddressError(address)
    return f"{parts.scheme}://{parts.netloc}"


def newsroom_name(newsroom: str) -> str:
    """Return the name unchanged; raise NewsroomNameError if it can't stand in a path."""
    if not NEWSROOM.fullmatch(newsroom):
        raise NewsroomNameError(newsroom)
    return newsroom
