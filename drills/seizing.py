"""Inside the house that will be seized: planted supporters go every way through it, and 45 days pass.

One process with the house's settings, on the database that it is told; `seizure` starts it.
The payment company listens beside it, and keeps its file elsewhere.
"""

import json
import logging
import os
import re
import shutil
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from benchmarks.measuring import asked_of
from mainstay_sandbox.cards import BY_NAME
from mainstay_sandbox.near import running_company
from mainstay_sandbox.webhooks import sign

from . import at_the_bank, post, scene
from .card_sides import SECRET
from .company import SHOP, Shared
from .planted import Planted, supporters

SUPPORT, MY = f"/support/{scene.SLUG}/", f"/my/{scene.SLUG}/"
MARK = re.compile(r'name="mark" value="([0-9a-f]+)"')
CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b")
LINK = re.compile(r"https?://\S+/link/[\w-]+/?\S*")
REFUSED_COUNTRY = "RU"
DESIGNATED = "GE"
STAFF = "drill-heron"
DAYS, STEP = 45, 3
BETWEEN_READERS = timedelta(minutes=20)
"""So many refused cards at once would make the card page wait, as it should."""
SERVICE_SECRET = "collection.key"
KEY_BYTES = 32
LOOKED_UP = 8
"""Staff may look up few people at once."""


class Broken(RuntimeError):
    """What is raised in the middle of a payment: its words carry what the reader typed, as real ones do."""


class House:
    """The house, its newsroom and its company."""

    def __init__(self, folder: Path, address: str, shared: Shared, seen: Counter[str]) -> None:
        from mainstay.newsrooms.models import newsroom_by_slug

        self.newsroom = newsroom_by_slug(scene.SLUG)
        self.account = self.newsroom.processor_accounts.get()
        self.scene = scene.Scene(shared, folder, scene.unlocked_ring())
        self.address, self.seen = address, seen

    def token(self, number: str) -> str:
        """A card as the company's fields make it a token: directly, and not through us."""
        import httpx

        card = {"number": number, "exp_month": 12, "exp_year": 2049, "cvc": "123"}
        told = {"Authorization": f"Bearer {SHOP.publishable_key}"}
        return str(
            httpx.post(f"{self.address}/v1/tokens", json=card, headers=told, trust_env=False).json()["id"]
        )


class Reader:
    """One supporter at a browser: every request carries everything that can be planted in one."""

    def __init__(self, house: House, who: Planted) -> None:
        self.house, self.who, self.code = house, who, ""
        self.fresh()

    def fresh(self) -> None:
        """Another browser, without cookies."""
        from django.test import Client

        self.client = Client(
            raise_request_exception=False, REMOTE_ADDR=self.who.values["ip"], headers=self.who.headers
        )

    def get(self, path: str) -> Any:
        """Fetches a page, with something in its address that nobody asked for."""
        return self._seen(self.client.get(path, {"utm_content": self.who.values["note"]}))

    def post(self, path: str, **fields: str) -> Any:
        """Sends a form, with fields that nobody asked for."""
        return self._seen(self.client.post(path, {**self.who.unasked, **fields}))

    def _seen(self, answer: Any) -> Any:
        self.house.seen[f"answers {answer.status_code // 100}xx"] += 1
        return answer

    def choose(self, frequency: str = "monthly") -> None:
        """*Continue*."""
        amounts = {f"amount_{name}": "5000" for name in ("once", "monthly", "annual")}
        self.post(SUPPORT, frequency=frequency, currency="USD", src="1.spring.a.world", **amounts)

    def pay(self, number: str) -> str:
        """*Pay*; returns where it led to."""
        page = self.get(f"{SUPPORT}card/").content.decode()
        found, code = MARK.search(page), CODE.search(page)
        self.code = code[0] if code else self.code
        token = self.house.token(number)
        mark = found[1] if found else ""
        answer = self.post(f"{SUPPORT}pay/", mark=mark, token=token, mail=self.who.values["mail"])
        return str(urlsplit(answer.headers.get("Location", str(answer.status_code))).path)

    def give(self, number: str, frequency: str, wanted: str) -> None:
        """Chooses and pays, and notes when that did not lead where it must."""
        self.choose(frequency)
        at = self.pay(number)
        self.house.seen[f"ended at {wanted}" if wanted in at else f"LOST: {at} and not {wanted}"] += 1


