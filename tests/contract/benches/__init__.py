"""One file for each adapter, with `bench(folder)`: the adapter before a local company that can be made to fail."""
