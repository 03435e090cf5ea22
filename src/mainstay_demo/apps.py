"""The demonstration as a Django application: its templates come before Mainstay's own."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the templates and static files."""

    name = "mainstay_demo"
    label = "demo"
