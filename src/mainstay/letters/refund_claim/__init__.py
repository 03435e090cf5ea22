"""A refund that its reader fetches."""
