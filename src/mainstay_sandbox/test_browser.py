"""The card fields in a real browser, framed by a page of another origin; the bank's page beside them."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from mainstay_sandbox import words
from mainstay_sandbox.conftest import SHOP, Company

pytestmark = pytest.mark.browser

HOST_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/nothing.svg">
<script src="{company}/v1/card.js"></script><script src="/shop.js" defer></script></head>
<body><main><h1>Shop</h1><div id="card"></div><button id="pay">Pay</button>
<p id="result" role="status"></p></main>
</body></html>"""

SHOP_SCRIPT = """
const result = document.getElementById("result");
const card = window.SandboxCard.mount(document.getElementById("card"), {
  publishableKey: "%s",
  lang: document.documentElement.lang,
  onReady: () => { result.textContent = "ready"; },
  onError: (error) => { result.textContent = error.code; },
  onSubmit: () => document.getElementById("pay").click(),
});
document.getElementById("pay").addEventListener("click", () => card.tokenise().then(
  ({ token }) => { result.textContent = token; },
  (error) => { result.textContent = error.code; },
));
"""


def policy(company: str) -> str:
    return (
        f"default-src 'none'; script-src 'self' {company}; frame-src {company}; img-src 'self';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.fixture
def shop(company: Company) -> Iterator[str]:
    """A shop's page on another port, with a strict policy of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = self.path == "/shop.js"
            lang = self.path.strip("/") or "en"
            text = SHOP_SCRIPT % SHOP.publishable_key if script else ""
            if self.path != "/nothing.svg" and not script:
                text = HOST_PAGE.format(company=company.address, lang=lang)
            self.send_response(200)
            kind = "text/javascript" if script else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy(company.address))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


def opened(browser: Browser, address: str, **options) -> Page:
    """A page at this address. What it complains about on its console fails the test at the end."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address)
    return page


def fields_of(page: Page) -> FrameLocator:
    expect(page.locator("#result")).to_have_text("ready")
    return page.frame_locator("#card iframe")


def test_a_practice_card_becomes_a_token(company: Company, shop: str, browser: Browser):
    page = opened(browser, f"{shop}/en")
    fields = fields_of(page)
    expect(fields.get_by_text("This is a practice payment company. No money moves.")).to_be_visible()
    fields.get_by_label("Choose a practice card").select_option(label="Germany")
    expect(fields.get_by_label("Card number")).to_have_value("4000 0027 6000 0016")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#result")).to_have_text(re.compile("^tok_"))
    token = page.locator("#result").text_content()
    assert company.get(f"/v1/tokens/{token}").json()["country"] == "DE"
    assert page.complaints == []
    page.context.close()


def test_typing_groups_the_number_and_a_wrong_one_is_explained(shop: str, browser: Browser):
    page = opened(browser, f"{shop}/en")
    fields = fields_of(page)
    number = fields.get_by_label("Card number")
    number.press_sequentially("4242424242424241")
    fields.get_by_label("Expiry").press_sequentially("1/20")
    fields.get_by_label("Security code").fill("12")
    fields.get_by_label("Security code").press("Enter")
    expect(page.locator("#result")).to_have_text("number_not_right")
    expect(number).to_have_value("4242 4242 4242 4241")
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-invalid", "true")
    spoken = words.FIELDS["en"]
    for code in ("number_not_right", "expiry_past", "cvc_not_right"):
        expect(fields.get_by_role("alert").filter(has_text=spoken[code])).to_be_visible()
    number.fill("4242424242424242")
    expect(number).not_to_have_attribute("aria-invalid", "true")
    fields.get_by_label("Expiry").fill("")
    fields.get_by_label("Expiry").press_sequentially("930")
    expect(fields.get_by_label("Expiry")).to_have_value("09/30")
    fields.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#result")).to_have_text(re.compile("^tok_"))
    page.context.close()


def test_a_digit_put_into_the_middle_leaves_the_caret_there(shop: str, browser: Browser):
    page = opened(browser, f"{shop}/en")
    number = fields_of(page).get_by_label("Card number")
    number.press_sequentially("42424242")
    for _ in range(6):
        number.press("ArrowLeft")
    number.press_sequentially("99")
    expect(number).to_have_value("4249 9242 42")
    page.context.close()


def test_an_unreachable_company_is_said_in_the_frame(shop: str, browser: Browser):
    page = opened(browser, f"{shop}/en")
    fields = fields_of(page)
    fields.get_by_label("Choose a practice card").select_option(label="Germany")
    page.route("**/v1/tokens", lambda route: route.abort())
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#result")).to_have_text("unreachable")
    expect(fields.get_by_text(words.FIELDS["en"]["unreachable"])).to_be_visible()
    page.context.close()


def test_the_frame_is_as_high_as_the_fields(shop: str, browser: Browser):
    page = opened(browser, f"{shop}/ru", viewport={"width": 360, "height": 800})
    fields = fields_of(page)

    def overflow() -> tuple[int, int]:
        return fields.locator("html").evaluate(
            "e => [e.scrollHeight - innerHeight, e.scrollWidth - e.clientWidth]"
        )

    assert overflow() == [0, 0]
    page.get_by_role("button", name="Pay").click()
    expect(fields.get_by_role("alert").first).to_be_visible()
    page.wait_for_timeout(300)
    assert overflow() == [0, 0]
    page.context.close()


def test_a_page_of_another_origin_cannot_frame_the_fields(company: Company, shop: str, browser: Browser):
    page = opened(browser, f"{shop}/en")
    fields_of(page)
    page.evaluate(
        """address => {
          const frame = document.createElement("iframe");
          frame.id = "other";
          frame.src = address;
          document.body.append(frame);
        }""",
        f"{company.address}/fields?origin=https://elsewhere.example",
    )
    page.wait_for_timeout(500)
    assert "frame-ancestors" in " ".join(page.complaints)
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_axe_finds_nothing(company: Company, shop: str, browser: Browser, lang: str, scheme: str):
    page = opened(browser, f"{shop}/{lang}", color_scheme=scheme, viewport={"width": 360, "height": 900})
    fields = fields_of(page)
    page.get_by_role("button", name="Pay").click()
    expect(fields.get_by_role("alert").first).to_be_visible()
    answer = company.confirm(company.intent(), token=company.token("4000002760003184"), lang=lang)
    page.goto(page.frames[1].url)
    found = [page_violations(page)]
    page.goto(answer.json()["action_url"])
    found.append(page_violations(page))
    page.get_by_role("button").first.click()
    found.append(page_violations(page))
    assert found == ["", "", ""]
    assert [text for text in page.complaints if "422" not in text] == []
    page.context.close()


def page_violations(page: Page) -> str:
    results = Axe().run(page)
    return results.generate_report() if results.violations_count else ""


def test_the_bank_leads_back_to_the_shop(company: Company, shop: str, browser: Browser):
    intent = company.intent()
    token = company.token("4000002760003184")
    answer = company.confirm(intent, token=token, return_url=f"{shop}/en?checkout=1")
    page = opened(browser, answer.json()["action_url"], java_script_enabled=False)
    page.get_by_role("button", name="Approve").click()
    assert page.url == f"{shop}/en?checkout=1&intent={intent}&result=approved"
    assert company.read(intent)["status"] == "succeeded"
    page.context.close()
