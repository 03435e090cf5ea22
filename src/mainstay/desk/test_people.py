"""The desk asks a vault at a real socket; what the vault refuses, the page says in words."""

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from mainstay.reports import example_rows as rows

from .people import REFUSALS

WHY = "She wrote that her card was stolen"


class StandIn:
    """A vault that answers what a test wants, and remembers what it was asked."""

    def __init__(self, path: Path) -> None:
        self.answer: dict[str, Any] = {"unlocked": ["far-shore"], "locked": []}
        self.asked: list[dict[str, Any]] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(4)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _address = self.listener.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as lines:
                self.asked.append(json.loads(lines.readline()))
                caller.sendall(json.dumps(self.answer).encode() + b"\n")


@pytest.fixture
def vault(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    settings.MAINSTAY_DESK_SOCKET = str(tmp_path / "desk.sock")
    stand_in = StandIn(tmp_path / "desk.sock")
    yield stand_in
    stand_in.listener.close()


def test_a_search_leads_to_the_promise_and_says_why(finance, newsroom, vault):
    row = rows.contribution(newsroom)
    vault.answer = {"found": [str(row.pk), str(uuid.uuid4())]}
    page = finance.post(reverse("desk:find_person"), {"mail": "mila@quiet.example", "reason": WHY})
    assert page.status_code == 200
    assert reverse("desk:contribution", args=[row.pk]) in page.content.decode()
    assert "mila@quiet.example" not in page.content.decode()
    assert vault.asked == [
        {
            "do": "find",
            "newsroom": newsroom.slug,
            "mail": "mila@quiet.example",
            "by": "finance-bird",
            "why": WHY,
        }
    ]


def test_nobody_found_is_said(finance, vault):
    vault.answer = {"found": []}
    page = finance.post(reverse("desk:find_person"), {"mail": "mila@quiet.example", "reason": WHY})
    assert "Nobody gave this address" in page.content.decode()


@pytest.mark.parametrize("why", sorted(set(REFUSALS) - {"gone"}))
def test_each_refusal_is_said_in_words_of_the_desk(finance, vault, why):
    vault.answer = {"problem": "an internal sentence", "why": why}
    page = finance.post(reverse("desk:find_person"), {"mail": "mila@quiet.example", "reason": WHY})
    assert page.status_code == 409
    assert str(REFUSALS[why]) in unescape(page.content.decode())
    assert "internal sentence" not in page.content.decode()


def test_without_a_worker_and_while_locked_the_page_says_so(finance, newsroom, vault, settings):
    vault.answer = {"unlocked": [], "locked": [newsroom.slug]}
    assert "people key is locked" in finance.get(reverse("desk:people")).content.decode()
    settings.MAINSTAY_DESK_SOCKET += ".none"
    assert "does not answer" in finance.get(reverse("desk:people")).content.decode()


def test_an_address_is_shown_after_a_reason(finance, newsroom, vault):
    row = rows.contribution(newsroom)
    address = reverse("desk:show_address", args=[row.pk])
    vault.answer = {"mail": "mila@quiet.example"}
    assert "mila@quiet.example" not in finance.get(address).content.decode()
    assert finance.post(address, {"reason": "x"}).status_code == 400
    assert vault.asked == []
    page = finance.post(address, {"reason": WHY})
    assert "mila@quiet.example" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert vault.asked[0]["id"] == str(row.pk)


def test_a_search_needs_both_fields(finance, vault):
    page = finance.post(reverse("desk:find_person"), {"mail": "", "reason": ""})
    assert page.status_code == 400
    assert vault.asked == []
