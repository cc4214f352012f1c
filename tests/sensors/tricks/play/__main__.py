"""Plays tricks inside a build."""

import os
import sys
from pathlib import Path

from . import TRICKS
from .common import called


def main(names):
    """Play one trick after the other, each in a folder and a process of its own."""
    for name in names:
        os.mkdir(name)
        pid = os.fork()
        if pid == 0:
            os.chdir(name)
            Path("/proc/self/comm").write_text(called(name))
            TRICKS[name][2]()
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
