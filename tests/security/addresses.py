"""Every address of the program, found in its URL confs, with words that fit where it has places for them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^)]*\)")
WORDS = {
    "slug": "far-shore",
    "language": "en",
    "processor": "near",
    "name": "gifts",
    "code": "RU",
    "what": "day",
}
BY_KIND = {"int": "2026", "uuid": "00000000-0000-4000-8000-000000000000", "str": "word", "slug": "word"}


def every_address(words: Mapping[str, str] | None = None) -> list[str]:
    """All of them, each once; `words` are for places by name, beside the usual ones."""
    given = {**WORDS, **(words or {})}
    return sorted({f"/{path}" for path in _below(get_resolver().url_patterns, given)})


def _below(patterns: Any, words: Mapping[str, str]) -> Iterator[str]:
    for pattern in patterns:
        begin = _filled(pattern.pattern, words)
        if isinstance(pattern, URLResolver):
            yield from (begin + rest for rest in _below(pattern.url_patterns, words))
        elif isinstance(pattern, URLPattern):
            yield begin


def _filled(pattern: Any, words: Mapping[str, str]) -> str:
    if isinstance(pattern, RoutePattern):
        return PLACE.sub(
            lambda found: words.get(found["name"]) or BY_KIND[found["kind"] or "str"], str(pattern)
        )
    path = GROUP.sub(lambda found: words.get(found["name"], "word"), str(pattern))
    return path.removeprefix("^").removesuffix("$").replace("\\", "")
