"""What the supervisor asks of whoever uses it, and tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Verdict(NamedTuple):
    """What shall become of one execution."""

    action: Literal["ignore", "report", "deny", "text"]
    """``ignore``: it runs and is only counted. ``report``: it runs, and :meth:`Judge.happened` hears of it once it did.
    ``deny``: EPERM, and :meth:`Judge.happened` hears of it. ``text``: first copy what waits in ``descriptors``, then ask again."""
    descriptors: tuple[int, ...] = ()


IGNORE = Verdict("ignore")
REPORT = Verdict("report")
DENY = Verdict("deny")


class Judge(Protocol):
    """The user of the sensor. No method may block: the build waits."""

    def look(self, descriptor: int, name: str) -> tuple[str | None, bool]:
        """Say which interpreter an open ELF file is by content (``""`` none, None cannot tell), and if its executions matter.

        ``name`` is the base name that it is called by.
        """

    def weigh(self, execution: Execution) -> Verdict:
        """Decide before the kernel is answered."""

    def happened(self, execution: Execution) -> None:
        """Hear of an execution that happened, or was denied; ``fidelity`` says which, and how surely."""

    def backlog(self) -> int:
        """Return how many pieces of deferred work wait."""

    def work(self) -> bool:
        """Do one piece of deferred work in a quiet moment; return whether there was any."""

    def rest(self) -> None:
        """Let go of what can be had again, processes above all: the command has ended, and its reports are due."""

    def powerless(self, path: str) -> None:
        """Hear that a set-user-ID program runs without its power (no_new_privs)."""


class Counts(Struct):
    """What the supervisor counted."""

    seen: int = 0
    """Executions that happened, or were presumed to."""
    read: int = 0
    """Those of them whose words were read, because they start an interpreter."""
    refused: int = 0
    """Calls that the kernel refuses: PATH candidates that do not exist, files that are no programs."""
    denied: int = 0
    lost: int = 0
    """Executions that ran without having been read, although they should have been."""
    left: int = 0
    """Processes of the tree that outlived the command."""
