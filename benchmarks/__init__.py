"""Benchmarks: what the program costs, measured beside a floor in the same run. `make bench` runs them."""
