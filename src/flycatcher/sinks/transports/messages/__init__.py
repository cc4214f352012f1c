"""How messages travel to a receiver: a transport per file."""
