"""How often a contribution is collected: the three choices that message, checkout and schedule share."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Frequency(TextChoices):
    """Once, monthly or annual."""

    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Monthly")
    ANNUAL = "annual", _("Annual")
