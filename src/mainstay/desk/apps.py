"""The desk room as a Django application."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Registers the room's templates and static files."""

    name = "mainstay.desk"
    label = "desk"
