"""Public-key sealing: the process that writes a value can't read it back. Key files live here too."""
