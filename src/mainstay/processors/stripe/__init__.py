"""Stripe, by its official library: cards and wallets, SEPA debit and iDEAL on our own card page."""
