"""What the file types share: the class, places in a text, readers of YAML, JSON and make."""
