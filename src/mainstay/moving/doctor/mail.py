"""What the domain name system says of the domain that letters come from: SPF, DKIM and DMARC.

RFC 7208, RFC 6376, RFC 7489. Without them a mail server takes our letters for forged ones.
"""

from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.resolver

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class MailRecords:
    """Whether each record is there and says something; `None` when the name system did not answer."""

    spf: bool | None = None
    dkim: bool | None = None
    dmarc: bool | None = None


class Ask(Protocol):
    """The text records of a name, none when it has none; `None` when nobody answers."""

    def __call__(self, name: str) -> list[str] | None:
        """The records."""
        ...


def ask_dns(name: str) -> list[str] | None:
    """By the machine's own resolver, within five seconds."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]


def records_of(domain: str, selector: str, ask: Ask) -> MailRecords:
    """The three records of a domain. `selector` names the key that letters are signed with."""
    return MailRecords(
        spf=_has(ask(domain), "v=spf1 "),
        dkim=_has_key(ask(f"{selector}._domainkey.{domain}")),
        dmarc=_has(ask(f"_dmarc.{domain}"), "v=dmarc1;"),
    )


def _has(records: list[str] | None, beginning: str) -> bool | None:
    if records is None:
        return None
    return sum(record.lower().replace("; ", ";").startswith(beginning) for record in records) == 1


def _has_key(records: list[str] | None) -> bool | None:
    """A key whose `p=` is empty was revoked."""
    if records is None:
        return None
    parts = [part.strip() for record in records for part in record.split(";")]
    return any(part.startswith("p=") and len(part) > 2 for part in parts)
