"""Claiming due work by compare-and-swap with a lease, and the worker's loop. Knows no domain."""
