"""The supporter's own page and code, sign-in by mailed link, and reminders."""
