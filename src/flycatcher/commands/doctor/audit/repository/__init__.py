"""The checks of a repository: ``check(root)`` yields the place, the evidence, the fix and the line of each problem."""
