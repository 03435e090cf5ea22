"""Tags of the readers' pages."""
