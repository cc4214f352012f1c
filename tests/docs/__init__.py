"""The documentation, checked: its consoles are run, its links and paths are followed, its map is compared with the tree."""
