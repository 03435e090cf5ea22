"""A fresh Chromium goes the whole way, then its profile's folder is searched for everything that was typed or shown.

A gift is paid with a mail address and an amount of its own, the thank-you page and its code are read, the supporter's
page is opened with that code, and *Leave this page* is pressed. The control is a value that the page is made to store.
"""

import base64
import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report

MAIL, AMOUNT, CARD = "quiet.heron.7153@planted.example", "753.61", "4242424242424242"
CONTROL = "left-behind-on-purpose-40913"
WAIT_MS = 20_000


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
        code, entries = _whole_way(profile)
    planted = {
        "mail": MAIL,
        "amount": AMOUNT,
        "card": CARD,
        "code": code,
        "code without dashes": code.replace("-", ""),
    }
    found = [f"{what} in {file}" for what, value in planted.items() for file in _files_with(profile, value)]
    controls = len(_files_with(profile, CONTROL))
    differences = found + ([] if controls else ["the control was not found, so the search is blind"])
    differences += [] if entries == 1 else [f"the way left {entries} entries in the tab's history"]
    counts = {
        "files searched": sum(1 for path in profile.rglob("*") if path.is_file()),
        "planted values": len(planted),
        "planted values found": len(found),
        "files with the control": controls,
        "entries of the way in the tab's history": entries,
    }
    return {"counts": counts, "differences": differences}


def _tell_the_key(newsroom: Any, key: str) -> None:
    from django.conf import settings

    account = newsroom.processor_accounts.get()
    written = f'[accounts."{account.pk}"]\napi_key = "{key}"\n'
    Path(settings.MAINSTAY_SECRETS_FILE).write_text(written, encoding="utf-8")


def _whole_way(profile: Path) -> tuple[str, int]:
    """Goes it; returns the supporter code, and how many entries the tab's history has beside the blank page."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    from tools.browser import FLAGS, chromium_path

    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    site = f"http://localhost:{server.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium_path(), args=list(FLAGS)
        )
        page = browser.new_page()
        page.set_default_timeout(WAIT_MS)
        code, entries = _give(page, site)
        _come_back(page, site, code)
        page.evaluate(f"localStorage.setItem('control', '{CONTROL}')")
        browser.close()
    server.terminate()
    server.join()
    return code, entries


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
