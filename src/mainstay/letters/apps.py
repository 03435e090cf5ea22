"""The letters room as a Django application."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.letters"
    label = "letters"
