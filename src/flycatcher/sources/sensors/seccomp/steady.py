"""Can a file change while its times stay the same? Where it can, what it was found to be does not hold for the next look.

Writes through a mapping change the times of a file at the first write after the page was cleaned, and on a file system in
memory never. Sources: mmap(2) (st_ctime), fcntl(2) (F_SETLEASE), mm/shmem.c, include/uapi/linux/magic.h.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.walk import file_system

if TYPE_CHECKING:
    from typing import Self

TIMED = frozenset({0xEF53, 0x58465342, 0x9123683E, 0xF2F52010, 0xCA451A4E, 0x2FC12FC1, 0x9660, 0x73717368, 0xE0F5E1E2})
"""ext, xfs, btrfs, f2fs, bcachefs, zfs; isofs, squashfs and erofs cannot be written to."""
OVERLAY = 0x794C7630


def foreign(about: os.stat_result) -> bool:
    """Whether a file is root's and we are not: the build cannot have made it, nor change it."""
    return about.st_uid == 0 and os.geteuid() != 0 and not about.st_mode & 0o022


class Steady:
    """Holds a file so that nobody opens it for writing while it is looked at (a read lease)."""

    def __init__(self, descriptor: int, about: os.stat_result) -> None:
        """``descriptor``: open for reading."""
        self._descriptor = descriptor
        self._about = about
        self._leased = False
        self.steady = False
        """Whether what is seen holds for as long as the file's time of change stays the same."""

    def __enter__(self) -> Self:
        if foreign(self._about):
            self.steady = True
            return self
        kind = file_system(self._descriptor)
        if kind in TIMED or (kind == OVERLAY and self._about.st_dev == _ROOT_DEVICE):
            try:
                fcntl.fcntl(self._descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            except OSError:
                return self  # somebody has it open for writing, or leases are not to be had
            self.steady = self._leased = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._leased:
            fcntl.fcntl(self._descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)


_ROOT_DEVICE = os.stat("/").st_dev
"""An overlay that is the root was mounted for all of us; another one may lie over a file system in memory."""
