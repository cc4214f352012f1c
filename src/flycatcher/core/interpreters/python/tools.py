"""The programs that are ``python -m MODULE`` under a name of their own: debuggers, profilers, coverage.

What each makes of its words stands in ``runners.py``; checked with marker code against the releases named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.modules import ANY, read_module
from flycatcher.core.interpreters.python.program import PythonProgram

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class _Tool(PythonProgram):
    """A module's console script."""

    module: ClassVar[str] = ""

    def read(self, execution: Execution) -> Reading:
        """Read the words behind the name as the module does."""
        reading = Reading(self, execution)
        read_module(reading, self.module, range(1, len(execution.argv)), ANY)
        return reading


class Pdb(_Tool):
    """The debugger of the standard library, as Debian installs it."""

    id = "pdb"
    module = "pdb"
    names = (r"pdb[\d.]*(?:\.py)?",)
    verified = ("3.11",)
    install = "apt: python3"
    options = Options(parser="getopt_long")


class Ipdb(_Tool):
    """ipdb, the debugger with IPython's console."""

    id = "ipdb"
    module = "ipdb"
    names = (r"ipdb[\d.]*",)
    verified = ("0.13.13",)
    install = "pip: ipdb"
    options = Options(parser="getopt_long")


class Pudb(_Tool):
    """PuDB: --pre-run starts a command before each run. Unverified: it asks for a terminal."""

    id = "pudb"
    module = "pudb"
    names = (r"pudb[\d.]*",)
    install = "pip: pudb"
    verified = ("2026.1",)
    options = Options(parser="optparse")


class Idle(_Tool):
    """IDLE. Unverified: it asks for a display."""

    id = "idle"
    module = "idlelib"
    names = (r"idle(?:-python)?[\d.]*",)
    install = "apt: idle"
    options = Options(parser="getopt_long")


class Pyinstrument(_Tool):
    """pyinstrument, a profiler."""

    id = "pyinstrument"
    module = "pyinstrument"
    names = ("pyinstrument",)
    verified = ("5.1.3",)
    install = "pip: pyinstrument"
    options = Options(parser="optparse")


class Kernprof(_Tool):
    """kernprof, the line profiler."""

    id = "kernprof"
    module = "kernprof"
    names = (r"kernprof(?:\.py)?",)
    verified = ("5.1.0",)
    install = "pip: line-profiler"
    options = Options(parser="argparse")


class VizTracer(_Tool):
    """viztracer, a tracer."""

    id = "viztracer"
    module = "viztracer"
    names = ("viztracer",)
    verified = ("1.1.1",)
    install = "pip: viztracer"
    options = Options(parser="argparse")


class Memray(_Tool):
    """memray, a memory profiler."""

    id = "memray"
    module = "memray"
    names = (r"memray[\d.]*",)
    verified = ("1.20.0",)
    install = "pip: memray"
    options = Options(parser="argparse")


class Debugpy(_Tool):
    """debugpy, a debugger for other programs to speak to."""

    id = "debugpy"
    module = "debugpy"
    names = ("debugpy",)
    verified = ("1.8.22",)
    install = "pip: debugpy"
    options = Options(parser="own")


class Pyperf(_Tool):
    """pyperf, a benchmark runner."""

    id = "pyperf"
    module = "pyperf"
    names = ("pyperf",)
    verified = ("2.10.0",)
    install = "pip: pyperf"
    options = Options(parser="argparse")


class Coverage(_Tool):
    """coverage: it runs files and modules."""

    id = "coverage"
    module = "coverage"
    names = (r"(?:python3?-)?coverage(?:-?\d[\d.]*)?",)
    verified = ("7.17.3",)
    install = "pip: coverage"
    options = Options(parser="optparse")
