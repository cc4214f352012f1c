"""Programs that start another program which their arguments name: sudo, env, timeout, xargs, docker exec, ssh."""
