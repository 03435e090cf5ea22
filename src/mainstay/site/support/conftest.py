"""The Far Shore with an account at the practice payment company, for the checkout's pages."""

from mainstay.collection.conftest import world

__all__ = ["world"]
