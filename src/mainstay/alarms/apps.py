"""The alarms room as a Django application."""

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.alarms"
    label = "alarms"
