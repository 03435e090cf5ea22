"""The log of business actions, newest first. For admins."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mainstay.audit.models import AuditLine
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom

from .access import Desk, Section, section
from .show import show

ON_A_PAGE = 50
ACTIONS = {
    "till.gifts_stopped": gettext_lazy("New gifts stopped"),
    "till.gifts_reopened": gettext_lazy("New gifts opened again"),
    "till.renewals_stopped": gettext_lazy("Renewals stopped"),
    "till.renewals_reopened": gettext_lazy("Renewals opened again"),
    "staff.added": gettext_lazy("Staff added"),
    "staff.role_changed": gettext_lazy("Role changed"),
    "staff.shut_out": gettext_lazy("Staff shut out"),
    "staff.let_in": gettext_lazy("Staff let in again"),
    "staff.password_changed": gettext_lazy("Password changed"),
    "staff.confirmed": gettext_lazy("Admin confirmed by another admin"),
    "staff.code_given": gettext_lazy("Code to enter with given"),
    "staff.code_used": gettext_lazy("Entered with a code"),
    "staff.passkey_added": gettext_lazy("Passkey added"),
    "staff.passkey_removed": gettext_lazy("Passkey removed"),
    "people.exported": gettext_lazy("Addresses of all supporters exported"),
    "house.locked": gettext_lazy("Locked: keys forgotten, gifts and renewals stopped"),
    "house.evacuated": gettext_lazy("Moved to another server"),
    "house.restored": gettext_lazy("Restored from a file"),
    "keys.shredded": gettext_lazy("Keys of persons destroyed"),
    "key.rotated": gettext_lazy("Key replaced by a new one"),
    "key.on_paper": gettext_lazy("People key shown as words, to be put on paper"),
    "key.recovered": gettext_lazy("People key brought back from paper"),
    "people.searched": gettext_lazy("A supporter searched by mail address"),
    "people.opened": gettext_lazy("A supporter’s mail address shown"),
    "mirrors.published": gettext_lazy("List of addresses published"),
    "newsroom.live": gettext_lazy("Newsroom takes real money from now on"),
    "newsroom.confirmed": gettext_lazy("Looked at and confirmed before taking money"),
    "account.added": gettext_lazy("Account at a payment company added"),
    "account.changed": gettext_lazy("Account at a payment company changed"),
    "import.begun": gettext_lazy("Promises taken over from elsewhere"),
    "import.undone": gettext_lazy("Taking over undone"),
    "move.asked": gettext_lazy("Supporters asked for a card at another payment company"),
    "move.begun": gettext_lazy("Promises moved to another payment company"),
    "move.back": gettext_lazy("Move to another payment company taken back"),
    "newsroom.founded": gettext_lazy("Newsroom founded"),
    "country.set": gettext_lazy("Rule for a country set"),
    "country.strict": gettext_lazy("Cards without a known country"),
    "country.reviewed": gettext_lazy("Rules for countries looked at again"),
    "country.designated": gettext_lazy("Every promise from a country stopped"),
    "approval.proposed": gettext_lazy("Proposed; waits for a second person"),
    "approval.approved": gettext_lazy("Approved by a second person"),
    "approval.withdrawn": gettext_lazy("Proposal taken back"),
    "approval.used": gettext_lazy("Approved proposal carried out"),
    "newsroom.changed": gettext_lazy("Newsroom’s settings changed"),
    "contribution.stopped": gettext_lazy("Contribution stopped by the desk"),
    "refund.requested": gettext_lazy("Refund asked for"),
    "bank.read": gettext_lazy("Bank statement read in"),
    "bank.confirmed": gettext_lazy("Bank statement booked"),
    "bank.discarded": gettext_lazy("Bank statement forgotten before it was booked"),
    "bank.line_belongs": gettext_lazy("Waiting money: said what it was for"),
    "bank.line_gift": gettext_lazy("Waiting money: counted as a gift"),
    "bank.line_out": gettext_lazy("Waiting money: taken out of the books"),
    "debits.made": gettext_lazy("File of direct debits made"),
    "debits.fetched": gettext_lazy("File of direct debits fetched, with names and account numbers"),
    "debits.sent": gettext_lazy("File of direct debits taken to the bank"),
    "debits.withdrawn": gettext_lazy("File of direct debits withdrawn"),
    "debits.refused": gettext_lazy("Direct debit refused by the bank"),
    "books.downloaded": gettext_lazy("Books downloaded"),
    "difference.ask_again": gettext_lazy("Difference: the payment company asked again"),
    "difference.from_the_beginning": gettext_lazy("Difference: everything compared again"),
    "difference.is_a_gift": gettext_lazy("Difference: waiting money counted as a gift"),
    "difference.is_a_fee": gettext_lazy("Difference: booked as a fee"),
    "difference.is_a_reserve": gettext_lazy("Difference: booked as money set aside"),
    "difference.their_fee": gettext_lazy("Difference: the fee that was kept booked"),
    "difference.as_it_arrived": gettext_lazy("Difference: counted as it arrived"),
    "difference.take_out": gettext_lazy("Difference: payment taken out of the books"),
    "difference.go_on": gettext_lazy("Difference: rebuilt contribution goes on"),
    "difference.stop": gettext_lazy("Difference: rebuilt contribution stopped"),
    "difference.accept": gettext_lazy("Difference: looked at and known"),
    "lost_code.stopped": gettext_lazy("Contribution stopped for a lost code"),
    "lost_code.closed": gettext_lazy("Report of a lost code closed"),
    "message.published": gettext_lazy("Message published"),
    "message.undone": gettext_lazy("Message taken back to an earlier version"),
    "message.draft_saved": gettext_lazy("Draft of the message saved"),
    "message.off": gettext_lazy("Message switched off everywhere"),
    "message.on": gettext_lazy("Message switched on again"),
}


@require_safe
@section(Section.LOG)
def audit_log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Fifty lines, from the newest, or from before the line number in `?before=`."""
    lines = AuditLine.objects.filter(Q(newsroom_id=desk.newsroom.pk) | Q(newsroom_id=None))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 12:
        lines = lines.filter(number__lt=int(before))
    some = list(lines.order_by("-number")[: ON_A_PAGE + 1])
    pages = _pages_of(some, desk.newsroom)
    context = {
        "lines": [
            (line, _named(line.action), _told(line.detail), pages.get(line.subject, ""))
            for line in some[:ON_A_PAGE]
        ],
        "older": some[ON_A_PAGE - 1].number if len(some) > ON_A_PAGE else 0,
    }
    return show(request, desk, Section.LOG, "desk/log.html", context)


