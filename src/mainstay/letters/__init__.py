"""Mail to readers: one folder for each letter, and the outbox, whose payloads never change."""