def _all_ways(reader: Reader) -> None:
    _before_paying(reader)
    _remind(reader)
    for number, wanted in ((_card("issued_ru"), "refused/"), (_card("unknown"), "status/")):
        reader.fresh()
        reader.give(number, "once", wanted)
    _in_the_middle(reader)
    reader.fresh()
    reader.give(_card("declined"), "monthly", "card/")
    reader.give(reader.who.card_number, "monthly", "thanks/")
    for page in ("thanks/", "receipt/", "dates.ics", "status/", "return/?intent=in_1&amount=1"):
        reader.get(SUPPORT + page)
    _hooks(reader)
    _own_page(reader)
    at_the_bank.sign(reader, _mark_on)


def _mark_on(page: str) -> str:
    found = MARK.search(page)
    return found[1] if found else ""


def _card(name: str) -> str:
    return BY_NAME[name].number


def _before_paying(reader: Reader) -> None:
    for path in (
        "/ask/v1.js",
        f"/ask/{scene.SLUG}.json",
        SUPPORT,
        f"{SUPPORT}ways/",
        f"{SUPPORT}refused/",
        "/my/",
    ):
        reader.get(path)
    reader.get(f"/nowhere/{reader.who.values['card']}")
    reader.post(SUPPORT, frequency="once", currency="USD", amount_once="5000", answer="home", country="RU")


def _remind(reader: Reader) -> None:
    """One that is sent next month, and one that is called off."""
    from mainstay.supporters.models import Reminder

    mail = reader.who.values["mail"]
    reader.post(f"{SUPPORT}remind/", mail=mail, frequency="monthly", amount="5000")
    before = set(Reminder.objects.values_list("pk", flat=True))
    body = json.dumps({"mail": mail, "frequency": "monthly", "note": reader.who.values["note"]})
    reader.client.post(f"/ask/{scene.SLUG}/remind", body, content_type="application/json")
    reader.post(f"{SUPPORT}remind/", mail=f"{mail}.", frequency="monthly")
    reader.post(f"{SUPPORT}remind/", mail=mail, frequency="annual")
    for pk in set(Reminder.objects.values_list("pk", flat=True)) - before:
        reader.post(f"/my/unsubscribe/{pk}/")
        reader.house.seen["reminders called off"] += 1


def _in_the_middle(reader: Reader) -> None:
    """An error that nobody foresaw, with everything that was typed in its words and in the variables around it."""
    words = " ".join(reader.who.values.values())
    reader.fresh()
    with mock.patch("mainstay.site.support.paying.pay", side_effect=Broken(words)):
        reader.choose("once")
        at = reader.pay(reader.who.card_number)
    reader.house.seen["errors on the way" if at == "500" else f"LOST: {at} and not 500"] += 1


def _hooks(reader: Reader) -> None:
    """What a payment company tells of a payer, twice; then the same, forged."""
    body = json.dumps(
        {
            "id": f"evt_{reader.who.values['card']}",
            "type": "intent.succeeded",
            "object": {"kind": "intent", "id": f"in_none{reader.who.number}"},
            "billing": dict(reader.who.values),
            "card": {"last4": reader.who.card_number[-4:], "country": reader.who.country},
        }
    ).encode()
    moment = int(reader.house.scene.shared.moment)
    for secret, wanted in ((SECRET, 200), (SECRET, 200), ("whsec_forged", 400)):
        answer = reader.client.post(
            f"/hooks/sandbox/{reader.house.account.pk}/",
            body,
            content_type="application/json",
            headers={"Sandbox-Signature": sign([secret], moment, body)},
        )
        reader.house.seen["webhooks" if answer.status_code == wanted else "LOST: a webhook"] += 1


