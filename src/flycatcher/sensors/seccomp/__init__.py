"""Every execve and execveat of one process tree, through seccomp user notification; no privileges needed.

    front (the process that the user started)   waits as the command's stand-in: signals, job control, exit code
      supervisor                                answers the kernel, reads memory and files, reports
        command                                 installs the filter, sends the listener to both, becomes the command

A second holder of the listener (the front) is what keeps a build alive when the supervisor dies: see :mod:`.front`.
Source for the kernel side: seccomp_unotify(2), seccomp(2), include/uapi/linux/seccomp.h.
"""
