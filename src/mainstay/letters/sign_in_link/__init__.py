"""The link that opens a supporter's page."""