def _own_page(reader: Reader) -> None:
    reader.fresh()
    opened = reader.post(MY, code=reader.code)
    page = reader.get(opened.headers.get("Location", MY)).headers.get("Location", "")
    reader.house.seen["own pages opened" if "/page/" in page else "LOST: own page"] += 1
    mail, path = reader.who.values["mail"], page.split("?")[0]
    _each_button(reader, path, mail)
    for paper in ("data.json", "card/", f"{reader.house.scene.now.year}.txt"):
        reader.get(path + paper)
    reader.post(f"{path}card/", token=reader.house.token(reader.who.card_number))
    if reader.who.number % 3 == 1:
        reader.post(f"{path}stop/")
        reader.post(f"{path}why/", reason=reader.who.values["note"])
    reader.post(f"{MY}lost/", day=f"{reader.house.scene.now:%Y-%m-%d}", amount="50", currency="USD")
    reader.post(MY, code=reader.who.values["card"])
    reader.post(f"{MY}link/", mail=mail)


def _each_button(reader: Reader, path: str, mail: str) -> None:
    for what, fields in (
        ("mail", {"mail": "not an address"}),
        ("no-mail", {}),
        ("mail", {"mail": mail}),
        ("change", {"amount": "51", "frequency": "monthly"}),
        ("day", {"day": "28"}),
        ("pause", {"months": "1"}),
        ("resume", {}),
    ):
        reader.post(f"{path}{what}/", **fields)


def _by_link(reader: Reader) -> None:
    """The mailed link, which the worker has sent meanwhile. Some then want to be forgotten."""
    found = [LINK.search(letter) for letter in post.letters_to(reader.who.values["mail"])]
    addresses = [urlsplit(match[0]).path for match in found if match]
    reader.house.seen["links mailed"] += bool(addresses)
    for address in addresses:
        reader.fresh()
        reader.get(address)
        pages = reader.post(address).headers.get("Location", MY)
        page = reader.get(pages).headers.get("Location", pages).split("?")[0]
        reader.get(page)
        if reader.who.number % 5 == 2:
            reader.post(f"{page}forget/")


