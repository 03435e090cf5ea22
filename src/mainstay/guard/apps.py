"""The guard room as a Django application."""

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.guard"
    label = "guard"
