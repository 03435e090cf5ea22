"""Filters: `{{ money|amount }}`, `{{ date|day }}`, `{{ date|month }}`, `{% field form.name %}`."""

from typing import Any

from django import template
from django.forms import BoundField

from mainstay.desk import words

register = template.Library()
register.filter("amount", words.amount)
register.filter("day", words.day)
register.filter("month", words.month)


@register.inclusion_tag("desk/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A label, its hint, the input and what is wrong with it."""
    return {"field": bound}