def _pages_of(lines: Sequence[AuditLine], newsroom: Newsroom) -> dict[str, str]:
    """By subject: the page of the contribution that a line is about, or of whose payment."""
    ids = {line.subject for line in lines if _is_id(line.subject)}
    own = Contribution.objects.filter(newsroom=newsroom, pk__in=ids).values_list("pk", "pk")
    paid = Payment.objects.filter(newsroom=newsroom, pk__in=ids, contribution__isnull=False)
    found = {**dict(own), **dict(paid.values_list("pk", "contribution"))}
    return {str(subject): reverse("desk:contribution", args=[row]) for subject, row in found.items()}


def _is_id(subject: str) -> bool:
    try:
        return bool(UUID(subject))
    except ValueError:
        return False


def _named(action: str) -> str:
    return str(ACTIONS.get(action, action))


def _told(detail: dict[str, Any]) -> str:
    """The detail as one line: reasons as they were written, changes as before and after."""
    return "; ".join(_one(key, value) for key, value in detail.items())


def _one(key: str, value: object) -> str:
    if isinstance(value, dict) and set(value) == {"before", "after"}:
        change = {
            "field": key.replace("_", " "),
            "before": _plain(value["before"]),
            "after": _plain(value["after"]),
        }
        return _("%(field)s: “%(before)s” became “%(after)s”") % change
    return f"{key.replace('_', ' ')}: {_plain(value)}"


def _plain(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
