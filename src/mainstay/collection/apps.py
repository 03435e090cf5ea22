"""The collection room as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.collection"
    label = "collection"
