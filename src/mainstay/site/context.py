"""What every page's template knows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi


def page(request: HttpRequest) -> dict[str, Any]:
    """The page's language and direction."""
    return {
        "page_language": get_language() or "en",
        "page_direction": "rtl" if get_language_bidi() else "ltr",
    }
