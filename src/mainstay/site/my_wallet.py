"""Another account at a company on whose own page the supporter approves it, and back. Nothing is charged by this.

Coming back is a GET and saves nothing: the page then has a button. What the company puts into the address is dropped;
asked again under the same key, it names what was approved.
"""

from django.conf import settings
from django.http import HttpResponse

from mainstay.collection.cards import replace_card
from mainstay.collection.changing import send_to_save
from mainstay.contributions.port import ReturnUrls
from mainstay.core.clock import clock

from .my_change import At, after, let_in
from .support.doors import SeeOther

BACK = "back"


def shown(at: At, problem: str = "") -> HttpResponse:
    """*Continue*, or *Save* once they are back."""
    fields = at.way.processor.card_page()
    is_back = at.request.GET.get("step") == BACK and not problem
    return let_in(at.show("wallet.html", problem, company=at.way.account.label, is_back=is_back), fields)


def wallet(at: At) -> HttpResponse:
    """Leads to the company's page, or saves what was approved there."""
    here = f"{settings.PUBLIC_URL}{at.address}"
    sent = send_to_save(at.page, at.way, ReturnUrls(done=f"{here}&step={BACK}", cancelled=here))
    if not sent.order:
        return shown(at, problem="trouble")
    if at.request.POST.get("do") != "save":
        return SeeOther(sent.action_url)
    progress = replace_card(at.page, sent.order, clock.now(), at.warned)
    return after(at, "", progress, "wallet") or shown(at, problem=str(progress.step))
