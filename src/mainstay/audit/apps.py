"""The audit room as a Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.audit"
    label = "audit"
