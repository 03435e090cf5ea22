"""What is written comes back equal in another database, and nothing else opens it."""

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from mainstay.audit.log import record
from mainstay.collection.sealed import seal_mail
from mainstay.core.money import Money
from mainstay.ledger.post import post
from mainstay.newsrooms import approvals
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyfiles import KeyFolder
from mainstay.supporters.models import Reminder
from mainstay.supporters.reminders import request_reminder

from . import lock, shred
from .backup import back_up
from .evacuate import evacuate
from .rows import BadDump, tables, take_in
from .sealed_file import NoReceiver, WrongKey, identity, reading, writing

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
ADDRESS = "reader@quiet.example"
OPERATOR = pyrage.x25519.Identity.generate()
PUBLIC = [str(OPERATOR.to_public())]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "operator.txt"
    path.write_text(f"# created by a test\n# public key: {PUBLIC[0]}\n{OPERATOR}\n")
    return path


@pytest.fixture
def house(newsroom: Newsroom) -> Newsroom:
    """A newsroom with money in its books, a promise with an address, a reminder and a log."""
    account = newsroom.processor_accounts.create(processor="sandbox", label="Practice", currencies=["USD"])
    newsroom.contributions.create(
        account=account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        language="en",
        started_on=TODAY,
        code_hash="c" * 64,
        mail_sealed=seal_mail(newsroom, ADDRESS),
    )
    for number in range(3):
        amount = Money(500 + number, "USD")
        post(newsroom, "income:spring", f"processor:{account.pk}", amount, f"payment:{number}", TODAY)
        record("till.reopened", actor="admin-1", day=TODAY, newsroom_id=newsroom.pk)
    request_reminder(newsroom, ADDRESS, "monthly", Money(500, "USD"), "en", NOW)
    return newsroom


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of this version, made once."""
    folder = tmp_path_factory.mktemp("migrated")
    assert elsewhere(folder, folder / "keys", "migrate").returncode == 0
    return folder / "elsewhere"


@pytest.fixture
def new_house(migrated: Path, tmp_path: Path) -> Path:
    """The folder of an installation of its own, empty; its keys' folder is `new-keys` beside it."""
    shutil.copytree(migrated, tmp_path / "elsewhere")
    return tmp_path


def elsewhere(tmp_path: Path, keys: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in an installation of its own: another process, another database, on SQLite."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "mainstay.settings.test",
        "MAINSTAY_STATE": str(tmp_path / "elsewhere"),
        "MAINSTAY_KEYS": str(keys),
    }
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "mainstay.cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_backup_comes_back_equal_and_says_what_it_lost(
    house: Newsroom, keys_root: Path, key_file: Path, tmp_path: Path, new_house: Path
) -> None:
    path = tmp_path / "one.age"
    back_up(path, PUBLIC)
    assert path.stat().st_mode & 0o777 == 0o600
    new_keys = tmp_path / "new-keys"
    told = elsewhere(tmp_path, new_keys, "restore", str(path), "--key", str(key_file))
    assert told.returncode == 0, told.stderr
    assert "1 reminders are lost" in told.stdout
    assert "Missing: far-shore/people.key" in told.stdout
    again = elsewhere(tmp_path, new_keys, "restore", str(path), "--key", str(key_file))
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert elsewhere(tmp_path, new_keys, "audit", "verify").returncode == 0


def test_an_evacuated_house_opens_at_the_new_place(
    house: Newsroom, keys_root: Path, key_file: Path, tmp_path: Path, new_house: Path
) -> None:
    path, new_keys = tmp_path / "house.age", tmp_path / "new-keys"
    evacuate(path, PUBLIC, keys_root, actor="admin-1", now=NOW, progress=lambda done, of: None)
    house.refresh_from_db()
    assert house.gifts_stopped_reason
    assert house.renewals_stopped_reason
    told = elsewhere(tmp_path, new_keys, "restore", str(path), "--key", str(key_file))
    assert told.returncode == 0, told.stderr
    assert "Missing" not in told.stdout
    moved = {path.name for path in (new_keys / "far-shore").rglob("*.key")}
    assert moved == {"collection.key", "people.key"}
    assert (new_keys / "far-shore" / "people.key").read_bytes() == (
        keys_root / "far-shore" / "people.key"
    ).read_bytes()


