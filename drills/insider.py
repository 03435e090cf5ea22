"""One person tries everything: every page of the desk with every role, and every way to act as two people.

The person is an admin who may sign in. They approve their own proposals, make another account, raise an old one, take
a colleague's with a code, shut the colleagues out, and wait up to six days, each time to export all addresses, to
loosen the rule for a country, and to have the keys destroyed. The control: two real admins must succeed at once.
Whose page is whose is written down here a second time, by the first word of its address.
"""

import json
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report
from .scene import one_clock

BEGUN = 1_790_000_000.0
HOUR = 3600
WAITS_HOURS = (0, 25, 144)
MOST_OPENED_IN_A_DAY = 100
PASSWORD = "four unrelated words here"
FINANCE, WRITER, ADMIN = {"finance", "admin"}, {"editor", "admin"}, {"admin"}
WHOSE = {
    "": FINANCE | WRITER,
    "today": FINANCE | WRITER,
    "account": FINANCE | WRITER,
    "message": WRITER,
    "contributions": FINANCE,
    "payments": FINANCE,
    "people": FINANCE,
    "lost-codes": FINANCE,
    "till": FINANCE,
    "money": FINANCE,
    "countries": ADMIN,
    "approvals": ADMIN,
    "staff": ADMIN,
    "settings": ADMIN,
    "log": ADMIN,
}
OPEN = {"sign-in", "sign-out"}
ROLES = ("editor", "finance", "admin")
Person = Any


def run(part: float = 1.0) -> Report:
    """All of it, in a process of its own, on a database that vanishes. A part of the drill waits one time alone."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        answer = in_child("drills.insider", told, whole=part >= 1)
    return Report("insider", answer["counts"], answer["differences"])


def _in_the_child(whole: bool) -> dict[str, Any]:
    now = SimpleNamespace(moment=BEGUN)
    one_clock(now)
    house = House(countries.set_up(), now, MOST_OPENED_IN_A_DAY + 20)
    asked, answered = house.every_page()
    tried, succeeded, control = house.every_act(WAITS_HOURS if whole else WAITS_HOURS[1:2])
    opened = house.addresses_in_a_day()
    counts = {
        "requests of a role to a page that is not its own": asked,
        "answered": len(answered),
        "tries of one person to act as two": tried,
        "succeeded": len(succeeded),
        "acts of two people that went through (control)": control,
        "addresses that one person opens in a day": opened,
    }
    differences = [*answered, *succeeded]
    if control != len(ACTS):
        differences.append(
            f"two people could do {control} of {len(ACTS)} acts, so the drill would see nothing"
        )
    if opened > MOST_OPENED_IN_A_DAY:
        differences.append(f"one person opened {opened} addresses in a day")
    return {"counts": counts, "differences": differences}


class House:
    """A newsroom with its staff and supporters, an unlocked vault, and a clock that can be moved."""

    def __init__(self, newsroom: Any, now: Any, people: int) -> None:
        from django.conf import settings

        from mainstay.newsrooms.found import make_staff
        from mainstay.sealing.keyring import KeyRing

        self.newsroom, self.now = newsroom, now
        self.ring = KeyRing(Path(settings.MAINSTAY_KEYS))
        self.ring.unlock(newsroom.slug, "five quiet words")
        for pseudonym, role in (("editor", "editor"), ("finance", "finance"), ("insider", "admin")):
            make_staff(pseudonym, PASSWORD, newsroom, role)
        newsroom.country_rules.update_or_create(country="RU", defaults={"state": "refuse"})
        make_staff("colleague", PASSWORD, newsroom, "admin")
        make_staff("left-long-ago", PASSWORD, newsroom, "admin")
        _support(newsroom, people)
        self._shut_out_long_ago()
        self._let_the_desk_ask_here()

    def _shut_out_long_ago(self) -> None:
        from mainstay.core.clock import clock
        from mainstay.newsrooms import staffing
        from mainstay.newsrooms.models import Staff

        left = Staff.objects.get(pseudonym="left-long-ago")
        then = clock.now() - timedelta(days=300)
        staffing.set_active(self.newsroom, left, False, actor="colleague", now=then)

    def _let_the_desk_ask_here(self) -> None:
        """The door's answers without the door: a socket's thread would not see what a rolled back case wrote."""
        from mainstay.core.clock import clock
        from mainstay.vault import client, export, people

        def answer(path: Path, newsroom_slug: str, proposal_id: uuid.UUID, *, actor: str) -> bytes:
            try:
                return export.export(self.ring, clock, newsroom_slug, proposal_id, actor)
            except people.LookUpRefused as refused:
                raise client.VaultRefused(str(refused), refused.why) from None

        client.export = answer

    def sit(self, pseudonym: str) -> Person:
        """Somebody who signs in with the password that everybody has here."""
        from django.test import Client

        from mainstay.guard.buckets import forget_all

        forget_all()
        browser = Client(raise_request_exception=False)
        browser.post("/desk/sign-in/", {"pseudonym": pseudonym, "password": PASSWORD})
        return browser

    def every_page(self) -> tuple[int, list[str]]:
        """Asks each page as each role that it is not for, as nobody, and as staff of another house."""
        from django.test import Client

        asked, answered = 0, []
        for role in ("nobody", *ROLES):
            browser = Client(raise_request_exception=False) if role == "nobody" else self.sit(_name_of(role))
            for address in _addresses():
                word = address.removeprefix("/desk/").partition("/")[0]
                if word in OPEN or role in WHOSE.get(word, set()):
                    continue
                for method in (browser.get, browser.post):
                    asked += 1
                    status = method(address).status_code
                    if status not in ({302, 405} if role == "nobody" else {404, 405}):
                        answered.append(f"{address} answered {status} to {role}")
        return asked, answered

    def every_act(self, waits_hours: Sequence[int]) -> tuple[int, list[str], int]:
        """Each way, act, pair of the insider's accounts and wait; then the two real people."""
        tried, succeeded = 0, []
        for way, act, wait in product(WAYS, ACTS, waits_hours):
            for first, second in product(range(2), repeat=2):
                with self._undone():
                    accounts = [self.sit("insider"), *way(self)]
                    if max(first, second) < len(accounts):
                        tried += 1
                        if self._two_steps(act, accounts[first], accounts[second], wait):
                            succeeded.append(f"{way.__name__}, {act.__name__}, {wait} h: {first}, {second}")
        control = 0
        for act in ACTS:
            with self._undone():
                control += self._two_steps(act, self.sit("insider"), self.sit("colleague"), 0)
        return tried, succeeded, control

    def _two_steps(self, act: Any, first: Person, second: Person, wait_hours: int) -> bool:
        from mainstay.newsrooms.models import Proposal

        step = act(self, first)
        next(step)
        self.now.moment += wait_hours * HOUR
        for person in (first, second):
            self._enter_anew(person)
        for proposal in Proposal.objects.filter(newsroom=self.newsroom):
            second.post(f"/desk/approvals/{proposal.pk}/", {"do": "approve"})
        return bool(next(step))

    def _enter_anew(self, person: Person) -> None:
        """What a password or passkey of their own would do after the wait, too."""
        from mainstay.core.clock import clock

        session = person.session
        session["entered"] = clock.now().isoformat()
        session.save()

    def _undone(self) -> Any:
        """What happens inside is rolled back, and the clock with it."""
        from contextlib import contextmanager

        from django.db import transaction

        @contextmanager
        def undone() -> Iterator[None]:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
            self.now.moment = BEGUN

        return undone()

    def addresses_in_a_day(self) -> int:
        """One member of staff opens one address a minute for a day, whatever the page answers."""
        from mainstay.contributions.models import Contribution
        from mainstay.core.clock import clock
        from mainstay.vault.people import LookUpRefused, People

        people, opened = People(self.ring, clock), 0
        for pk in Contribution.objects.values_list("pk", flat=True):
            self.now.moment += 60
            try:
                people.open(self.newsroom.slug, pk, "finance", "one after the other")
            except LookUpRefused:
                continue
            opened += 1
        return opened


