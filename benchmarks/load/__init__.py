"""What the benchmarks run in processes of their own: each prints one line of JSON."""