def test_no_private_key_and_no_address_is_in_a_backup(
    house: Newsroom, keys_root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.age"
    back_up(path, PUBLIC)
    with reading(path, OPERATOR) as stream:
        clear = stream.read()
    assert b"ledger.Transfer" in clear
    folder = KeyFolder(keys_root, "far-shore")
    for private in (folder.collection_key(), *(folder.month_key(month) for month in folder.months())):
        assert private not in clear
        assert private.hex().encode() not in clear
    assert ADDRESS.encode() not in clear
    assert b"far-shore" not in path.read_bytes()


def changed(tmp_path: Path, change: dict[bytes, bytes]) -> Path:
    """A backup that somebody with the key took apart and put together again."""
    back_up(tmp_path / "one.age", PUBLIC)
    with reading(tmp_path / "one.age", OPERATOR) as stream:
        clear = stream.read()
    for before, after in change.items():
        assert before in clear
        clear = clear.replace(before, after)
    with writing(tmp_path / "two.age", PUBLIC) as stream:
        stream.write(clear)
    return tmp_path / "two.age"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({b',502,"USD"': b',501,"USD"'}, "its books"),
        ({b'{"end": "mainstay-backup-1"}\n': b""}, "ends too early"),
        ({b'"actor"': b'"other"'}, "another version"),
        ({b"mainstay-backup-1": b"something-else"}, "no backup of Mainstay"),
        ({b'"admin-1"': b'"admin-2"'}, "log was changed"),
        (
            {
                b'{"table": "alarms.': b'{"newsroom": "..", "name": "people.key", "data": ""}\n{"table": "alarms.'
            },
            "strange name",
        ),
    ],
)
def test_a_changed_file_is_refused_whole(
    house: Newsroom,
    key_file: Path,
    tmp_path: Path,
    new_house: Path,
    change: dict[bytes, bytes],
    sentence: str,
) -> None:
    path = changed(tmp_path, change)
    told = elsewhere(tmp_path, tmp_path / "new-keys", "restore", str(path), "--key", str(key_file))
    assert told.returncode == 1
    assert sentence in told.stderr
    assert (
        "empty"
        not in elsewhere(
            tmp_path, tmp_path / "new-keys", "restore", str(tmp_path / "one.age"), "--key", str(key_file)
        ).stderr
    )


def test_a_wrong_key_a_damaged_file_and_no_receiver_are_refused(tmp_path: Path, key_file: Path) -> None:
    path = tmp_path / "one.age"
    with writing(path, PUBLIC) as stream:
        stream.write(b"line\n" * 10_000)
    assert identity(key_file).to_public() is not None
    with pytest.raises(WrongKey), reading(path, pyrage.x25519.Identity.generate()) as stream:
        stream.read()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WrongKey), reading(path, OPERATOR) as stream:
        stream.read()
    for keys in ([], ["age1nonsense"]):
        with pytest.raises(NoReceiver), writing(tmp_path / "none.age", keys):
            pytest.fail("nothing may be written for nobody")
    assert not (tmp_path / "none.age").exists()


def half_a_backup(path: Path) -> None:
    with writing(path, PUBLIC) as stream:
        stream.write(b"half")
        raise InterruptedError


def test_an_interrupted_backup_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        half_a_backup(tmp_path / "one.age")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_unknown_tables_and_fields_are_refused() -> None:
    for heading in ({"table": "x.Y", "fields": []}, {"table": "audit.AuditLine", "fields": ["number"]}):
        with pytest.raises(BadDump):
            take_in([json.dumps(heading)])
    with pytest.raises(BadDump, match="no heading"):
        take_in(["[1]"])


def test_what_lives_an_hour_is_not_copied() -> None:
    labels = {model._meta.label for model in tables()}
    assert "supporters.Reminder" in labels
    assert "supporters.SignInRequest" not in labels


def test_shredding_needs_two_people_and_leaves_the_books(house: Newsroom, keys_root: Path) -> None:
    for pseudonym in ("admin-1", "admin-2"):
        make_staff(pseudonym, "a long enough password", house, "admin")
    folder = KeyFolder(keys_root, house.slug)
    with pytest.raises(approvals.NotApproved):
        shred.shred(house, keys_root, hold=False, actor="admin-1", now=NOW)
    with pytest.raises(shred.NotAnAdmin, match="somebody"):
        shred.propose(house, actor="somebody", now=NOW)
    shred.propose(house, actor="admin-1", now=NOW)
    with pytest.raises(approvals.NeedsAnother):
        shred.approve(house, actor="admin-1", now=NOW)
    shred.approve(house, actor="admin-2", now=NOW)
    with pytest.raises(shred.LegalHold):
        shred.shred(house, keys_root, hold=True, actor="admin-1", now=NOW)
    assert folder.months()
    done = shred.shred(house, keys_root, hold=False, actor="admin-1", now=NOW)
    assert (done.people_keys, done.reminders) == (1, 1)
    assert [path.name for path in folder.path.rglob("*.key")] == ["collection.key"]
    assert not Reminder.objects.exists()
    assert house.transfers.count() == 3
    house.refresh_from_db()
    assert "people key" in house.gifts_stopped_reason
    assert not house.renewals_stopped_reason


def test_locking_stops_both_switches(house: Newsroom) -> None:
    assert lock.stop_everything(actor="admin-1", now=NOW) == 1
    house.refresh_from_db()
    assert house.gifts_stopped_reason == house.renewals_stopped_reason == lock.REASON


def test_what_is_inside_is_compressed(tmp_path: Path) -> None:
    with writing(tmp_path / "one.age", PUBLIC) as stream:
        assert isinstance(stream, gzip.GzipFile)
        stream.write(b"x" * 1_000_000)
    assert (tmp_path / "one.age").stat().st_size < 10_000
    with reading(tmp_path / "one.age", OPERATOR) as stream:
        assert io.BytesIO(stream.read()).getbuffer().nbytes == 1_000_000
