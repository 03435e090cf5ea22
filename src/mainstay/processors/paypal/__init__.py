"""PayPal: Orders v2 with the vault. The reader approves on PayPal's page, and their country is read first."""
