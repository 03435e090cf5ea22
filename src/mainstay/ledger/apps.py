"""The ledger room as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers the room's tables."""

    name = "mainstay.ledger"
    label = "ledger"
