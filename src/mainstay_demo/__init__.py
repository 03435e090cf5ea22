"""The demonstration: an invented newsroom, its site, its practice payment company, a mailbox and a clock."""
