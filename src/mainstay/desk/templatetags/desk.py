"""Filters `amount`, `exact`, `day`, `short_day` and `month`; the tag `field` draws a field of a form."""

from typing import Any

from django import template
from django.forms import BoundField

from mainstay.desk import words

register = template.Library()
register.filter("amount", words.amount)
register.filter("exact", words.exact)
register.filter("day", words.day)
register.filter("short_day", words.short_day)
register.filter("month", words.month)


@register.inclusion_tag("desk/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A label, its hint, the input and what is wrong with it."""
    return {"field": bound}
