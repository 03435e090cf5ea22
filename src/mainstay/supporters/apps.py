"""The supporters room as a Django application."""

from django.apps import AppConfig


class SupportersConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.supporters"
    label = "supporters"
