"""Live mode: a newsroom that takes real money. Its till stays closed until `mainstay doctor` has passed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from .models import Newsroom

REASON = "Not open yet: mainstay doctor has to pass first."


class NotLive(MainstayError):
    """The till of a newsroom was to be opened that was never found ready."""

    def __init__(self) -> None:
        super().__init__(
            str(
                _(
                    "This newsroom has never taken money. Your engineer opens it with `mainstay doctor --go-live`."
                )
            )
        )


def close_until_ready(newsroom: Newsroom) -> None:
    """The state in which a newsroom begins that is not for practice. Saved by the caller."""
    if not newsroom.sandbox:
        newsroom.gifts_stopped_reason = newsroom.renewals_stopped_reason = REASON


def require(newsroom: Newsroom) -> None:
    """Raises `NotLive` for a newsroom that is neither for practice nor was found ready."""
    if not newsroom.sandbox and newsroom.live_on is None:
        raise NotLive


@transaction.atomic
def go_live(newsroom: Newsroom, *, actor: str, day: date) -> None:
    """Opens what was closed from the beginning; what a person has stopped stays stopped. The doctor has passed."""
    row = Newsroom.objects.select_for_update().get(pk=newsroom.pk)
    if row.live_on is None:
        row.live_on = day
        log.record("newsroom.live", actor=actor, day=day, newsroom_id=row.pk, subject=row.slug)
    if row.gifts_stopped_reason == REASON:
        row.gifts_stopped_reason = ""
    if row.renewals_stopped_reason == REASON:
        row.renewals_stopped_reason = ""
    row.save(update_fields=["live_on", "gifts_stopped_reason", "renewals_stopped_reason"])
