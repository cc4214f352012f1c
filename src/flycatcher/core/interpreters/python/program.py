"""What the programs share that are written in Python: the kernel sees python with the program's script."""

from __future__ import annotations

from typing import ClassVar

from flycatcher.core.interpreters.engine.interpreter import Interpreter


class PythonProgram(Interpreter):
    """A program in Python that runs Python."""

    language: ClassVar[str] = "python"
    technique: ClassVar[str] = "T1059.006"
    runs_on: ClassVar[tuple[str, ...]] = ("python",)
