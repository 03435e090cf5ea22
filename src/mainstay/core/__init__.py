"""Money, the two clocks, ids and errors: pure, no models, no input or output.

`search` alone asks the database: rooms describe their searches with it (docs/decisions/0015).
"""
