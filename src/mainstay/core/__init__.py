"""Money, the two clocks, ids and errors: pure, no models, no input or output."""
