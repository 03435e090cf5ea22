"""What every page of the demonstration shows besides its own: the bar, the same as on the news site."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from .newssite.bar import render_bar
from .places import this_place


def bar(request: HttpRequest) -> dict[str, Any]:
    """The bar's markup (a template of ours, with escaped addresses) and the news site's address."""
    return {
        "demo_bar": mark_safe(render_bar("", this_place().site)),
        "demo_site": this_place().site,
    }
