"""The moving room as a Django application."""

from django.apps import AppConfig


class MovingConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.moving"
    label = "moving"
