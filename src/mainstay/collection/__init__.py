"""Money moves: checkout, the two-step run, the outcome of a fact, refunds."""
