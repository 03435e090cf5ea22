"""The message's own few words in a language, and the placeholders in an editor's words."""

import re

from django.utils import translation
from django.utils.translation import gettext as _

from mainstay.core.amounts import show_amount
from mainstay.core.money import Money

from .content import FrequencyAsk

_PLACE = re.compile(r"\{[^{}]*\}")


def interface_words(language: str) -> dict[str, str | list[str]]:
    """What the script shows beside the editor's words. {amount} and {date} are filled in on the device."""
    with translation.override(language):
        return {**_asking(), **_reminding(), **_telling()}


def _asking() -> dict[str, str | list[str]]:
    return {
        "often": _("How often"),
        "once": _("Once"),
        "monthly": _("Monthly"),
        "annual": _("Annual"),
        "much": _("How much"),
        "other": _("Another amount"),
        "from": _("from {amount}"),
        "go": _("Continue"),
        "later": _("Not ready to support today?"),
        "remind": _("Remind me later"),
        "already": _("I already support you"),
        "stays": _("Nothing that you choose here leaves this device until you send it."),
        "close": _("Close this message"),
        "closed": _("The message is closed."),
    }


def _reminding() -> dict[str, str | list[str]]:
    return {
        "back": _("Back to the choices"),
        "next": _("Remind me next month"),
        "mail": _("Mail address"),
        "why": _("We’ll write once, next month, then delete your address."),
        "or": _("Or let your own calendar remind you. We’ll know nothing of it."),
        "says": _("The entry will say"),
        "titles": [_("Something to think about"), _("Read the news"), _("A month has passed")],
        "file": _("Get the calendar file"),
    }


def _telling() -> dict[str, str | list[str]]:
    return {
        "wait": _("One moment…"),
        "bad": _("That doesn’t look like a mail address. Please check it."),
        "off": _("We couldn’t reach the newsroom. What you typed is still here; please try again."),
        "busy": _(
            "We can’t take this right now. What you typed is still here; please try again in a minute."
        ),
        "set": _("Thank you! Your reminder is set."),
        "on": _("We’ll write once, on {date}, then delete your address."),
        "saved": _("Save the file and it’s set. We kept nothing."),
        "copy": _("Or copy these words into your calendar"),
    }


def filled(
    words: str, newsroom_name: str, asks: dict[str, FrequencyAsk], currency: str, language: str
) -> str:
    """The editor's words with {newsroom} and {minimum:monthly} filled in; any other placeholder shows nothing."""
    values = {"{newsroom}": newsroom_name} | {
        f"{{minimum:{frequency}}}": show_amount(Money(ask.minimum, currency), language)
        for frequency, ask in asks.items()
    }
    return _PLACE.sub(lambda place: values.get(place[0], ""), words)
