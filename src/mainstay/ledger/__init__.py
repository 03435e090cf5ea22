"""Double entry: accounts and transfers, append-only. A row can't be unbalanced."""