def _addresses() -> Iterator[str]:
    """Every page of the desk, with an id that nothing has where it wants one."""
    from django.urls import reverse

    from mainstay.desk.urls import urlpatterns

    for pattern in urlpatterns:
        names = pattern.pattern.converters
        yield reverse(f"desk:{pattern.name}", kwargs={name: _value(name) for name in names})


def _value(name: str) -> object:
    return {"name": "gifts", "what": "undo", "code": "RU"}.get(name, uuid.UUID(int=1))


def _name_of(role: str) -> str:
    return "insider" if role == "admin" else role


def _support(newsroom: Any, people: int) -> None:
    from mainstay.collection.sealed import seal_mail

    account = newsroom.processor_accounts.get()
    for number in range(people):
        newsroom.contributions.create(
            account=account,
            frequency="monthly",
            amount_minor=500,
            currency="USD",
            language="en",
            started_on="2026-01-31",
            code_hash=f"{number:064}",
            mail_sealed=seal_mail(newsroom, f"planted-{number}@planted.example"),
        )


def alone(house: House) -> list[Person]:
    """With the one account."""
    return []


def another_account(house: House) -> list[Person]:
    """Makes an admin and enters as that one."""
    page = house.sit("insider").post("/desk/staff/", {"pseudonym": "puppet", "role": "admin"})
    return [_enter("puppet", page)]


def raised_editor(house: House) -> list[Person]:
    """Makes the editor, whose password they know, an admin."""
    _change(house, "editor", {"do": "role", "role": "admin"})
    return [house.sit("editor")]