def _desk(house: House, readers: list[Reader]) -> None:
    """Staff look people up, see everything, and give money back."""
    from django.test import Client

    from mainstay.collection.models import Payment
    from mainstay.newsrooms.found import make_staff

    desk = Client(raise_request_exception=False)
    desk.force_login(make_staff(STAFF, "four unrelated words here", house.newsroom, "admin"))
    for reader in readers[:LOOKED_UP]:
        sent = {"mail": reader.who.values["mail"], "reason": "a question of theirs"}
        answer = desk.post("/desk/people/find/", sent)
        house.seen["looked up" if answer.status_code == 200 else "LOST: not looked up"] += 1
    for path in ("today", "contributions", "people", "money", "lost-codes", "log", "till"):
        desk.get(f"/desk/{path}/")
    for pk in Payment.objects.order_by("pk").values_list("pk", flat=True)[: len(readers) // 4]:
        page = desk.get(f"/desk/payments/{pk}/refund/").content.decode()
        token = re.search(r'name="request_token" value="([\w-]+)"', page)
        sent = {"amount": "1", "reason": "asked", "request_token": token[1] if token else ""}
        answer = desk.post(f"/desk/payments/{pk}/refund/", sent)
        house.seen["refunds" if answer.status_code == 302 else "LOST: no refund"] += 1


def _designation(house: House) -> None:
    from mainstay.collection.designation import designate
    from mainstay.newsrooms.countries import set_rule
    from mainstay.newsrooms.policy import REFUSED

    now = house.scene.now
    set_rule(house.newsroom, DESIGNATED, REFUSED, reason="a new law", actor=STAFF, now=now)
    for counts in designate(house.newsroom, DESIGNATED, house.scene.ring, actor=STAFF, now=now):
        house.seen["stopped by designation"] = sum(counts.values()) - counts["kept"]  # type: ignore[index]


def _days_pass(house: House, readers: list[Reader]) -> None:
    for _ in range(DAYS // STEP):
        house.scene.pass_time(timedelta(days=STEP))
        house.scene.work()
    house.scene.work()
    gone = sum(len(post.letters_to(reader.who.values["mail"])) for reader in readers)
    house.seen["letters sent"] = gone


def _act(people: int, seed: int, folder: Path) -> dict[str, Any]:
    shared = Shared(scene.BEGUN.timestamp())
    seen: Counter[str] = Counter()
    elsewhere = folder / "elsewhere"
    scene.set_up(folder / "house", shared, os.environ["DATABASE_URL"])
    _own_settings()
    company = running_company(elsewhere / "company.sqlite3", (SHOP,), lambda: shared.moment)
    with company as (address, _store):
        scene.found(address)
        house = House(folder, address, shared, seen)
        house.newsroom.country_rules.create(country=REFUSED_COUNTRY, state="refuse")
        readers = [Reader(house, who) for who in supporters(people, seed)]
        _go(house, readers)
        answer = _told(house, readers)
    return {**answer, "seen": seen}


def _go(house: House, readers: list[Reader]) -> None:
    from django.conf import settings

    from mainstay.vault.unlock import Vault

    vault = Vault(house.scene.ring, Path(settings.MAINSTAY_VAULT_SOCKET), Path(settings.MAINSTAY_DESK_SOCKET))
    vault.start()
    at_the_bank.open_account(house)
    for reader in readers:
        _all_ways(reader)
        house.scene.pass_time(BETWEEN_READERS)
    for reader in readers:
        reader.fresh()
        reader.post(f"{MY}link/", mail=reader.who.values["mail"])
    _as_it_lies("in-the-middle")
    house.scene.work()
    for reader in readers:
        _by_link(reader)
    _desk(house, readers)
    _designation(house)
    statement = at_the_bank.read_statement(house, readers, STAFF)
    tried = at_the_bank.found_by_trying(statement)
    house.seen["transfers found by trying their words, at once"] = tried
    if tried != len(readers):
        house.seen["LOST: words of transfers that can't be tried at once, so the drill would see nothing"] = (
            tried
        )
    _days_pass(house, readers)
    if left := at_the_bank.found_by_trying(statement):
        house.seen["LOST: words of old transfers found by trying"] = left
    vault.close()


def _own_settings() -> None:
    """A mail server to look into. What the process says goes into a file of the house, as a journal would keep it."""
    from django.conf import settings

    settings.EMAIL_BACKEND = "drills.post.Post"
    settings.SECRET_KEY = os.environ["MAINSTAY_SECRET_KEY"]
    logs = settings.STATE / "logs"
    logs.mkdir()
    written = os.open(logs / "mainstay.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sys.stderr.flush()
    os.dup2(written, 2)
    logging.getLogger("mainstay").info("begun")


def _told(house: House, readers: list[Reader]) -> dict[str, Any]:
    """What only the inside knows: codes, remote ids, and what the tables themselves say."""
    from . import tables

    _back_up()
    rows = Path(os.environ["MAINSTAY_STATE"]) / "rows.txt"
    rows.write_bytes(b"\n".join(tables.as_lines()))
    _as_it_lies("in-the-end")
    return {
        "codes": {reader.who.number: reader.code for reader in readers},
        "wrong": list(tables.finer_than_allowed()),
        "cards": tables.cells_equal_to({*_facts(readers)}),
        "opened": len(tables.opened_with(_keys_lying_about())),
    }


def _keys_lying_about() -> list[bytes]:
    """What may be a private key in the house, but for the service secret, which is no file of the house."""
    files = Path(os.environ["MAINSTAY_STATE"]).rglob("*")
    return [
        path.read_bytes()
        for path in files
        if path.is_file() and path.stat().st_size == KEY_BYTES and path.name != SERVICE_SECRET
    ]


def _facts(readers: list[Reader]) -> list[str]:
    return [word for reader in readers for word in (reader.who.card_number[-4:], reader.who.country)]


def _as_it_lies(name: str) -> None:
    """Copies SQLite's files while the house runs: when its last process ends, SQLite takes its log away."""
    from django.conf import settings

    folder = settings.STATE / name
    folder.mkdir()
    for path in settings.STATE.glob("mainstay.sqlite3*"):
        shutil.copyfile(path, folder / path.name)


def _back_up() -> None:
    from mainstay.moving.backup import back_up

    folder = Path(os.environ["MAINSTAY_STATE"]) / "backups"
    folder.mkdir()
    back_up(folder / "mainstay.age", [os.environ["DRILL_OPERATOR"]])


if __name__ == "__main__":
    asked = asked_of()
    print(json.dumps(_act(asked["people"], asked["seed"], Path(asked["folder"]))))
