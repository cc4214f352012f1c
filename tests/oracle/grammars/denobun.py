"""Command lines of Deno and Bun."""

from __future__ import annotations

import base64
import os
import random
import re
from pathlib import Path
from urllib.parse import quote

from tests.oracle.harness import Case, Grammar, Marks, which


class _Runtime(Grammar):
    """What both share: where the programs are, and the marker."""

    template = 'import("node:fs").then(f=>f.appendFileSync(process.env.FC_MARK,"{n}\\n"))'
    share = 0.4

    def programs(self) -> list[str]:
        """Return the installed program, and the one that was fetched from npm."""
        fetched = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
        return [*which(self.id), *sorted(str(path) for path in fetched.glob(f"{self.id}*/bin/{self.id}"))][:1]

    def data(self, marks: Marks, rng: random.Random) -> str:
        """Spell a module as a ``data:`` URL."""
        code = marks()
        return rng.choice((
            "data:text/javascript," + quote(code), "data:text/javascript;base64," + base64.b64encode(code.encode()).decode(),
            "data:application/typescript," + quote(code), "data:application/javascript," + code,
        ))  # fmt: skip


class Deno(_Runtime):
    """Deno's subcommands."""

    id = "deno"
    refusal = re.compile(r"error: |Module not found|NotCapable|SyntaxError")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line."""
        del program
        case = Case(
            ["deno"], files={"x.ts": marks(), "lib.ts": marks()}, env={"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        )
        if rng.random() < 0.6:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks() + "\n"
        flags = (
            "-A",
            "-q",
            "--no-check",
            "--no-prompt",
            "--ext=ts",
            "-L=info",
            "--seed=3",
            "--unstable-kv",
            "-r",
            "--allow-all",
            "--quiet",
        )
        case.argv += rng.sample(("-q", "--quiet"), rng.choice((0, 0, 1)))
        case.argv += rng.choice(
            (
                ["eval"],
                ["eval"],
                ["run", "-A"],
                ["run", "-A"],
                ["-A"],
                ["repl", "-A"],
                [],
                ["test"],
                ["fmt"],
                ["check"],
            )
        )
        for _ in range(rng.randrange(3)):
            case.argv += rng.choice(([rng.choice(flags)], [rng.choice(flags)], ["--ext", "ts"], ["--seed", "5"], ["-p"] if "eval" in case.argv else [],
                                     ["--preload", "./lib.ts"], ["--preload", self.data(marks, rng)], ["--eval", marks()] if "repl" in case.argv else []))  # fmt: skip
        case.argv += rng.choice(
            (
                [marks()],
                [marks()],
                [self.data(marks, rng)],
                ["-"],
                ["x.ts"],
                [],
                ["/dev/stdin"],
                ["--", marks()],
                ["nothere.ts"],
            )
        )
        case.argv += rng.choice(([], [], [marks()], ["-p"], ["eval", marks()], ["--eval", marks()]))
        return case


class Bun(_Runtime):
    """Bun's options and commands."""

    id = "bun"
    refusal = re.compile(r"error: |Usage|not found|has no|expects", re.IGNORECASE)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line."""
        del program
        case = Case(["bun"], files={"x.ts": marks(), "lib.ts": marks()})
        if rng.random() < 0.6:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks() + "\n"
        for _ in range(rng.randrange(3)):
            case.argv += rng.choice((["--smol"], ["--bun"], ["-b"], ["--define", "a:1"], ["-d", "a:1"], ["--cwd", "."], ["-r", "./lib.ts"], ["-i"],
                                     ["--preload=./lib.ts"], ["--import", "./lib.ts"], ["--no-install"], ["--bogus"], ["-v"], ["--title", "x"]))  # fmt: skip
        case.argv += rng.choice((["-e", marks()], ["--eval", marks()], ["--eval=" + marks()], ["-p", marks()], ["--print=" + marks()], ["-pe", marks()],
                                 ["-e" + marks()], ["run"], ["run", "-e", marks()], ["exec", "echo x"], ["test"], ["repl"], [], ["-e"], ["-be", marks()]))  # fmt: skip
        case.argv += rng.choice(
            ([], [marks()], ["x.ts"], ["-"], [self.data(marks, rng)], ["-e", marks()], ["/dev/stdin"], ["--", "x.ts"])
        )
        if rng.random() < 0.15:
            case.env["BUN_OPTIONS"] = rng.choice(
                (f"--eval '{marks()}'", "--preload ./lib.ts", f"-e '{marks()}' --smol", "--smol")
            )
        return case
