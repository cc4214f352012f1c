"""Ruby, its consoles and its tools."""
