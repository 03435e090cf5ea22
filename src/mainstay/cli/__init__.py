"""The `mainstay` command. Each file under `commands` is one command; this room tells the worker what work there is."""
