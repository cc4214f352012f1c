"""``respond contain`` and ``respond release``: stop what a detection names from doing more, and take that back."""
