"""`{% puzzle "card" %}` in a form: the puzzle of its door, and what is said while cards are tried out."""

from typing import Any

from django import template
from django.conf import settings

from mainstay.core.clock import clock
from mainstay.guard.breaker import standing
from mainstay.guard.doors import puzzle_for
from mainstay.site.guarding import is_onion, whole_minutes

register = template.Library()


@register.inclusion_tag("site/puzzle.html", takes_context=True)
def puzzle(context: dict[str, Any], door: str) -> dict[str, Any]:
    """The fields and sentences of the "card" or the "letter" door. A page that carries a puzzle already keeps it."""
    request, newsroom, now = context["request"], context["newsroom"], clock.now()
    stands = standing(newsroom, now)
    kept = context.get("kept_puzzle", "")
    made = kept or puzzle_for(newsroom, door, now, by_onion=is_onion(request))
    return {
        "puzzle": made if settings.MAINSTAY_PUZZLES else "",
        "is_card": door == "card",
        "slow": stands.level > 0,
        "closed_minutes": whole_minutes(stands.ends_at - now) if stands.is_closed else 0,
    }
