"""How a record is written: one file per format."""
