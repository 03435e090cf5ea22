"""Looking somebody up: found by any spelling of the address, never without role, reason, key and a line in the log."""

import json
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.sealed import seal_mail
from mainstay.contributions.models import Contribution
from mainstay.core.clock import FixedClock
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom, Staff
from mainstay.sealing.keyring import KeyRing

from . import client, people
from .people import LookUpRefused, People
from .unlock import Vault

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
WHY = "She wrote that her card was stolen"


@pytest.fixture
def mila(newsroom: Newsroom) -> Contribution:
    account = newsroom.processor_accounts.create(processor="sandbox", label="Practice", currencies=["USD"])
    make_staff("finance-1", "a long enough password", newsroom, "finance")
    make_staff("editor-1", "a long enough password", newsroom, "editor")
    forget_all()
    return newsroom.contributions.create(
        account=account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        language="en",
        started_on=NOW.date(),
        code_hash="c" * 64,
        mail_sealed=seal_mail(newsroom, "Mila@Quiet.example"),
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def desk(ring: KeyRing, clock: FixedClock) -> People:
    return People(ring, clock)


def test_a_supporter_is_found_by_any_spelling_and_opened(desk: People, mila: Contribution) -> None:
    assert desk.find("far-shore", " mila@quiet.EXAMPLE ", "finance-1", WHY) == [mila.pk]
    assert desk.find("far-shore", "nobody@quiet.example", "finance-1", WHY) == []
    assert desk.open("far-shore", mila.pk, "finance-1", WHY) == "Mila@Quiet.example"
    lines = list(AuditLine.objects.filter(action__startswith="people.").order_by("number"))
    assert [line.action for line in lines] == ["people.searched", "people.searched", "people.opened"]
    assert {line.actor for line in lines} == {"finance-1"}
    assert lines[0].detail == {"reason": WHY, "found": 1}
    assert lines[2].subject == str(mila.pk)
    assert "quiet" not in json.dumps([line.detail for line in lines]).casefold()


def test_an_address_that_was_changed_or_removed_is_not_found_any_more(
    desk: People, mila: Contribution
) -> None:
    assert desk.find("far-shore", "mila@quiet.example", "finance-1", WHY) == [mila.pk]
    mila.mail_sealed = seal_mail(mila.newsroom, "other@quiet.example")
    mila.save()
    assert desk.find("far-shore", "mila@quiet.example", "finance-1", WHY) == []
    assert desk.find("far-shore", "other@quiet.example", "finance-1", WHY) == [mila.pk]
    mila.mail_sealed = None
    mila.save()
    assert desk.find("far-shore", "other@quiet.example", "finance-1", WHY) == []
    with pytest.raises(LookUpRefused, match="no address"):
        desk.open("far-shore", mila.pk, "finance-1", WHY)


@pytest.mark.parametrize(
    ("slug", "actor", "reason", "why"),
    [
        ("far-shore", "editor-1", WHY, "role"),
        ("far-shore", "nobody", WHY, "role"),
        ("elsewhere", "finance-1", WHY, "role"),
        ("far-shore", "finance-1", "", "reason"),
        ("far-shore", "finance-1", "because of mila@quiet.example", "reason"),
        ("far-shore", "finance-1", "x" * 201, "reason"),
    ],
)
def test_without_role_or_reason_nothing_is_looked_up(
    desk: People, mila: Contribution, slug: str, actor: str, reason: str, why: str
) -> None:
    for look_up in (
        lambda: desk.find(slug, "mila@quiet.example", actor, reason),
        lambda: desk.open(slug, mila.pk, actor, reason),
    ):
        with pytest.raises(LookUpRefused) as refused:
            look_up()
        assert refused.value.why == why


def test_somebody_who_was_shut_out_finds_nobody(desk: People, mila: Contribution) -> None:
    Staff.objects.update(is_active=False)
    with pytest.raises(LookUpRefused, match="may not"):
        desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)


def test_while_locked_nobody_is_found_and_memory_is_empty(
    desk: People, mila: Contribution, ring: KeyRing
) -> None:
    desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)
    assert "mila@quiet.example" in str(desk._opened)
    ring.lock()
    desk.forget()
    assert "mila" not in str(desk._opened)
    with pytest.raises(LookUpRefused) as refused:
        desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)
    assert refused.value.why == "locked"


def test_who_asks_too_often_waits_and_a_day_has_an_end(
    desk: People, mila: Contribution, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _time in range(people.BURST):
        desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)
    with pytest.raises(LookUpRefused) as refused:
        desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)
    assert refused.value.why == "often"
    clock.moment = NOW + timedelta(minutes=1)
    assert desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)
    monkeypatch.setattr(people, "PER_DAY", 11)
    clock.moment = NOW + timedelta(hours=2)
    with pytest.raises(LookUpRefused):
        desk.find("far-shore", "mila@quiet.example", "finance-1", WHY)


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[tuple[Path, Path, Vault]]:
    paths = tmp_path / "vault.sock", tmp_path / "desk.sock"
    vault = Vault(KeyRing(tmp_path), *paths)
    vault.start()
    yield *paths, vault
    vault.close()


class Asked:
    """Stands for `People`: the vault's thread can't see a test's open transaction."""

    def find(self, *asked: Any) -> list[UUID]:
        if asked[1] == "locked@x.example":
            raise LookUpRefused("locked", "The people key is locked.")
        assert asked == ("far-shore", "mila@quiet.example", "finance-1", WHY)
        return [UUID(int=7)]

    def open(self, *asked: Any) -> str:
        assert asked == ("far-shore", UUID(int=7), "finance-1", WHY)
        return "mila@quiet.example"

    def forget(self) -> None:
        """Has nothing."""


def test_the_desk_asks_through_its_own_door_and_gets_no_key_in_or_out(
    doors: tuple[Path, Path, Vault],
) -> None:
    _operator, desk, vault = doors
    vault._people = Asked()  # type: ignore[assignment]
    assert stat.S_IMODE(desk.stat().st_mode) == 0o660
    found = client.find(desk, "far-shore", "mila@quiet.example", actor="finance-1", reason=WHY)
    assert found == [UUID(int=7)]
    assert (
        client.open_mail(desk, "far-shore", found[0], actor="finance-1", reason=WHY) == "mila@quiet.example"
    )
    with pytest.raises(client.VaultRefused) as refused:
        client.find(desk, "far-shore", "locked@x.example", actor="finance-1", reason=WHY)
    assert refused.value.why == "locked"
    for wish in (
        {"do": "unlock", "newsroom": "far-shore", "passphrase": "x"},
        {"do": "lock"},
        {"do": "open"},
    ):
        with pytest.raises(client.VaultRefused, match="does not know"):
            client._exchange(desk, wish, "unlocked")


def test_the_operators_door_looks_nobody_up(doors: tuple[Path, Path, Vault]) -> None:
    operator, _desk, vault = doors
    vault._people = Asked()  # type: ignore[assignment]
    with pytest.raises(client.VaultRefused, match="does not know"):
        client.find(operator, "far-shore", "mila@quiet.example", actor="finance-1", reason=WHY)


def test_a_wish_with_a_strange_id_is_answered(doors: tuple[Path, Path, Vault]) -> None:
    wish = {"do": "open", "newsroom": "far-shore", "id": "x", "by": "finance-1", "why": WHY}
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(doors[1]))
        caller.sendall(json.dumps(wish).encode() + b"\n")
        assert "problem" in json.loads(caller.makefile("rb").readline())
