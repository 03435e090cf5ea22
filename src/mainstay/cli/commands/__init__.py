"""One file each: `HELP`, `add_arguments(parser)` and `run(arguments) -> int` (the exit code)."""
