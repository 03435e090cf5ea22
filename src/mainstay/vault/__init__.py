"""The people key in the worker's memory, and the local socket through which a person unlocks it."""
