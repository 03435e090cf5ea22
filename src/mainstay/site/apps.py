"""The site room as a Django application."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the room's templates and static files."""

    name = "mainstay.site"
    label = "site"
