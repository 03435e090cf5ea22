"""The newsroom, its settings, staff and roles, country policy, processor accounts and public keys."""
