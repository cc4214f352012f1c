"""The sensors: each yields executions as they happen. ``probe`` says whether one works here."""
