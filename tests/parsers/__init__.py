"""The libraries that read command lines, against the engine's rules for each of them."""
