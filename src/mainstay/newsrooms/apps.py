"""The newsrooms room as a Django application."""

from django.apps import AppConfig


class NewsroomsConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.newsrooms"
    label = "newsrooms"
