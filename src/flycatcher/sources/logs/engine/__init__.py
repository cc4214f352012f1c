"""What all log formats stand on: blocks of lines, records of starts, the words that a program's name lets through."""
