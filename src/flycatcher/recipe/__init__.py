"""The recipe: its facts, the risk of one detection, and the guidance for where it happened."""
