"""A separate process that analyses hostile text, and how a process gives up its privileges."""
