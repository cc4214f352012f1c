"""What all interpreters share: the class, the reading of options, paths, and the index of the tables."""
