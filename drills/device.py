"""A fresh Chromium goes the whole way, then its profile's folder is searched for everything that was typed or shown.

A gift is paid with a mail address and an amount of its own, the thank-you page and its code are read, and the browser
is closed as it is. Then it is opened again, the supporter's page with that code, and *Leave this page* is pressed. The
folder is searched both times, and its cookie files are opened (`jar`). The controls are a value that the page is made
to store, and a cookie that is signed and not encrypted.
"""

import base64
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries, jar
from .report import Report

MAIL, AMOUNT, CARD = "quiet.heron.7153@planted.example", "753.61", "4242424242424242"
CONTROL, COOKIE_CONTROL = "left-behind-on-purpose-40913", "left.behind.on.purpose@planted.example"
WAIT_MS = 20_000


@dataclass
class Sight:
    """What was seen on the way, and found after it."""

    code: str = ""
    entries: int = 0
    cookie_controls: int = 0
    found: list[str] = field(default_factory=list)


def run(part: float = 1.0) -> Report:
    """The one way; there is no smaller part of it."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told |= {"DJANGO_SETTINGS_MODULE": "drills.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        answer = in_child("drills.device", told, folder=name)
    return Report("device", answer["counts"], answer["differences"])


def _in_the_child(folder: str) -> dict[str, Any]:
    from mainstay_sandbox.conftest import SHOP
    from mainstay_sandbox.near import running_company

    with running_company(Path(folder) / "company.sqlite3", (SHOP,)) as (address, _store):
        newsroom = countries.set_up()
        newsroom.country_rules.create(country="RU", state="refuse")
        newsroom.processor_accounts.update(
            processor="sandbox", settings={"address": address, "public_key": SHOP.publishable_key}
        )
        _tell_the_key(newsroom, SHOP.secret_key)
        profile = Path(folder) / "profile"
        sight = _whole_way(profile)
    controls = [len(_files_with(profile, CONTROL)), sight.cookie_controls]
    differences = sight.found + ([] if all(controls) else ["a control was not found: the search is blind"])
    differences += (
        [] if sight.entries == 1 else [f"the way left {sight.entries} entries in the tab's history"]
    )
    counts = {
        "files searched": sum(1 for path in profile.rglob("*") if path.is_file()),
        "planted values": len(_planted(sight.code)),
        "planted values found": len(sight.found),
        "files with the control": controls[0],
        "readable cookies found (the other control)": controls[1],
        "entries of the way in the tab's history": sight.entries,
    }
    return {"counts": counts, "differences": differences}


def _planted(code: str) -> dict[str, str]:
    return {
        "mail": MAIL,
        "amount": AMOUNT,
        "card": CARD,
        "code": code,
        "code without dashes": code.replace("-", ""),
    }


def _search(profile: Path, sight: Sight, when: str) -> None:
    """Whatever was planted, in the files and in what the cookies tell."""
    cookies = jar.told_by(profile)
    sight.cookie_controls += cookies.count(COOKIE_CONTROL.encode())
    for what, value in _planted(sight.code).items():
        sight.found += [f"{what} in {file}, {when}" for file in _files_with(profile, value)]
        sight.found += [f"{what} in a cookie, {when}"] if value.encode() in cookies else []


def _tell_the_key(newsroom: Any, key: str) -> None:
    from django.conf import settings

    account = newsroom.processor_accounts.get()
    written = f'[accounts."{account.pk}"]\napi_key = "{key}"\n'
    Path(settings.MAINSTAY_SECRETS_FILE).write_text(written, encoding="utf-8")


def _whole_way(profile: Path) -> Sight:
    """Goes it, and searches the folder: when the browser was closed in the middle, and in the end."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    site = f"http://localhost:{server.port}"
    sight = Sight()
    with sync_playwright() as playwright:
        with _browser(playwright, profile) as page:
            sight.code, sight.entries = _give(page, site)
            page.context.add_cookies([_readable_cookie(site)])
        _search(profile, sight, "after the browser was closed")
        with _browser(playwright, profile) as page:
            _come_back(page, site, sight.code)
            page.evaluate(f"localStorage.setItem('control', '{CONTROL}')")
        _search(profile, sight, "after Leave this page")
    server.terminate()
    server.join()
    return sight


@contextmanager
def _browser(playwright: Any, profile: Path) -> Iterator[Any]:
    from tools.browser import FLAGS, whole_browser_path

    browser = playwright.chromium.launch_persistent_context(
        profile, executable_path=whole_browser_path(), args=list(FLAGS)
    )
    page = browser.new_page()
    page.set_default_timeout(WAIT_MS)
    yield page
    browser.close()


def _readable_cookie(site: str) -> Any:
    """As the checkout's cookie once was: signed and packed."""
    from django.core import signing

    from mainstay.core.clock import clock

    value = signing.dumps({"mail": COOKIE_CONTROL, "more": ["monthly"] * 20}, compress=True)
    return {"name": "control", "value": value, "url": site, "expires": clock.now().timestamp() + 3_600}


def _give(page: Any, site: str) -> tuple[str, int]:
    page.goto(f"{site}/support/{countries.SLUG}/")
    page.get_by_role("radio", name="Another amount").locator("visible=true").check()
    page.locator("#other-monthly").fill(AMOUNT)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Mail address").fill(MAIL)
    page.get_by_role("button", name="Enter card").click()
    fields = page.frame_locator("#card-fields iframe")
    fields.get_by_label("Card number").press_sequentially(CARD)
    fields.get_by_label("Expiry").press_sequentially("1240")
    fields.get_by_label("Security code").fill("123")
    page.locator("#card-pay").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    return page.locator("#code").inner_text().strip(), page.evaluate("history.length") - 1


def _come_back(page: Any, site: str, code: str) -> None:
    page.goto(f"{site}/my/{countries.SLUG}/")
    page.get_by_role("textbox", name="Supporter code").fill(code)
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("heading", name="every month").wait_for()
    page.goto(f"{site}/support/{countries.SLUG}/refused/")
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url("**/leave/")


def _files_with(profile: Path, value: str) -> list[str]:
    """The files of the profile that hold the value, as a browser might write it."""
    plain = value.encode()
    forms = {plain, value.encode("utf-16-le"), quote(value, safe="").encode(), base64.b64encode(plain)[:-4]}
    return [
        path.relative_to(profile).as_posix()
        for path in sorted(profile.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
