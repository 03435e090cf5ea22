"""Where the demonstration keeps things and on which ports it answers. Plain Python: the supervisor loads no Django."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

NEWSROOM = "far-shore"
ACCOUNT = "The Far Shore"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """One demonstration: a folder and the first of four ports."""

    state: Path
    port: int

    @property
    def mainstay(self) -> str:
        """Mainstay's own address."""
        return f"http://{HOST}:{self.port}"

    @property
    def site(self) -> str:
        """The news site's address."""
        return f"http://{HOST}:{self.port + 1}"

    @property
    def company(self) -> str:
        """The practice payment company's address."""
        return f"http://{HOST}:{self.port + 2}"

    @property
    def mail_port(self) -> int:
        """Where letters are handed over."""
        return self.port + 3

    @property
    def ready(self) -> Path:
        """The file that is there once the newsroom and its history are."""
        return self.state / "ready.json"

    def state_of_things(self) -> str:
        """What a prepared folder was prepared for: these ports, and these migrations of the database."""
        migrations = (Path(__file__).parent.parent / "mainstay").glob("*/migrations/0*.py")
        return json.dumps({"port": self.port, "migrations": sorted(str(path.name) for path in migrations)})

    @property
    def passphrase_file(self) -> Path:
        """The people key's passphrase, in clear: nothing but a demonstration may have such a file."""
        return self.state / "worker" / "passphrase"

    @property
    def keys(self) -> Path:
        """The folder of key files, for the worker alone."""
        return self.state / "worker" / "keys"

    def secrets_file(self, process: str) -> Path:
        """The processor secrets of one process: "web" or "worker"."""
        return self.state / process / "secrets.toml"

    @property
    def company_file(self) -> Path:
        """The payment company's database."""
        return self.state / "company.sqlite3"

    def environment(self, process: str) -> dict[str, str]:
        """What a process of Mainstay is told. The web process is told of no key folder."""
        told = {
            "DJANGO_SETTINGS_MODULE": "mainstay_demo.settings",
            "MAINSTAY_STATE": str(self.state),
            "MAINSTAY_SECRET_KEY": kept_secret(self.state / "secret_key"),
            "MAINSTAY_URL": self.mainstay,
            "MAINSTAY_SMTP_PORT": str(self.mail_port),
            "MAINSTAY_SECRETS_FILE": str(self.secrets_file(process)),
            "DEMO_PORT": str(self.port),
        }
        return told | ({"MAINSTAY_KEYS": str(self.keys)} if process == "worker" else {})


@dataclass(frozen=True)
class CompanyKeys:
    """The newsroom's three keys at the practice payment company."""

    secret: str
    restricted: str
    publishable: str

    @property
    def account(self) -> str:
        """The account as the company's command line takes it."""
        return f"{ACCOUNT}:{self.secret}:{self.restricted}:{self.publishable}"


def company_keys(place: Place) -> CompanyKeys:
    """The keys, made at the first call and kept."""
    path = place.state / "worker" / "company_keys.json"
    if not path.exists():
        made = {kind: f"{kind}_{secrets.token_hex(12)}" for kind in CompanyKeys.__annotations__}
        write_private(path, json.dumps(made))
    return CompanyKeys(**json.loads(path.read_text(encoding="utf-8")))


def this_place() -> Place:
    """The demonstration that this process belongs to, as the supervisor told it."""
    return Place(Path(os.environ["MAINSTAY_STATE"]), int(os.environ["DEMO_PORT"]))


def kept_secret(path: Path) -> str:
    """A random text, made at the first call and kept in a file that its owner alone can read."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8")


def write_private(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
