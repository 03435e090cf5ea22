"""Keeping public pages usable when somebody hammers them, or tries out stolen cards. No address is written down."""
