"""What a build normally runs: entries, the file that holds them, how two of them are merged, and how a run compares with them."""
