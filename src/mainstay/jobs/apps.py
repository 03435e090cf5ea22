"""The jobs room as a Django application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.jobs"
    label = "jobs"
