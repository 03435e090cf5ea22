"""The people key in the worker's memory, and the local sockets: a person unlocks it, the desk asks it."""
