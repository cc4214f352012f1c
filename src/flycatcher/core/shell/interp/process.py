"""What builtins, control structures, redirections and program starts need of the shell that runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flycatcher.core.shell.expand.words import Expander
    from flycatcher.core.shell.interp.collector import Collector, Frame
    from flycatcher.core.shell.interp.side_pipes import Fed
    from flycatcher.core.shell.interp.state import State
    from flycatcher.core.shell.syntax.nodes import Script, Simple, Source


class ShellProcess(Protocol):
    """One shell process, or one text that a shell reads; :class:`.machine.Machine` is the implementation."""

    state: State
    collector: Collector
    frame: Frame
    expander: Expander
    status: bool | None
    """Whether the last command succeeded; None where that is not known."""
    read_ended: bool
    """``read`` has reached the end of its input."""
    stopped: bool
    branches: int
    """How many branches, loops, subshells and calls enclose the command that runs now."""
    item: int
    """Number of the top-level command that runs now."""
    traps: list[tuple[Simple | None, str, frozenset[str]]]
    node: Simple | None
    fed: list[Fed]
    """Commands that read what the text writes to them."""

    def run(self, script: Script) -> None:
        """Run a list of commands."""

    def read(self, source: Source) -> Script:
        """Parse a text; problems go to the collector."""

    def call(self, name: str, args: list[str]) -> None:
        """Run a function's body with its arguments bound."""

    def run_inner(self, source: Source, state: State, frame: Frame) -> None:
        """Run a whole text as a shell process of its own."""

    def read_text(self, text: str, via: str) -> None:
        """Run text that this very shell reads again (eval, source, trap)."""

    def span(self) -> tuple[int, int, int, int]:
        """Return where the command that runs now is written: line and column of its begin and of its end."""

    def fork(self) -> State:
        """Return a copy of the state."""
