"""Where an execution happened: ancestry, container, CI job; and what must not leave with it: secrets."""
