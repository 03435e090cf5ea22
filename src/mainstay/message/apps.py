"""The message room as a Django application."""

from django.apps import AppConfig


class MessageConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.message"
    label = "message"
