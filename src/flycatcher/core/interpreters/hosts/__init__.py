"""Programs that are no interpreters by trade and run text that they are given: git, make, tar, apt, ssh, gdb."""
