"""The commands for keys, the log and leaving, as somebody types them: what they say, and their exit codes."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pyrage
import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.sealed import seal_mail
from mainstay.newsrooms import keys
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.sealing.boxes import open_sealed, public_of
from mainstay.sealing.keyfiles import KeyFolder

from .main import main

PASSPHRASE = "five quiet words by the sea"
OTHER = "another long passphrase"


@pytest.fixture
def folder(newsroom: Newsroom, keys_root: Path, settings: Any, tmp_path: Path) -> KeyFolder:
    settings.MAINSTAY_KEYS = str(keys_root)
    settings.MAINSTAY_VAULT_SOCKET = str(tmp_path / "none.sock")
    settings.MAINSTAY_BACKUP_FOR = []
    return KeyFolder(keys_root, newsroom.slug)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def lines(*given: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in given)))

    return lines


def test_from_ceremony_to_paper_and_back(
    newsroom: Newsroom, folder: KeyFolder, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(PASSPHRASE)
    assert main(["keys", "words", "far-shore"]) == 0
    words = [word for _number, word in re.findall(r"\b([12]?\d) ([a-z]+) ", capsys.readouterr().out)]
    assert AuditLine.objects.filter(action="key.on_paper", actor="operator").count() == 1
    words = words[-24:]  # the sentence above the list has a number, too
    folder.destroy_people_keys()
    typed(" ".join(words), OTHER)
    assert main(["keys", "restore", "far-shore"]) == 0
    assert "is back" in capsys.readouterr().out
    assert public_of(folder.people_key(OTHER)) == keys.current(newsroom, PublicKey.Kind.PEOPLE)
    assert AuditLine.objects.filter(action="key.recovered").exists()


def test_a_wrong_word_or_passphrase_is_refused_in_words(
    folder: KeyFolder, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("a wrong passphrase")
    assert main(["keys", "words", "far-shore"]) == 1
    typed("one two three", OTHER)
    assert main(["keys", "restore", "far-shore"]) == 1
    said = capsys.readouterr()
    assert "passphrase does not open" in said.err
    assert "there are 3" in said.err
    assert PASSPHRASE not in said.out + said.err


@pytest.mark.parametrize("kind", ["people", "collection"])
def test_a_rotation_ends_with_one_key(
    newsroom: Newsroom, folder: KeyFolder, typed: Any, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    before = keys.current(newsroom, PublicKey.Kind(kind))
    typed(PASSPHRASE)
    assert main(["keys", "rotate", "far-shore", kind, "--by", "admin-1"]) == 0
    after = keys.current(newsroom, PublicKey.Kind(kind))
    private = folder.people_key(PASSPHRASE) if kind == "people" else folder.collection_key()
    assert after != before
    assert public_of(private) == after
    assert main(["keys", "list", "far-shore"]) == 0
    assert f"{kind}: replace it by" in capsys.readouterr().out


def test_a_rotation_may_keep_what_opens_old_backups(
    newsroom: Newsroom, folder: KeyFolder, typed: Any
) -> None:
    sealed = seal_mail(newsroom, "mila@quiet.example")
    typed(PASSPHRASE)
    assert main(["keys", "rotate", "far-shore", "--keep-old"]) == 0
    assert open_sealed(folder.people_key(PASSPHRASE), newsroom.pk, sealed)["mail"] == "mila@quiet.example"


def test_the_log_is_checked_and_its_head_printed(
    newsroom: Newsroom, folder: KeyFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lock", "--stop", "--by", "admin-1"]) == 0
    capsys.readouterr()
    assert main(["audit", "head"]) == 0
    head = capsys.readouterr().out.strip()
    assert main(["audit", "verify", "--head", head, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"whole": True, "head": head}
    later = f"{int(head.split()[0]) + 1} {head.partition(' ')[2]}"
    assert main(["audit", "verify", "--head", later]) == 1
    assert "the log ends before it" in capsys.readouterr().out
    assert main(["audit", "verify", "--head", "nonsense"]) == 1


def test_a_backup_names_its_receiver_and_a_folder_keeps_the_newest(
    newsroom: Newsroom, folder: KeyFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "backups"
    kept.mkdir()
    assert main(["backup", str(kept)]) == 1
    assert "age1" in capsys.readouterr().err
    for day in ("01", "02", "03"):
        (kept / f"mainstay-2020-01-{day}-000000.age").touch()
    public = str(pyrage.x25519.Identity.generate().to_public())
    assert main(["backup", str(kept), "--for", public, "--keep", "2"]) == 0
    names = sorted(path.name for path in kept.iterdir())
    assert len(names) == 2
    assert names[0] == "mainstay-2020-01-03-000000.age"


def test_shredding_is_refused_without_a_second_person_or_under_a_hold(
    newsroom: Newsroom, folder: KeyFolder, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for pseudonym in ("admin-1", "admin-2"):
        make_staff(pseudonym, "a long enough password", newsroom, "admin")
    assert main(["shred", "far-shore", "--by", "admin-1"]) == 1
    assert main(["shred", "far-shore", "--by", "admin-1", "--propose"]) == 0
    assert main(["shred", "far-shore", "--by", "admin-1", "--approve"]) == 1
    assert main(["shred", "far-shore", "--by", "admin-2", "--approve"]) == 0
    settings.MAINSTAY_LEGAL_HOLD = True
    assert main(["shred", "far-shore", "--by", "admin-1"]) == 1
    assert "MAINSTAY_LEGAL_HOLD" in capsys.readouterr().err
    settings.MAINSTAY_LEGAL_HOLD = False
    assert main(["shred", "far-shore", "--by", "admin-1"]) == 0
    assert not list(folder.path.glob("people*.key"))
    assert list(folder.path.glob("collection*.key"))
