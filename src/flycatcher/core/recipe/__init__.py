"""The recipe: the risk of one detection, and the guidance for where it happened."""
