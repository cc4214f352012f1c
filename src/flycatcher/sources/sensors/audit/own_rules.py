"""The audit rules of Flycatcher's own: added for as long as they are needed, and exactly those taken away again."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.audit.netlink import rules

if TYPE_CHECKING:
    from flycatcher.sources.sensors.audit.netlink import Control


class OwnRules:
    """What was added to the kernel's rules, and whether auditing was turned on for it."""

    def __init__(self, control: Control) -> None:
        """Add nothing yet."""
        self._control = control
        self._added: list[bytes] = []
        self._enabled_here = False

    def add(self) -> None:
        """Turn auditing on where it is off, and add each rule that nobody else has set; raises OSError (EPERM: locked)."""
        if not self._control.status().enabled:
            self._control.enable(on=True)
            self._enabled_here = True
        for rule in rules():
            try:
                self._control.add(rule)
            except OSError as error:
                if error.errno != errno.EEXIST:  # then it is somebody else's, and stays
                    raise
            else:
                self._added.append(rule)

    def remove(self) -> None:
        """Remove exactly what was added; raises OSError."""
        while self._added:
            self._control.remove(self._added.pop())
        if self._enabled_here:
            self._control.enable(on=False)
            self._enabled_here = False
