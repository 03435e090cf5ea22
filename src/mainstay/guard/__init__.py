"""Keeping public pages usable when somebody hammers them. Nothing here is written down, and no address is kept."""
