"""Bank transfer: the reader sends the money, and the bank's statement tells of it."""
