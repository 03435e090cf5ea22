"""Taking everything along: backups, restoring them, moving house, and destroying the keys of persons."""
