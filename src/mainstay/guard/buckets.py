"""Token buckets and counts in memory, keyed by a salted hash of the client's address.

The salt is random and renewed every ten minutes; with it every bucket is forgotten, so a bucket can't be traced to
an address, and no address lives here longer than the call that brought it. Each process keeps its own buckets: with
several web processes the true limit is that many times larger, which the limits allow for.
"""

import hashlib
import ipaddress
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SALT_LIFE = timedelta(minutes=10)
LARGEST_NUMBER_OF_BUCKETS = 50_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


@dataclass(slots=True)
class _Buckets:
    """All buckets that live under one salt."""

    salt: bytes = b""
    salted_at: datetime | None = None
    kept: dict[bytes, _Bucket] = field(default_factory=dict)
    counted: Counter[bytes] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


_buckets = _Buckets()


def allow(bucket: str, address: str, per_minute: int, burst: int, now: datetime) -> bool:
    """Whether one more request from this client may pass; if so, it is counted.

    `bucket` names the door ("remind"); `address` is the client's address as the server sees it (IPv6 counted by its
    /64), or a name that somebody tries; `burst` requests may come at once and `per_minute` in the long run. Once
    50,000 clients are being counted, the counts begin anew: memory stays bounded.
    """
    with _buckets.lock:
        _renew_salt(now)
        key = _key(bucket, _network(address))
        found = _buckets.kept.setdefault(key, _Bucket(tokens=burst, filled_at=now))
        return _take(found, per_minute, burst, now)


def count(what: str, whose: str, now: datetime) -> None:
    """Counts one more of `what` for `whose` (a prefix, a form); forgotten with the salt, within ten minutes."""
    with _buckets.lock:
        _renew_salt(now)
        _buckets.counted[_key(what, whose)] += 1


def counted(what: str, whose: str, now: datetime) -> int:
    """How many were counted since the salt is this one."""
    with _buckets.lock:
        _renew_salt(now)
        return _buckets.counted.get(_key(what, whose), 0)


def prefix_of(address: str) -> str:
    """The neighbourhood that somebody rents a whole of: /24 of IPv4, /48 of IPv6. "" for this machine, which is none.

    Who comes by an onion address comes from this machine: they are not counted for each other's declines.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv6Address):
        read = read.ipv4_mapped or read
    if read.is_loopback:
        return ""
    return str(ipaddress.ip_network((read, 24 if read.version == 4 else 48), strict=False))


def forget_all() -> None:
    """Empties every bucket and drops the salt."""
    with _buckets.lock:
        _buckets.salted_at = None
        _buckets.kept.clear()
        _buckets.counted.clear()


def _renew_salt(now: datetime) -> None:
    born = _buckets.salted_at
    old = born is None or abs(now - born) >= SALT_LIFE
    if old or len(_buckets.kept) + len(_buckets.counted) >= LARGEST_NUMBER_OF_BUCKETS:
        _buckets.salt, _buckets.salted_at = secrets.token_bytes(32), now
        _buckets.kept.clear()
        _buckets.counted.clear()


def _key(what: str, whose: str) -> bytes:
    return hashlib.blake2b(f"{what}\0{whose}".encode(), key=_buckets.salt, digest_size=16).digest()


def _take(found: _Bucket, per_minute: int, burst: int, now: datetime) -> bool:
    seconds = max(0.0, (now - found.filled_at).total_seconds())
    found.tokens = min(float(burst), found.tokens + seconds * per_minute / 60)
    found.filled_at = now
    if found.tokens < 1:
        return False
    found.tokens -= 1
    return True


def _network(address: str) -> str:
    """The client as it is counted: an IPv4 address, the /64 that one household has of IPv6, or a name as it is."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read)
