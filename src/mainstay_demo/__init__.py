"""The demonstration: an invented newsroom, its news site, and what is needed to show Mainstay working."""
