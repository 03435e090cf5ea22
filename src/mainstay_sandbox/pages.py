"""The company's own pages: the card fields in their frame, the bank's page, scripts and styles."""

from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from mainstay_sandbox import words
from mainstay_sandbox.addresses import origin_of
from mainstay_sandbox.cards import CARDS
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.wire import Page, Request

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
STATIC = {
    "/static/sandbox.css": ("sandbox.css", "text/css; charset=utf-8"),
    "/static/fields.js": ("fields.js", SCRIPT),
    "/static/mark.svg": ("mark.svg", "image/svg+xml"),
    "/v1/card.js": ("card.js", SCRIPT),
}
CACHED = (("Cache-Control", "no-cache"), ("Cross-Origin-Resource-Policy", "cross-origin"))
PRACTICE_YEARS = 4
"""How many years ahead a practice card expires."""


def find(request: Request, now: int) -> Page | None:
    """The page, script or style at this address, if it is one. `now` is in seconds since 1970."""
    if request.method != "GET":
        return None
    if request.path == "/fields":
        return fields_page(request, now)
    if request.path in STATIC:
        name, content_type = STATIC[request.path]
        return Page(200, content_type, (HERE / "static" / name).read_bytes(), CACHED)
    return None


def fields_page(request: Request, now: int) -> Page:
    """`GET /fields?lang=&origin=`: the card fields. Only a page of the named origin can frame them."""
    parent_origin = request.query.get("origin", "")
    if origin_of(parent_origin) != parent_origin:
        raise Refused(422, "parameter_not_accepted", "Name the origin of the page around the fields.")
    language = language_of(request)
    expiry_year = datetime.fromtimestamp(now, UTC).year + PRACTICE_YEARS
    text = _fill(
        "fields.html",
        {
            **_frame_of(language),
            **words.FIELDS[language],
            "parent_origin": parent_origin,
            "practice_expiry": f"12/{expiry_year % 100:02d}",
        },
        options=_options(language),
    )
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        f" form-action 'none'; base-uri 'none'; frame-ancestors {parent_origin};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return Page(200, HTML, text.encode(), (("Content-Security-Policy", policy),))


def bank_page(
    language: str, state: str, shop: str, amount: str, return_address: str, shop_origin: str | None
) -> Page:
    """The bank's page: the question while the challenge is open, else what came of it.

    `return_address` leads back to the shop; empty when it named none. `shop_origin` may receive the
    form's redirect.
    """
    spoken = words.BANK[language]
    is_open = state == "open"
    rest = _question(spoken) if is_open else _result(spoken, state, return_address)
    text = _fill(
        "bank.html",
        {
            **_frame_of(language),
            "title": spoken["title" if is_open else "title_after"],
            "stands_in": spoken["stands_in"],
            "practice": spoken["practice"],
            "amount_label": spoken["amount"],
            "amount": amount,
            "shop_label": spoken["shop"],
            "shop": shop,
        },
        rest=rest,
    )
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self' {shop_origin or ''}"
    )
    return Page(200, HTML, text.encode(), (("Content-Security-Policy", policy.rstrip()),))


def language_of(request: Request) -> str:
    """The language named in the address, else the first of the browser's that we speak, else English."""
    wished = [request.query.get("lang", "")]
    wished += [
        part.split(";")[0].strip() for part in request.headers.get("accept-language", "")[:200].split(",")
    ]
    spoken = (wish.lower().split("-")[0] for wish in wished)
    return next((language for language in spoken if language in words.LANGUAGES), "en")


def _question(spoken: dict[str, str]) -> str:
    return _fill("bank_question.html", {"approve": spoken["approve"], "refuse": spoken["refuse"]})


def _result(spoken: dict[str, str], state: str, return_address: str) -> str:
    next_step = escape(spoken["close"])
    if return_address:
        next_step = f'<a href="{escape(return_address)}">{escape(spoken["back"])}</a>'
    return _fill("bank_result.html", {"result": spoken[state]}, next=next_step)


def _frame_of(language: str) -> dict[str, str]:
    return {"language": language, "direction": "rtl" if language in words.RIGHT_TO_LEFT else "ltr"}


def _options(language: str) -> str:
    """The practice cards as groups of a select."""
    groups = []
    for group, cards in groupby(CARDS, key=lambda card: card.group):
        options = "\n".join(
            f'<option value="{card.number}">{escape(words.CARDS[language][card.name])}</option>'
            for card in cards
        )
        label = escape(words.GROUPS[language][group])
        groups.append(f'<optgroup label="{label}">\n{options}\n</optgroup>')
    return "\n".join(groups)


def _fill(template: str, texts: dict[str, str], **markup: str) -> str:
    """A template with texts, which are escaped, and pieces of markup, which are not."""
    return _template(template).substitute({name: escape(text) for name, text in texts.items()}, **markup)


@cache
def _template(name: str) -> Template:
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))
