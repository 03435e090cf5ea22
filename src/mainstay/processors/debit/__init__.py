"""Direct debit (SEPA core): the reader signs a mandate with us, and the newsroom's bank collects from a file."""
