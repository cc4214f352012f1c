"""Where an execution happened: ancestry, container, CI job; and the redaction of secrets."""