def taken_colleague(house: House) -> list[Person]:
    """A code for the colleague, used by oneself."""
    return [_enter("colleague", _change(house, "colleague", {"do": "code"}))]


def old_account(house: House) -> list[Person]:
    """Lets in who left long ago."""
    _change(house, "left-long-ago", {"do": "let_in"})
    return [house.sit("left-long-ago")]


def confirmed_puppets(house: House) -> list[Person]:
    """Two accounts of their own, each of which confirms the other."""
    from mainstay.newsrooms.models import Staff

    insider, puppets = house.sit("insider"), []
    for name in ("puppet-1", "puppet-2"):
        page = insider.post("/desk/staff/", {"pseudonym": name, "role": "admin"})
        puppets.append(_enter(name, page))
    for browser, name in ((puppets[0], "puppet-2"), (puppets[1], "puppet-1"), (insider, "puppet-1")):
        pk = Staff.objects.get(pseudonym=name).pk
        browser.post(f"/desk/staff/{pk}/", {"do": "confirm"})
    return puppets[:1]


def puppets_in_a_ring(house: House) -> list[Person]:
    """Two accounts of their own: one makes the other an admin anew, and the insider vouches for that one."""
    from mainstay.newsrooms.models import Staff

    insider, puppets = house.sit("insider"), []
    for name in ("puppet-1", "puppet-2"):
        page = insider.post("/desk/staff/", {"pseudonym": name, "role": "admin"})
        puppets.append(_enter(name, page))
    first = Staff.objects.get(pseudonym="puppet-1").pk
    for role in ("editor", "admin"):
        puppets[1].post(f"/desk/staff/{first}/", {"do": "role", "role": role})
    insider.post(f"/desk/staff/{first}/", {"do": "confirm"})
    return puppets[:1]


def colleague_shut_out(house: House) -> list[Person]:
    """Shuts the colleague out, to be the only admin."""
    _change(house, "colleague", {"do": "shut_out"})
    return []


def colleague_demoted(house: House) -> list[Person]:
    """Takes the colleague's role away, twice, to be the only admin."""
    for role in ("editor", "finance"):
        _change(house, "colleague", {"do": "role", "role": role})
    return []


def _change(house: House, pseudonym: str, fields: dict[str, str]) -> Any:
    from mainstay.newsrooms.models import Staff

    pk = Staff.objects.get(pseudonym=pseudonym).pk
    return house.sit("insider").post(f"/desk/staff/{pk}/", fields)


def _enter(pseudonym: str, page: Any) -> Person:
    """Into the account with the code on the page."""
    from django.test import Client

    browser = Client(raise_request_exception=False)
    code = re.search(r'class="code">([^<]+)<', page.content.decode())
    if code is None:
        raise LookupError(f"The page shows no code for {pseudonym}.")
    browser.post("/desk/sign-in/code/", {"pseudonym": pseudonym, "code": code[1]})
    return browser


def export(house: House, person: Person) -> Iterator[bool]:
    """All addresses, for a key of the person's own."""
    import pyrage

    from mainstay.newsrooms.models import Proposal

    key = str(pyrage.x25519.Identity.generate().to_public())
    wish = {"receiver": key, "reason": "just so"}
    yield person.post("/desk/approvals/export/", wish).status_code == 302
    proposal = Proposal.objects.filter(kind="people.export").first()
    if proposal is None:
        yield False
        return
    yield person.post(f"/desk/approvals/{proposal.pk}/file/").content.startswith(b"age-encryption.org/")


def loosen(house: House, person: Person) -> Iterator[bool]:
    """Cards of a country that is refused."""
    rule = {"state": "allow", "reason": "just so"}
    yield person.post("/desk/countries/RU/", rule).status_code == 302
    yield house.newsroom.country_rules.get(country="RU").state == "allow"


def shred(house: House, person: Person) -> Iterator[bool]:
    """The keys of persons. The desk can only approve it, so the first step is the command's."""
    from mainstay.core.clock import clock
    from mainstay.core.errors import MainstayError
    from mainstay.moving import shred as command
    from mainstay.newsrooms import approvals
    from mainstay.newsrooms.models import Staff

    name = Staff.objects.get(pk=person.session["_auth_user_id"]).pseudonym
    try:
        command.propose(house.newsroom, actor=name, now=clock.now())
        yield True
        approvals.take_up(
            house.newsroom, command.KIND, {"newsroom": house.newsroom.slug}, actor=name, now=clock.now()
        )
    except MainstayError:
        yield from (False, False)  # refused at the first step or at the second
    yield True


WAYS: tuple[Callable[[House], list[Person]], ...] = (
    alone,
    another_account,
    raised_editor,
    taken_colleague,
    old_account,
    confirmed_puppets,
    puppets_in_a_ring,
    colleague_shut_out,
    colleague_demoted,
)
ACTS: tuple[Callable[[House, Person], Iterator[bool]], ...] = (export, loosen, shred)


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
