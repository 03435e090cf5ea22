"""Taking over promises that were made elsewhere: from a file of another tool, or live from a payment company."""
