"""Django settings. Every value that differs between installations comes from the environment, read in `base`."""
