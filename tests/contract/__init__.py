"""One suite that every processor's adapter runs through, and the shapes of what they send."""
