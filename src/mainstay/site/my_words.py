"""Words of the supporter's page that depend on what happened: what changed, and countries' names."""

from babel import Locale
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

UNKNOWN_COUNTRY = "??"

SAID = {
    "changed": gettext_lazy("Saved. The new amount holds from the next payment on."),
    "same": gettext_lazy("Nothing was changed: it was like this already."),
    "day": gettext_lazy("Saved. The payment day has moved."),
    "paused": gettext_lazy("Paused. Nothing is taken from your card meanwhile."),
    "resumed": gettext_lazy("It goes on. Thank you."),
    "stopped": gettext_lazy(
        "Stopped. Nothing more will be taken from your card. Thank you for all that you gave."
    ),
    "thanks": gettext_lazy("Thank you for telling us."),
    "mail": gettext_lazy("Saved. Receipts go to that address from now on."),
    "no-mail": gettext_lazy("The address is deleted. We will not write to you any more."),
    "card": gettext_lazy("The new card is saved. Nothing was charged by this."),
    "card-paid": gettext_lazy("The new card is saved, and the overdue payment is paid with it. Thank you."),
    "card-declined": gettext_lazy(
        "The new card is saved, but your bank declined the overdue payment. You owe nothing. You can try another card."
    ),
    "card-open": gettext_lazy(
        "The new card is saved. The overdue payment is with your bank; this page will show what becomes of it."
    ),
    "card-kept": gettext_lazy(
        "The new card is saved. If a payment was overdue, it is tried with it in a moment, and this page will show "
        "what becomes of it."
    ),
    "card-waits": gettext_lazy("Your bank hasn’t said yet whether the new card may be saved."),
    "card-refused": gettext_lazy(
        "The new card was not saved: your bank did not agree. Nothing was charged, and the old card stays."
    ),
    "wallet": gettext_lazy(
        "Saved: from the next payment on it is paid that way. Nothing was charged by this."
    ),
    "wallet-paid": gettext_lazy("Saved, and the overdue payment is paid that way. Thank you."),
    "wallet-declined": gettext_lazy(
        "Saved, but the overdue payment was declined. You owe nothing. You can try another way."
    ),
    "wallet-open": gettext_lazy(
        "Saved. The overdue payment is on its way; this page will show what becomes of it."
    ),
    "bank": gettext_lazy("You are back from your bank. This is how your contribution stands now."),
    "nothing-waits": gettext_lazy("Nothing waits for your bank any more."),
    "not-possible": gettext_lazy("That can’t be done as things stand now. This page shows how they stand."),
}


def said_sentence(name: str) -> str:
    """What the page tells at its top after something was done; "" for a name that is not ours."""
    return str(SAID.get(name, ""))


def country_name(code: str) -> str:
    """The country in the reader's language (CLDR); words for one that is not known."""
    if code == UNKNOWN_COUNTRY:
        return _("the country of your card")
    locale = Locale.parse((get_language() or "en").replace("-", "_"))
    return str(locale.territories.get(code, code))
