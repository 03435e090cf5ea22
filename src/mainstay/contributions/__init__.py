"""The promise: contributions, their installments and attempts, the dates, the retries, and the processor port."""
