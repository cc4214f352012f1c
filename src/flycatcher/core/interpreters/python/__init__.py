"""Python, its consoles and its tools."""
