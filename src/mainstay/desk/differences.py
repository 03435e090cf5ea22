"""Differences in plain words: what each kind means, what each button does, and the names of accounts."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.collection.models import Difference
from mainstay.collection.repairs import Repair

Kind = Difference.Kind

MEANINGS: dict[Kind, str | Promise] = {
    Kind.AMOUNT: gettext_lazy(
        "The payment company took another amount than we asked for. It is not in our books until you decide."
    ),
    Kind.FEE: gettext_lazy("The payment company kept another fee than it told us at first."),
    Kind.UNKNOWN_PAYMENT: gettext_lazy(
        "Money arrived that belongs to no contribution: perhaps somebody took it at the payment company itself. It "
        "waits, apart from gifts. If it should go back, refund it on the payment company’s own pages."
    ),
    Kind.UNKNOWN_OBJECT: gettext_lazy("The payment company told us of something that we have no record of."),
    Kind.UNKNOWN_LINE: gettext_lazy(
        "The payment company took or gave money and only a person can say why. Look at its own pages."
    ),
    Kind.MISSING_THERE: gettext_lazy(
        "Our books have a payment that the payment company does not have. Look for it on its own pages first."
    ),
    Kind.MISSING_PROMISE: gettext_lazy(
        "This contribution was lost with a backup and rebuilt from what the payment company keeps. It is paused. Its "
        "reader’s mail address could not be brought back; the reader’s code opens the page as before."
    ),
    Kind.REFUND: gettext_lazy("A refund at the payment company does not fit what our books say about it."),
    Kind.DISPUTE: gettext_lazy(
        "A reader’s objection at their bank does not fit what is left of the payment."
    ),
    Kind.BALANCE: gettext_lazy(
        "The payment company holds another sum than our books say, for no reason named here."
    ),
    Kind.UNRESOLVED: gettext_lazy(
        "For three days nobody could tell what became of a payment. Nothing is tried beside it meanwhile."
    ),
    Kind.LATE: gettext_lazy("Money came after we had given it up. It is booked."),
    Kind.WRONG_ACCOUNT: gettext_lazy(
        "News came that was meant for another account. Ask your engineer to look."
    ),
}

BUTTONS: dict[Repair, str | Promise] = {
    Repair.ASK_AGAIN: gettext_lazy("Ask the payment company again"),
    Repair.FROM_THE_BEGINNING: gettext_lazy("Compare everything again"),
    Repair.IS_A_GIFT: gettext_lazy("It is a gift: count it as one"),
    Repair.IS_A_FEE: gettext_lazy("It is a fee: book it as one"),
    Repair.IS_A_RESERVE: gettext_lazy("It was set aside: book it as a reserve"),
    Repair.THEIR_FEE: gettext_lazy("Book the fee that was kept"),
    Repair.AS_IT_ARRIVED: gettext_lazy("Count it as it arrived"),
    Repair.TAKE_OUT: gettext_lazy("Take it out of our books"),
    Repair.GO_ON: gettext_lazy("Let it go on"),
    Repair.STOP: gettext_lazy("Stop it"),
    Repair.ACCEPT: gettext_lazy("We know why; don’t show it again"),
}

DONE: dict[Repair, str | Promise] = {
    Repair.ASK_AGAIN: gettext_lazy("The payment company is being asked. Look here again in a minute."),
    Repair.FROM_THE_BEGINNING: gettext_lazy(
        "Everything is being compared again. Look here again in a minute."
    ),
    Repair.IS_A_GIFT: gettext_lazy("It counts as a gift now."),
    Repair.IS_A_FEE: gettext_lazy("It is booked as a fee."),
    Repair.IS_A_RESERVE: gettext_lazy("It is booked as money set aside."),
    Repair.THEIR_FEE: gettext_lazy("The fee that was kept is booked."),
    Repair.AS_IT_ARRIVED: gettext_lazy("It will be counted as it arrived, in a minute."),
    Repair.TAKE_OUT: gettext_lazy("It is out of our books."),
    Repair.GO_ON: gettext_lazy("The contribution goes on, on its own day."),
    Repair.STOP: gettext_lazy("The contribution is stopped."),
    Repair.ACCEPT: gettext_lazy("It is not shown again, unless something about it changes."),
}


def account_name(code: str, labels: dict[str, str]) -> str:
    """An account's code in words: `processor:<id>` is "Held by Practice". `labels` names the processor accounts."""
    kind, _separator, rest = code.partition(":")
    named = {"name": labels.get(rest, rest[:8])}
    words = {
        "processor": _("Held by %(name)s") % named,
        "hold": _("Set aside by %(name)s") % named,
        "transit": _("On its way from %(name)s") % named,
        "bank": _("At our bank, from %(name)s") % named,
        "fees": _("Fees of %(name)s") % named,
        "income": _("Gifts that came directly")
        if rest == "direct"
        else _("Gifts: %(name)s") % {"name": rest},
        "refunds": _("Given back"),
        "chargebacks": _("Taken back by banks"),
        "unapplied": _("Money that waits"),
        "exchange": _("Exchanged"),
    }
    return words.get(kind, code)
