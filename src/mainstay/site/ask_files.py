"""Small files that any cache may keep: compressed once, held in memory, answered with an ETag."""

import gzip
import hashlib
from dataclasses import dataclass

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

CACHE = "public, max-age=300, stale-while-revalidate=600"


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file in each encoding that it is sent in; `tag` names its content."""

    content_type: str
    tag: str
    plain: bytes
    gzip: bytes
    brotli: bytes


def public_file(body: bytes, content_type: str) -> PublicFile:
    """The file, compressed as far as it goes."""
    return PublicFile(
        content_type=content_type,
        tag=hashlib.blake2b(body, digest_size=12).hexdigest(),
        plain=body,
        gzip=gzip.compress(body, 9, mtime=0),
        brotli=brotli.compress(body),
    )


def answer(request: HttpRequest, file: PublicFile) -> HttpResponse:
    """The file in the best encoding that the browser takes; 304 when it has it already."""
    encoding = _encoding(request.headers.get("Accept-Encoding", ""))
    tag = f'"{file.tag}-{encoding or "plain"}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    response = HttpResponseNotModified() if tag in known else _whole(file, encoding)
    response.headers["ETag"], response.headers["Cache-Control"] = tag, CACHE
    response.headers["Vary"] = "Accept-Encoding"
    return open_to_all(response)


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Lets pages of any origin read the answer: it is the same for everyone, and no cookie goes with it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _whole(file: PublicFile, encoding: str) -> HttpResponse:
    body = {"br": file.brotli, "gzip": file.gzip}.get(encoding, file.plain)
    response = HttpResponse(body, content_type=file.content_type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _encoding(accepted: str) -> str:
    """ "br", "gzip" or "". An encoding with q=0 is not wanted."""
    wanted = [part.replace(" ", "") for part in accepted.lower().split(",")]
    names = {part.partition(";")[0] for part in wanted if not part.endswith(";q=0")}
    return next((name for name in ("br", "gzip") if name in names), "")
