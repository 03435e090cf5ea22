"""Signing a mandate for direct debit, on our own page and with no script of anybody's; and what the reader takes along.

What is typed goes to `collection.debit_signing`, and into no cookie, address or log. A page with a mistake shows it.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mainstay.collection.checkout import Step
from mainstay.collection.debit_models import Mandate
from mainstay.collection.debit_signing import sign
from mainstay.contributions.models import Contribution
from mainstay.core.clock import clock
from mainstay.core.frequency import Frequency
from mainstay.core.ids import code_of, grouped
from mainstay.letters.addresses import BadMail, read_mail
from mainstay.newsrooms.models import Newsroom
from mainstay.processors.debit.holder import LONGEST_NAME, LONGEST_TYPED, BadHolder, read_holder
from mainstay.site.guarding import puzzled

from . import cookie
from .doors import go, of_newsroom
from .paying import expired, pay_page, show_progress, typed_mail
from .words import each_time


@sensitive_post_parameters("holder", "iban", "mail")
@require_POST
@puzzled
@of_newsroom
def sign_now(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """*Sign*. Whatever comes of it is shown by another page, which may be reloaded."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    if checkout.warned_of:
        return go(request, newsroom, "warned")
    typed = {
        "holder": request.POST.get("holder", "")[:LONGEST_NAME],
        "iban": request.POST.get("iban", "")[:LONGEST_TYPED],
        "mail": typed_mail(request, newsroom, checkout.draft.warned),
    }
    if request.POST.get("mark") != checkout.mark:
        return pay_page(request, newsroom, checkout, status=409, changed=True, **typed)
    try:
        mail = read_mail(typed["mail"]) if typed["mail"] else ""
        holder = read_holder(typed["holder"], typed["iban"])
    except BadMail:
        return pay_page(request, newsroom, checkout, status=400, mail_problem=True, **typed)
    except BadHolder as wrong:
        return pay_page(request, newsroom, checkout, status=400, wrong=wrong.field, why=str(wrong), **typed)
    checkout = checkout.with_draft(mail=mail)
    progress = sign(newsroom, checkout.draft, checkout.key, holder, clock.now())
    if progress.step == Step.BAD_TOKEN:
        return pay_page(request, newsroom, checkout, status=400, wrong="iban", why=_unreached(), **typed)
    return show_progress(request, newsroom, checkout, progress, "")


def _unreached() -> str:
    return _(
        "Accounts of this country can’t be debited from here. Nothing was charged. You can pay another way."
    )


def signed_page(
    request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, contribution: Contribution
) -> HttpResponse:
    """Signed: what happens now, the mandate's reference, and the code that opens the reader's page."""
    language = translation.get_language() or "en"
    context = {
        "newsroom": newsroom,
        "amount": each_time(contribution.amount, contribution.frequency, language),
        "account": contribution.account.settings,
        "mandate": Mandate.objects.filter(contribution=contribution).first(),
        "recurring": contribution.frequency != Frequency.ONCE,
        "code": grouped(code_of(checkout.key)),
    }
    return render(request, "site/support/signed.html", context)
