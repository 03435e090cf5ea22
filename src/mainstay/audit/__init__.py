"""The log of business actions: who did what, by pseudonym, as a chain of hashes. Append-only."""
