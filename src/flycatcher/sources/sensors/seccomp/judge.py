"""What the supervisor asks of whoever uses it, and tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.sources.notice import NoticeKind


class Verdict(NamedTuple):
    """What shall become of one execution."""

    action: Literal["ignore", "report", "deny", "text"]
    """``ignore``: it runs and is only counted. ``report``: it runs, and :meth:`Judge.on_exec` hears of it once it did.
    ``deny``: EPERM, and :meth:`Judge.on_exec` hears of it. ``text``: first copy what waits in ``descriptors``, then ask again."""
    descriptors: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()
    """Those of them that the program opens by a path: of a file, it reads from the beginning, wherever the descriptor stands."""


IGNORE = Verdict("ignore")
REPORT = Verdict("report")
DENY = Verdict("deny")


class Judge(Protocol):
    """The user of the sensor. No method may block: the build waits."""

    def look(self, descriptor: int, name: str, steady: bool) -> tuple[str | None, bool]:
        """Say which interpreter an open ELF file is by content (``""`` none, None cannot tell), and if its executions matter.

        ``name`` is the base name that it is called by; ``steady``: the file cannot change while its times stay the same.
        """

    def hosted(self, execution: Execution) -> str:
        """Return the path of a program that the execution's own runs in its process (ld.so, qemu-user), else an empty text."""

    def decide(self, execution: Execution) -> Verdict:
        """Decide before the kernel is answered."""

    def on_exec(self, execution: Execution) -> None:
        """Hear of an execution that happened, or was denied; ``fidelity`` says which, and how surely."""

    def backlog(self) -> int:
        """Return how many pieces of deferred work wait."""

    def work(self) -> bool:
        """Do one piece of deferred work in a quiet moment; return whether there was any."""

    def release(self) -> None:
        """Let go of what can be had again, processes above all: the command has ended, and its reports are due."""

    def note(self, kind: NoticeKind, place: str, text: str) -> None:
        """Hear what the sensor has to say about itself: a loss, somebody who tried to reach it, a process that it killed."""

    def on_setuid_lost(self, path: str) -> None:
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
    unread: int = 0
    """Executions that were refused because they could not be read."""
    reached: int = 0
    """Calls that would have reached the supervisor or the front, and were refused."""
    changed: int = 0
    """Executions that ran as another file or with other words than those that were judged."""
    killed: int = 0
    """Those of them that were killed."""
    unverified: int = 0
    """Executions that had ended before it could be compared what ran; counted where the run enforces."""
    left: int = 0
    """Processes of the tree that outlived the command."""
