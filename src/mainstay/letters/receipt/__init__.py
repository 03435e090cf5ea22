"""The receipt after each payment."""
