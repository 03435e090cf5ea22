"""The notice before an annual payment."""
