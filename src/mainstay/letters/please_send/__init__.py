"""The invitation to send a gift that is due."""
