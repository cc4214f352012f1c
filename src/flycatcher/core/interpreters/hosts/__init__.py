"""Programs that are not interpreters, but run text that they are given: git, make, tar, apt, ssh, gdb."""
