"""What must always be true of the books, the promises and the processors: fifteen invariants, each one function."""
