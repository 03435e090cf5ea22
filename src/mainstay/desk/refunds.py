"""Giving a payment back, whole or in part. The request carries a token, so that a second click asks for nothing."""

import secrets
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mainstay.audit import log
from mainstay.collection.models import Payment, Refund
from mainstay.collection.refunds import RefundDisputed, RefundTooLarge, request_refund
from mainstay.core.amounts import AmountProblem, BadAmount, read_amount, typed_form
from mainstay.core.money import Money

from .access import Desk, Section, section
from .contributions import AMOUNT_PROBLEMS
from .show import say, show
from .words import amount as shown


class RefundForm(forms.Form):
    """How much, why, and the hidden token of this request."""

    amount = forms.CharField(
        label=gettext_lazy("Amount to give back"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason (optional)"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For your colleagues. Please write no name and no address."),
    )
    request_token = forms.RegexField(r"^[\w-]{20,64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment

    def clean_amount(self) -> Money:
        """The exact amount, more than zero and not more than what is left."""
        try:
            money = read_amount(self.cleaned_data["amount"], self.payment.currency)
        except BadAmount as problem:
            raise ValidationError(AMOUNT_PROBLEMS[problem.problem]) from problem
        if not money.minor:
            raise ValidationError(AMOUNT_PROBLEMS[AmountProblem.NEGATIVE])
        return money


@require_http_methods(["GET", "POST"])
@section(Section.CONTRIBUTIONS)
def refund(request: HttpRequest, desk: Desk, payment_id: uuid.UUID) -> HttpResponse:
    """The page that asks how much, and the request itself."""
    payment = get_object_or_404(Payment, pk=payment_id, newsroom=desk.newsroom)
    if request.method == "GET":
        first = {"amount": typed_form(left_to_refund(payment)), "request_token": secrets.token_urlsafe(24)}
        return _page(request, desk, payment, RefundForm(initial=first, payment=payment), 200)
    form = RefundForm(request.POST, payment=payment)
    if form.is_valid() and _ask(request, desk, payment, form):
        return _back(payment)
    return _page(request, desk, payment, form, 400)


def left_to_refund(payment: Payment) -> Money:
    """What is neither given back nor asked back already."""
    asked = payment.refunds.exclude(state=Refund.State.FAILED)
    return payment.gross - Money(sum(refund.amount_minor for refund in asked), payment.currency)


def _ask(request: HttpRequest, desk: Desk, payment: Payment, form: RefundForm) -> bool:
    money, token = form.cleaned_data["amount"], form.cleaned_data["request_token"]
    try:
        with transaction.atomic():
            again = payment.refunds.filter(request_token=token).exists()
            reason = form.cleaned_data["reason"]
            request_refund(payment, money, request_token=token, reason=reason, actor=desk.actor, now=desk.now)
            if not again:
                _record(desk, payment, money, reason)
    except RefundTooLarge:
        left = {"amount": shown(left_to_refund(payment))}
        form.add_error("amount", _("At most %(amount)s of this payment can still be given back.") % left)
        return False
    except RefundDisputed:
        form.add_error(
            "amount",
            _("The reader’s bank has this money or is deciding about it. A refund would give it back twice."),
        )
        return False
    say(
        request,
        _("%(amount)s will be given back. The payment company is being asked.") % {"amount": shown(money)},
    )
    return True


def _record(desk: Desk, payment: Payment, money: Money, reason: str) -> None:
    log.record(
        "refund.requested",
        actor=desk.actor,
        day=desk.today,
        newsroom_id=desk.newsroom.pk,
        subject=str(payment.pk),
        detail={"amount": f"{money.decimal} {money.currency}", "reason": reason},
    )


def _back(payment: Payment) -> HttpResponse:
    if payment.contribution_id is None:
        return redirect("desk:contributions")
    return redirect("desk:contribution", payment.contribution_id)


def _page(request: HttpRequest, desk: Desk, payment: Payment, form: RefundForm, status: int) -> HttpResponse:
    context = {"payment": payment, "left": left_to_refund(payment), "form": form}
    return show(request, desk, Section.CONTRIBUTIONS, "desk/refund.html", context, status)
