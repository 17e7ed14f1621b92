"""Pure functions on frozen values: what is allowed, and why not."""
