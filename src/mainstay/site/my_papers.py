"""What a supporter takes home, as downloads with neutral file names."""

import json
import uuid
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.papers import data_of, receipt_text, statement_text

from .my_page import one_of
from .my_tools import with_pages


@require_safe
@with_pages
def receipt(
    request: HttpRequest,
    newsroom: Newsroom,
    pages: list[Contribution],
    page_id: uuid.UUID,
    payment_id: uuid.UUID,
) -> HttpResponse:
    """The receipt of one payment."""
    payment = one_of(pages, page_id).payments.filter(pk=payment_id).first()
    if payment is None:
        raise Http404
    return _text(receipt_text(payment, get_language() or "en"), f"receipt-{payment.day}.txt")


@require_safe
@with_pages
def statement(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID, year: int
) -> HttpResponse:
    """A year's payments and their sum."""
    if not 1900 < year < 9999:
        raise Http404
    within = (date(year, 1, 1), date(year, 12, 31))
    payments = list(one_of(pages, page_id).payments.filter(day__range=within).order_by("day", "pk"))
    if not payments:
        raise Http404
    return _text(statement_text(newsroom, year, payments, get_language() or "en"), f"statement-{year}.txt")


@require_safe
@with_pages
def data(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """Everything that is stored about the promise."""
    text = json.dumps(data_of(one_of(pages, page_id)), ensure_ascii=False, indent=2)
    return _file(text + "\n", "my-data.json", "application/json")


def _text(text: str, name: str) -> HttpResponse:
    return _file(text, name, "text/plain; charset=utf-8")


def _file(text: str, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=kind, headers=headers)
