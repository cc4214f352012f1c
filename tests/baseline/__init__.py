"""What a build normally runs: learnt, compared, merged, enforced."""
