"""Everybody's addresses leave only with two people's word, once, and for one key."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pyrage
import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.sealed import seal_mail
from mainstay.core.clock import FixedClock
from mainstay.newsrooms import approvals
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom, Proposal
from mainstay.sealing.keyring import KeyRing

from . import client
from .export import BadReceiver, export, propose
from .people import LookUpRefused
from .unlock import Vault

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
OURS = pyrage.x25519.Identity.generate()


@pytest.fixture
def house(newsroom: Newsroom) -> Newsroom:
    """Two admins, and three promises: two with an address, one of which is a formula for a spreadsheet."""
    account = newsroom.processor_accounts.create(processor="sandbox", label="Practice", currencies=["USD"])
    for name in ("heron", "wren"):
        make_staff(name, "a long enough password", newsroom, "admin")
    for number, mail in enumerate(("mila@quiet.example", "=sum@quiet.example", "")):
        newsroom.contributions.create(
            account=account,
            frequency="monthly",
            amount_minor=500,
            currency="USD",
            language="en",
            started_on=NOW.date(),
            code_hash=str(number) * 64,
            mail_sealed=seal_mail(newsroom, mail) if mail else None,
        )
    return newsroom


def proposed(house: Newsroom) -> Proposal:
    return propose(house, str(OURS.to_public()), "moving to a new list", actor="heron", now=NOW)


def fetch(ring: KeyRing, proposal: Proposal, actor: str = "heron", **later: int) -> bytes:
    return export(ring, FixedClock(NOW + timedelta(**later)), "far-shore", proposal.pk, actor)


def test_two_people_make_a_file_that_one_key_opens(house: Newsroom, ring: KeyRing) -> None:
    proposal = proposed(house)
    approvals.approve(proposal.pk, actor="wren", now=NOW)
    file = fetch(ring, proposal)
    assert b"quiet" not in file
    lines = pyrage.decrypt(file, [OURS]).decode().splitlines()
    assert lines[0].startswith("mail,frequency,amount")
    assert sorted(line.split(",")[:4] for line in lines[1:]) == [
        ["'=sum@quiet.example", "monthly", "5.00", "USD"],
        ["mila@quiet.example", "monthly", "5.00", "USD"],
    ]
    done = AuditLine.objects.order_by("number").last()
    assert done is not None
    assert (done.action, done.actor, done.detail["rows"]) == ("people.exported", "heron", 2)
    with pytest.raises(LookUpRefused, match="Two people"):
        fetch(ring, proposal)


def test_another_key_than_the_approved_one_gets_nothing(house: Newsroom, ring: KeyRing) -> None:
    approvals.approve(proposed(house).pk, actor="wren", now=NOW)
    theirs = str(pyrage.x25519.Identity.generate().to_public())
    other = propose(house, theirs, "moving to a new list", actor="heron", now=NOW)
    with pytest.raises(LookUpRefused) as refused:
        fetch(ring, other)
    assert refused.value.why == "approval"


REFUSED: dict[str, tuple[str, Callable[[KeyRing, Proposal], bytes]]] = {
    "not approved": ("approval", fetch),
    "another person": ("role", lambda ring, proposal: fetch(ring, proposal, "wren")),
    "a week later": ("approval", lambda ring, proposal: fetch(ring, proposal, days=7)),
    "nothing proposed": (
        "role",
        lambda ring, proposal: export(ring, FixedClock(NOW), "far-shore", uuid4(), "heron"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_without_it_all_nothing_leaves(house: Newsroom, ring: KeyRing, case: str) -> None:
    proposal, (why, way) = proposed(house), REFUSED[case]
    if case != "not approved":
        approvals.approve(proposal.pk, actor="wren", now=NOW)
    with pytest.raises(LookUpRefused) as refused:
        way(ring, proposal)
    assert refused.value.why == why
    assert not AuditLine.objects.filter(action="people.exported").exists()


def test_while_the_key_is_locked_the_approval_stays(house: Newsroom, ring: KeyRing) -> None:
    proposal = proposed(house)
    approvals.approve(proposal.pk, actor="wren", now=NOW)
    ring.lock()
    with pytest.raises(LookUpRefused) as refused:
        fetch(ring, proposal)
    assert refused.value.why == "locked"
    assert approvals.approved(house, NOW.date()).exists()


@pytest.mark.parametrize(
    "receiver",
    ["", "age1", "ssh-ed25519 AAAA", str(OURS)],
    ids=["none", "cut off", "another kind", "a private key"],
)
def test_only_a_public_key_receives(house: Newsroom, receiver: str) -> None:
    with pytest.raises(BadReceiver):
        propose(house, receiver, "moving", actor="heron", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_file_comes_through_the_desks_socket(tmp_path: Path, ring: KeyRing) -> None:
    vault = Vault(ring, tmp_path / "v.sock", tmp_path / "d.sock", time=FixedClock(NOW))
    vault.start()
    try:
        with pytest.raises(client.VaultRefused) as refused:
            client.export(tmp_path / "d.sock", "far-shore", uuid4(), actor="heron")
        with pytest.raises(client.VaultRefused):
            client.export(tmp_path / "v.sock", "far-shore", uuid4(), actor="heron")
    finally:
        vault.close()
    assert refused.value.why == "role"
