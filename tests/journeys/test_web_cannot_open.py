"""The web process can't open anything: it runs as another system user, and all that it may read is searched for a key.

The search knows the private keys and looks for each as it is, in hexadecimal and in base 64: in the environment and the
open files of every web process, and, as the web's user, in every file of the installation and of the usual places.
"""

import base64
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mainstay.collection.sealed import seal_mail
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.sealing.boxes import SealingKey, open_sealed, seal
from mainstay.sealing.keyfiles import KeyFolder
from mainstay.sealing.keyring import KeyRing
from tools.ports import free_port

pytestmark = pytest.mark.journey

NOBODY = 65534
PASSPHRASE, PASSWORD = "correct horse battery", "a long enough password"
PYTHONPATH = f"{Path(__file__).resolve().parents[2] / 'src'}:{sysconfig.get_path('purelib')}"
PLACES = ("/etc", "/run", "/var/tmp", "/dev/shm")
LARGEST_FILE_BYTES = 20_000_000

SEARCH = textwrap.dedent(
    """
    import os, sys
    needles = [bytes.fromhex(line) for line in sys.stdin.read().split()]
    read = 0
    for root in sys.argv[2:]:
        for folder, _folders, files in os.walk(root):
            for name in files:
                path = os.path.join(folder, name)
                try:
                    if not os.path.isfile(path) or os.path.getsize(path) > int(sys.argv[1]):
                        continue
                    with open(path, "rb") as handle:
                        content = handle.read()
                except OSError:
                    continue
                read += 1
                if any(needle in content for needle in needles):
                    print("FOUND", path)
    print("read", read)
    """
)


@dataclass
class Installation:
    """A running web process as another user, and the keys that it must not have."""

    root: Path
    python: str
    web: subprocess.Popen[bytes]
    private_keys: list[bytes]

    def needles(self) -> list[bytes]:
        """Each private key in the forms in which files and environments hold keys."""
        forms = []
        for key in self.private_keys:
            forms += [key, key.hex().encode(), base64.b64encode(key)[:42], base64.urlsafe_b64encode(key)[:42]]
        return forms

    def search_as_web(self) -> tuple[list[str], int]:
        """Files with a key that the web's user can read, and how many files were read."""
        answer = subprocess.run(
            [self.python, "-c", SEARCH, str(LARGEST_FILE_BYTES), str(self.root), *PLACES],
            input=b"\n".join(needle.hex().encode() for needle in self.needles()),
            stdout=subprocess.PIPE,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            check=True,
        ).stdout.decode()
        found = [line.removeprefix("FOUND ") for line in answer.splitlines() if line.startswith("FOUND ")]
        return found, int(answer.split()[-1])

    def processes(self) -> list[int]:
        """The web process and all its children."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                parents.setdefault(parent, []).append(int(entry.name))
        family, waiting = [], [self.web.pid]
        while waiting:
            family.append(waiting.pop())
            waiting += parents.get(family[-1], [])
        return family


def _interpreter() -> str:
    """A Python of this version that the other user may run, with this one's packages; else the test says why not."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/python{version}"):
        try:
            subprocess.run(
                [candidate, "-c", "import django, granian, nacl, mainstay.cli.main"],
                env={"PYTHONPATH": PYTHONPATH, "PYTHONDONTWRITEBYTECODE": "1"},
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip("no Python that another system user may run has the program's packages on this machine")


def _mainstay(environment: dict[str, str], *arguments: str, given: str = "") -> None:
    command = [sys.executable, "-m", "mainstay.cli.main", *arguments]
    subprocess.run(command, env=environment, input=given.encode(), check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def installation() -> Iterator[Installation]:
    if os.geteuid() != 0:
        pytest.skip("this test starts the web process as another user, which only root may do")
    python = _interpreter()
    # A folder of its own: pytest closes its temporary folders to other users.
    root, port = Path(tempfile.mkdtemp(prefix="mainstay-installation-")), free_port()
    root.chmod(0o755)
    state, keys = root / "state", root / "keys"
    state.mkdir()
    keys.mkdir(mode=0o700)
    web_environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": PYTHONPATH,
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "mainstay.settings.live",
        "MAINSTAY_STATE": str(state),
        "MAINSTAY_SECRET_KEY": uuid.uuid4().hex * 2,
        "DATABASE_URL": f"sqlite:///{state}/mainstay.sqlite3",
    }
    worker_environment = {**web_environment, "MAINSTAY_KEYS": str(keys)}
    _mainstay(worker_environment, "migrate")
    names = [
        "--name",
        "The Far Shore",
        "--legal-name",
        "Far Shore Press",
        "--statement-name",
        "FARSHORE PRESS",
    ]
    places = ["--site", "https://example.org/", "--mail-from", "letters@example.org", "--admin", "admin-1"]
    _mainstay(worker_environment, "init", "far-shore", *names, *places, given=f"{PASSPHRASE}\n{PASSWORD}\n")
    for path in (state, *state.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    web = subprocess.Popen(
        [python, "-m", "mainstay.cli.main", "serve", "--port", str(port)],
        env=web_environment,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/desk/")
        folder = KeyFolder(keys, "far-shore")
        months = [folder.month_key(month) for month in folder.months()]
        yield Installation(
            root, python, web, [folder.collection_key(), folder.people_key(PASSPHRASE), *months]
        )
    finally:
        web.terminate()
        web.wait(20)
        shutil.rmtree(root)


def _wait_for(address: str) -> None:
    for _time in range(150):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the web process did not answer")


def test_nothing_the_web_may_read_holds_a_key(installation: Installation) -> None:
    found, read = installation.search_as_web()
    assert found == []
    assert read > 20


def test_environment_and_open_files_of_the_web_hold_no_key(installation: Installation) -> None:
    family = installation.processes()
    assert family
    for process in family:
        environment = Path(f"/proc/{process}/environ").read_bytes()
        assert not any(needle in environment for needle in installation.needles())
        assert b"MAINSTAY_KEYS" not in environment
        for link in Path(f"/proc/{process}/fd").iterdir():
            assert not os.readlink(link).endswith(".key")


def test_the_search_finds_a_key_that_lies_open(installation: Installation) -> None:
    careless = installation.root / "state" / "copy-of-the-key.txt"
    careless.write_text(f"collection {installation.private_keys[0].hex()}\n", encoding="ascii")
    careless.chmod(0o644)
    assert installation.search_as_web()[0] == [str(careless)]


@pytest.mark.django_db
def test_those_keys_open_what_the_web_seals(newsroom: Newsroom, ring: KeyRing) -> None:
    private = ring.people_key(newsroom.slug)
    assert private
    assert open_sealed(private, newsroom.pk, seal_mail(newsroom, "reader@example.org")) == {
        "mail": "reader@example.org"
    }
    public = newsroom.public_keys.get(kind=PublicKey.Kind.COLLECTION).public
    planted = seal(SealingKey(newsroom.pk, bytes(public)), {"token": "tok"})
    assert open_sealed(ring.collection_key(newsroom.slug), newsroom.pk, planted) == {"token": "tok"}
