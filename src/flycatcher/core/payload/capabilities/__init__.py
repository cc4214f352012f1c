"""One file per capability: a rule each, found by being here."""
