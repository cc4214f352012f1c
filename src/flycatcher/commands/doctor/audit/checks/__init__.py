"""The checks: ``check(root)`` yields the place, the evidence and the fix of each problem."""
