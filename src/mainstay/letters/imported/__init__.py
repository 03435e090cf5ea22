"""The letter to a supporter whose promise was taken over from another tool."""
