"""A process of its own for the analysis of hostile text, and the dropping of privileges."""
