"""CPython's command lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.harness import Case, Grammar, Marks, which

if TYPE_CHECKING:
    import random


class Python(Grammar):
    """Options in clusters and apart, around every place where text enters."""

    id = "python"
    template = "import os; open(os.environ['FC_MARK'], 'a').write('{n}\\n')"

    def programs(self) -> list[str]:
        """Return every CPython and PyPy that is installed."""
        pyenv = sorted(str(p) for p in Path("/root/.pyenv/versions").glob("*/bin/python") if p.exists())
        return [*which("/usr/bin/python3", "pypy3"), *pyenv]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line of options, then a program, then arguments."""
        del program
        case = Case(["python"], files={"script.py": marks()})
        if rng.random() < 0.6:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file", "tty")), marks() + "\n"
        for _ in range(rng.randrange(3)):
            case.argv += rng.choice(
                (
                    ["-S"],
                    ["-I"],
                    ["-B"],
                    ["-E"],
                    ["-Wignore"],
                    ["-W", "default"],
                    ["-X", "dev"],
                    ["-Xutf8"],
                    ["-u"],
                    ["-i"],
                    ["-sE"],
                )
            )
        case.argv += rng.choice(
            (
                ["-c", marks()],
                ["-c" + marks()],
                ["-Sc", marks()],
                ["-IBc" + marks()],
                ["script.py"],
                ["-"],
                ["--"],
                ["--", "-"],
                ["/dev/stdin"],
                ["-m", "timeit", "-n1", "-r1", "-s", marks(), "pass"],
                ["-m", "timeit", "-n1", "-r1", marks()],
                [],
                ["-V"],
                ["-c"],
            )
        )
        case.argv += rng.choice(([], [], ["-c", marks()], [marks()], ["-V"]))
        return case
