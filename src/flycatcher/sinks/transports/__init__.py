"""Where a written record is sent."""
