"""The contributions room as a Django application."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.contributions"
    label = "contributions"
