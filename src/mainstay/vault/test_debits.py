"""The worker gives a file for the bank to those who may have it, writes it down, and to nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.checkout import Draft
from mainstay.collection.debit_files import make_file, mark_sent
from mainstay.collection.debit_signing import sign
from mainstay.collection.models import DebitFile
from mainstay.core.clock import FixedClock
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.processors.debit.holder import Holder
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.keyring import KeyRing

from .debits import debit_file
from .people import LookUpRefused
from .unlock import Vault

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
READER = "FR7630006000011234567890189"
SETTINGS = {"name": "Far Shore", "iban": "DE89370400440532013000", "creditor_id": "DE98ZZZ09999999999"}


@pytest.fixture
def file(newsroom: Newsroom, settings: Any, tmp_path: Path) -> Iterator[DebitFile]:
    """A file with one debit, and two members of staff."""
    for name, role in (("heron", "finance"), ("wren", "editor")):
        make_staff(name, "a long enough password", newsroom, role)
    account = ProcessorAccount.objects.create(
        newsroom=newsroom, processor="debit", label="Debits", settings=SETTINGS
    )
    secrets = tmp_path / "debit-secrets.toml"
    secrets.write_text(f'[accounts."{account.pk}"]\n', encoding="utf-8")
    settings.MAINSTAY_SECRETS_FILE = str(secrets)
    forget_adapters()
    draft = Draft("monthly", Money(500, "EUR"), "en", way=str(account.pk))
    sign(newsroom, draft, new_checkout_key(), Holder("Ada Reader", READER), NOW)
    yield make_file(account, actor="heron", now=NOW)
    forget_adapters()


def fetch(ring: KeyRing, file_id: Any, actor: str = "heron") -> bytes:
    return debit_file(ring, FixedClock(NOW), "far-shore", file_id, actor)


def test_the_file_is_given_and_written_down_each_time(file: DebitFile, ring: KeyRing) -> None:
    assert fetch(ring, file.pk) == fetch(ring, file.pk)
    assert READER.encode() in fetch(ring, file.pk)
    lines = AuditLine.objects.filter(action="debits.fetched", actor="heron", subject=str(file.pk))
    assert lines.count() == 3
    assert READER not in str(list(lines.values()))


def test_who_may_not_or_can_not_gets_nothing(file: DebitFile, ring: KeyRing) -> None:
    for actor, file_id, why in (
        ("wren", file.pk, "role"),
        ("nobody", file.pk, "role"),
        ("heron", uuid4(), "file"),
    ):
        with pytest.raises(LookUpRefused) as refused:
            fetch(ring, file_id, actor)
        assert refused.value.why == why
    ring.lock()
    with pytest.raises(LookUpRefused) as locked:
        fetch(ring, file.pk)
    assert locked.value.why == "locked"


def test_a_sent_file_is_not_given_again(file: DebitFile, ring: KeyRing) -> None:
    fetch(ring, file.pk)
    mark_sent(file)
    with pytest.raises(LookUpRefused) as refused:
        fetch(ring, file.pk)
    assert refused.value.why == "file"


def test_settings_that_make_no_file_are_told_and_the_door_stays(file: DebitFile, ring: KeyRing) -> None:
    ProcessorAccount.objects.update(settings={"name": "", "iban": "x"})
    with pytest.raises(LookUpRefused) as refused:
        fetch(ring, file.pk)
    assert refused.value.why == "file"


def test_through_the_desks_door(file: DebitFile, ring: KeyRing, tmp_path: Path) -> None:
    vault = Vault(ring, tmp_path / "vault.sock", tmp_path / "desk.sock", FixedClock(NOW))
    ask = {"do": "debits", "newsroom": "far-shore", "file": str(file.pk), "by": "heron"}
    assert "file" in vault._look_up(ask)
    assert vault._look_up(ask | {"by": "wren"})["why"] == "role"
    assert "problem" in vault._look_up(ask | {"file": "none"})
    assert "problem" in vault._operate(ask)
