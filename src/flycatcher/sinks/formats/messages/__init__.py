"""How one event is written as a message: a format per file."""
