"""BTCPay Server: invoices that the reader pays in bitcoin, spoken to over its Greenfield API."""
