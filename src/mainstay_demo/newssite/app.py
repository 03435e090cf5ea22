"""The site as a WSGI application: pages and files made ready at the start, answered from memory.

Every answer is the same for everyone. There are no cookies, no logs and no parameters.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mainstay_demo.newssite.address import newsroom_name, origin_of
from mainstay_demo.newssite.filling import FOLDER
from mainstay_demo.newssite.pages import Place, render_missing_page, render_pages

CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

# A page names Mainstay's address, which may differ at the next start, so a browser asks each time.
PAGE_CACHE = "no-cache"
FILE_CACHE = "public, max-age=300"

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """One answer, whole: what a GET of its path returns."""

    status: HTTPStatus
    body: bytes
    headers: Headers
    entity_tag: str


def make_application(mainstay_url: str, newsroom: str) -> WSGIApplication:
    """Return the site, with its messages, links and policy pointing to one Mainstay.

    `mainstay_url` is an origin such as http://127.0.0.1:8000; `newsroom` is the newsroom's name in Mainstay's
    paths. Raises MainstayAddressError or NewsroomNameError for values that can't stand in a page.
    """
    place = Place(origin_of(mainstay_url), newsroom_name(newsroom))
    policy = content_security_policy(place.mainstay)
    answers = {path: _page(html, policy) for path, html in render_pages(place).items()} | _files(policy)
    answers["/another-device"] = _another_device(policy)
    missing = _page(render_missing_page(place), policy, HTTPStatus.NOT_FOUND)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _refuse_method(start_response)
        path = environ.get("PATH_INFO", "").rstrip("/") or "/"
        return _give(answers.get(path, missing), environ, start_response)

    return application


def content_security_policy(mainstay: str) -> str:
    """Return the policy of every page: this site's pictures and styles, and Mainstay for the message."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {mainstay}",
            f"connect-src {mainstay}",
            f"form-action {mainstay}",
            "img-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _page(html: str, policy: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return _answer(status, html.encode(), "text/html; charset=utf-8", PAGE_CACHE, policy)


def _another_device(policy: str) -> Answer:
    """The long article as somebody sees it who was never here: this site's note on the device is taken away first."""
    answer = _answer(HTTPStatus.FOUND, b"", "text/plain; charset=utf-8", PAGE_CACHE, policy)
    answer.headers.extend([("Location", "/ferry"), ("Clear-Site-Data", '"storage"')])
    return answer


def _files(policy: str) -> dict[str, Answer]:
    return {f"/static/{path.name}": _file(path, policy) for path in sorted((FOLDER / "static").iterdir())}


def _file(path: Path, policy: str) -> Answer:
    return _answer(HTTPStatus.OK, path.read_bytes(), CONTENT_TYPES[path.suffix], FILE_CACHE, policy)


def _answer(status: HTTPStatus, body: bytes, content_type: str, cache: str, policy: str) -> Answer:
    entity_tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", cache),
        ("ETag", entity_tag),
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return Answer(status, body, headers, entity_tag)


def _give(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if answer.status is HTTPStatus.OK and _has_it_already(answer, environ):
        kept = [
            (name, value) for name, value in answer.headers if name not in ("Content-Type", "Content-Length")
        ]
        start_response(_status_line(HTTPStatus.NOT_MODIFIED), kept)
        return []
    start_response(_status_line(answer.status), answer.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _has_it_already(answer: Answer, environ: WSGIEnvironment) -> bool:
    named = [tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")]
    return answer.entity_tag in named


def _refuse_method(start_response: StartResponse) -> Iterable[bytes]:
    body = b"This site can only be read.\n"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(_status_line(HTTPStatus.METHOD_NOT_ALLOWED), [*headers, ("Allow", "GET, HEAD")])
    return [body]


def _status_line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"
