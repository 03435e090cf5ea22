"""The faults that the demonstration offers: what may go wrong at a payment company on an ordinary day."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Fault:
    """One fault: the company's names for it, and what happens in plain words."""

    call: str
    fault: str
    words: Promise

    @property
    def name(self) -> str:
        """What the form sends."""
        return f"{self.call}:{self.fault}"


FAULTS = (
    Fault("confirm", "timeout_after", _("The next payment is made, and no answer comes back")),
    Fault("confirm", "timeout_before", _("The next payment is lost on its way, and no answer comes back")),
    Fault("confirm", "error_500_after", _("The next payment is made, and the company answers with an error")),
    Fault(
        "confirm",
        "cut_mid_answer",
        _("The next payment is made, and the line breaks in the middle of the answer"),
    ),
    Fault("confirm", "decline_insufficient_funds", _("The bank declines the next payment for lack of money")),
    Fault("prepare", "unavailable_503", _("The company is out of order when the next payment is prepared")),
    Fault("confirm", "rate_limited_429", _("The company says at the next payment that it is asked too much")),
)
