"""Letters that must not go any more, because their reader asked to be forgotten."""

from .models import Letter


def forget_recipient(recipient_sealed: bytes) -> None:
    """Gives up the waiting letters to exactly this sealed address, and blanks what they held."""
    waiting = Letter.objects.filter(state=Letter.State.WAITING, recipient_sealed=recipient_sealed)
    waiting.update(state=Letter.State.FAILED, recipient_sealed=None, payload={}, next_action_at=None)
