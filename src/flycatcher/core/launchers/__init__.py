"""Programs that start another program which their arguments name: sudo, env, timeout, xargs, docker exec, ssh.

:func:`~flycatcher.core.launchers.unwrap.unwrap` tells what one of them starts, and
:func:`~flycatcher.core.launchers.unwrap.unwrap_all` follows a line to its end: for shell text, payloads and build files alike.
"""
