"""The two ways in which money is collected, as stories: what happens until the power is cut, and who comes back."""

import re
from contextlib import closing
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from .company import BOOKS
from .scene import BEGUN, SLUG, Scene
from .side import drilled

PAGE = f"/support/{SLUG}/"
MONTH_LATER = BEGUN.replace(month=2, day=28)
MARK = re.compile('name="mark" value="([0-9a-f]+)"')
GONE = b"This page is no longer here"
FORM = {"frequency": "monthly", "amount_monthly": "500", "currency": "USD"}


class Story(Protocol):
    """One story. `charges` is how many charges the company's books must hold at its end."""

    name: str
    charges: int

    def prepare(self, scene: Scene, tokens: list[str]) -> None:
        """What was before."""

    def act(self, scene: Scene, tokens: list[str]) -> None:
        """What the power cut interrupts."""

    def come_back(self, scene: Scene, tokens: list[str]) -> None:
        """What people do when the program is there again."""

    def finished(self, scene: Scene) -> bool:
        """Whether everybody has what they came for."""


class Renewal:
    """A monthly promise of the 31st is collected on 28 February by the worker."""

    name = "renewal"
    charges = 2

    def prepare(self, scene: Scene, tokens: list[str]) -> None:
        """The promise is made, and its first payment's receipt is on its way."""
        browser = Browser(scene)
        browser.choose()
        browser.pay(tokens.pop())
        scene.work()
        scene.shared.moment = MONTH_LATER.timestamp()

    def act(self, scene: Scene, tokens: list[str]) -> None:
        """The worker passes."""
        scene.work()

    def come_back(self, scene: Scene, tokens: list[str]) -> None:
        """Nobody has to do anything."""

    def finished(self, scene: Scene) -> bool:
        """Nobody waits."""
        return True


class FirstPayment:
    """A reader pays for the first time, on the site's own pages, and comes back with the same cookie."""

    name = "first payment"
    charges = 1

    def prepare(self, scene: Scene, tokens: list[str]) -> None:
        """The reader has chosen, and stands before the card."""
        Browser(scene).choose()

    def act(self, scene: Scene, tokens: list[str]) -> None:
        """*Pay*, the page that follows, and the worker's pass that sends the receipt."""
        browser = Browser(scene)
        browser.pay(tokens.pop())
        browser.look()
        scene.work()

    def come_back(self, scene: Scene, tokens: list[str]) -> None:
        """The reader looks where the payment stands. Only when the pages ask for a card do they pay again."""
        browser = Browser(scene)
        page = browser.look()
        if page == "card":
            browser.pay(tokens.pop())
            browser.look()
        elif page == "expired" and not _charged(scene):
            browser.choose()
            browser.pay(tokens.pop())
            browser.look()

    def finished(self, scene: Scene) -> bool:
        """They have seen the thanks, or their bank's statement."""
        page = Browser(scene).look()
        return page == "thanks" or (page == "expired" and _charged(scene))


class Browser:
    """The reader's browser: its cookies outlive the processes that served it."""

    def __init__(self, scene: Scene) -> None:
        from django.test import Client

        self._file = scene.folder / "cookies"
        self._client = Client()
        if self._file.exists():
            self._client.cookies = SimpleCookie(self._file.read_text(encoding="utf-8"))

    def choose(self) -> None:
        """*Continue*."""
        self._kept(self._client.post(PAGE, FORM))

    def pay(self, token: str) -> None:
        """*Pay*, on the card page as it is now. Where the page leads to the company's own first, by way of that."""
        shown = self._card_page()
        if f"{PAGE}approve/" in shown:
            self._approve(shown)
            shown = self._card_page()
        form = {"mark": _mark(shown), "token": token, "mail": "reader@letters.example"}
        self._kept(self._client.post(f"{PAGE}pay/", form))

    def _approve(self, shown: str) -> None:
        """*Continue* to the company's page, *Agree* there, and the way back. Without an answer nobody goes anywhere."""
        answer = self._kept(self._client.post(f"{PAGE}approve/", {"mark": _mark(shown)}))
        there = urlsplit(answer["Location"])
        if there.path.startswith(PAGE):
            return
        with closing(HTTPConnection(there.netloc, timeout=20)) as company:
            company.request("POST", f"{there.path}?{there.query}", "answer=approve")
            back = urlsplit(company.getresponse().headers["Location"])
        self._kept(self._client.get(f"{back.path}?{back.query}"))

    def _card_page(self) -> str:
        return str(self._kept(self._client.get(f"{PAGE}card/")).content.decode())

    def look(self) -> str:
        """Where the reader's pages lead: "thanks", "status", "card" or "expired"."""
        answer = self._kept(self._client.get(f"{PAGE}status/", follow=True))
        if GONE in answer.content:
            return "expired"
        return str(answer.request["PATH_INFO"]).removeprefix(PAGE).strip("/")

    def _kept(self, answer: Any) -> Any:
        lines = [f"{name}={morsel.coded_value}" for name, morsel in self._client.cookies.items()]
        Path(self._file).write_text("; ".join(lines), encoding="utf-8")
        return answer


def _mark(shown: str) -> str:
    found = MARK.search(shown)
    return found[1] if found else ""


def _charged(scene: Scene) -> bool:
    """Whether the reader's statement shows a charge."""
    return bool(drilled().books(scene.folder / BOOKS))


STORIES: tuple[Story, ...] = (Renewal(), FirstPayment())
