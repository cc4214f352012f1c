"""The sensors: each yields executions as they happen. ``probe`` reports whether one works here."""
