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
    """Deno's subcommands, with options before and behind them."""

    id = "deno"
    template = "Deno.writeTextFileSync(Deno.env.get('FC_MARK')+'','{n}\\n',{append:true})"
    refusal = re.compile(r"error: |Module not found|NotCapable|SyntaxError|Please specify")
    seconds = 12

    def refused(self, code: int, printed: str) -> bool:
        """A server's module that serves nothing is refused, too, with 0 as the exit code."""
        return super().refused(code, printed) or "serve requires export default" in printed

    _commands = (
        *[("eval",)] * 6, *[("run", "-A")] * 5, *[("-A",)] * 4, *[("repl", "-A")] * 3, (), ("serve", "-A"), ("x", "-A"), ("test", "-A"), ("bench", "-A"),
        ("task",), ("task", "--eval"), ("task", "-q", "--eval", "--cwd", "."), ("watch", "-A"), ("fmt",), ("check",), ("lint",), ("cache",), ("info",), ("doc",),
        ("compile",), ("coverage",), ("run",), ("help",), ("list",), ("types",), ("transpile",), ("bundle",), ("jupyter",), ("e",), ("run", "--watch"),
    )  # fmt: skip
    _options = (
        *[("-A",), ("-q",), ("--no-check",), ("--no-prompt",), ("--ext=ts",), ("--quiet",), ("--allow-all",)] * 4, ("-L=info",), ("-Ldebug",), ("-L", "info"), ("--seed=3",), ("--unstable-kv",), ("--allow-all",),
        ("--quiet",), ("--ext", "ts"), ("--seed", "5"), ("--seed", "-5"), ("-c", "none.json"), ("--config=none.json",), ("--no-config",), ("--env-file=none",), ("--env-file",),
        ("--lock", "none.lock"), ("--no-lock",), ("-R",), ("-RWE",), ("-R=.",), ("--allow-read=.",), ("--allow-write",), ("--v8-flags=--harmony",), ("--cached-only",),
        ("--conditions", "x"), ("--location", "http://x/"), ("--import-map=none",), ("--no-remote",), ("--check",), ("--bogus",), ("-z",), ("-h",), ("--version",), ("-p",), ("--print",),
        ("--preload", "./lib.ts"), ("--import", "./lib.ts"), ("--require", "./lib.cjs"), ("--eval",), ("--log-level=error",), ("--node-modules-dir=none",), ("--vendor=false",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line."""
        del program
        files = {name: marks() for name in ("x.ts", "lib.ts", "y_test.ts", "y_bench.ts")}
        case = Case(["deno"], files=files, env={"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"})
        case.files["lib.cjs"] = marks("require('fs').appendFileSync(process.env.FC_MARK,'{n}\\n')")
        if rng.random() < 0.6:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks() + "\n"
        case.argv += rng.choice(
            ([], [], [], ["-q"], ["--quiet"], ["-L", "info"], ["--log-level=info"], ["--env-file=none"])
        )
        command = rng.choice(self._commands)
        if any("watch" in word for word in command) and rng.random() < 0.9:  # these go on for ever
            command = ("run", "-A")
        case.argv += command
        shell = command[:1] == ("task",) and "--eval" in command
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            case.argv += self.option(rng, marks, command[:1])
        case.argv += [marks("echo {n} >>$FC_MARK")] if shell else self.program(rng, marks, command)
        case.argv += rng.choice(([], [], [marks()], ["-p"], ["eval", marks()], ["--eval", marks()], ["--", marks()]))
        if rng.random() < 0.1:
            case.env["NODE_OPTIONS"] = rng.choice(
                (
                    "-r ./lib.cjs",
                    "--require ./lib.cjs",
                    "--import ./lib.ts",
                    "--import " + self.data(marks, rng),
                    "--bogus",
                )
            )
        return case

    def option(self, rng: random.Random, marks: Marks, command: tuple[str, ...]) -> list[str]:
        """Spell one option."""
        if rng.random() < 0.2:
            return rng.choice(
                (
                    ["--preload", self.data(marks, rng)],
                    [f"--preload={self.data(marks, rng)}"],
                    ["--import", self.data(marks, rng)],
                )
            )
        if command == ("repl",) and rng.random() < 0.5:
            return rng.choice(
                (
                    ["--eval", marks()],
                    ["--eval=" + marks()],
                    ["--eval", "-1;" + marks()],
                    ["--eval-file", "./lib.ts"],
                    ["--eval", ""],
                )
            )
        return list(rng.choice(self._options))

    def program(self, rng: random.Random, marks: Marks, command: tuple[str, ...]) -> list[str]:
        """Spell what is to run, mostly in a way that fits the command."""
        texts = ([marks()], [marks()], ["-1;" + marks()], ["--", marks()], [""], [])
        if command == ("eval",) and rng.random() < 0.8:
            return list(rng.choice(texts))
        if command[:1] in (("repl",), ()) and rng.random() < 0.8:
            return rng.choice(([], [], [], ["--"], ["--", "-"], ["--", marks()]))
        url = self.data(marks, rng)
        return list(rng.choice((
            [url], [url], ["-"], ["-"], ["x.ts"], ["./x.ts"], ["/dev/stdin"], ["/dev/fd/0"], ["file:///dev/stdin"], ["--", "-"], ["--", url], ["nothere.ts"], [" " + url],
            ["DATA" + url[4:]], ["y_test.ts"], ["y_bench.ts"], *texts,
        )))  # fmt: skip


class Bun(_Runtime):
    """Bun's options and commands."""

    id = "bun"
    refusal = re.compile(r"error: |Usage|not found|has no|expects|ENOENT", re.IGNORECASE)
    _options = (
        ("--smol",), ("--bun",), ("-b",), ("--define", "a:1"), ("-d", "a:1"), ("--cwd", "."), ("--cwd=.",), ("-r", "./lib.ts"), ("-r./lib.ts",), ("-i",), ("--preload=./lib.ts",),
        ("--import", "./lib.ts"), ("--require=./lib.ts",), ("--no-install",), ("--bogus",), ("-v",), ("--revision",), ("--title", "x"), ("--title=x",), ("--interactive",), ("--silent",), ("-c",),
        ("--config=bun.toml",), ("-c=bun.toml",), ("-cbun.toml",), ("--config", "bun.toml"), ("--if-present",), ("--env-file=none",), ("--env-file", "none"), ("--no-env-file",), ("--drop=console",),
        ("--feature", "X"), ("--conditions=x",), ("--expose-gc",), ("--no-warnings",), ("-l", ".x:js"), ("--loader=.x:js",), ("--main-fields", "x"), ("--install=auto",), ("--port", "3"),
        ("--console-depth", "2"), ("-F", "x"), ("--filter=x",), ("--prefer-offline",), ("--preserve-symlinks-main",), ("--elide-lines", "3"), ("--user-agent=x",), ("-z",), ("--tsconfig-override", "none"),
        ("--no-deprecation",), ("--unhandled-rejections", "warn"), ("--no-orphans",), ("--dns-result-order=verbatim",), ("--cron-title=x",), ("--no-macros",), ("-h",), ("--jsx-runtime", "classic"),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line."""
        del program
        case = Case(["bun"], files={"x.ts": marks(), "lib.ts": marks(), "bun.toml": 'preload = ["./lib.ts"]\n'})
        if rng.random() < 0.6:
            case.stdin, case.stdin_text = rng.choice(("pipe", "file")), marks() + "\n"
        for _ in range(rng.randrange(3)):
            case.argv += rng.choice(self._options)
        if rng.random() < 0.75:
            case.argv += self.code(rng, marks)
        for _ in range(rng.choice((0, 0, 0, 1))):
            case.argv += rng.choice(self._options)
        case.argv += rng.choice((
            [], [marks()], ["x.ts"], ["./x.ts"], ["-"], [self.data(marks, rng)], ["-e", marks()], ["/dev/stdin"], ["--", "x.ts"], ["--", "-"], ["--", self.data(marks, rng)], ["none.ts"],
            ["--", "-e", marks()], ["x.ts", "-e", marks()], [""],
        ))  # fmt: skip
        self.variables(rng, marks, case)
        return case

    def code(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell a text, or a command."""
        return rng.choice((
            ["-e", marks()], ["--eval", marks()], ["--eval=" + marks()], ["-p", marks()], ["--print=" + marks()], ["--print", marks()], ["-pe", marks()], ["-ep", marks()], ["-e" + marks()],
            ["-e=" + marks()], ["-e", "-1;" + marks()], ["-e", ""], ["-e", marks(), "-e", marks()], ["-e", marks(), "-p", marks()], ["--EVAL", marks()], ["--eva", marks()], ["run"], ["run", "-"],
            ["run", "-e", marks()], ["run", "--interactive"], ["exec", "echo x"], ["exec", marks("echo {n} >>$FC_MARK")], ["exec", "--", marks("echo {n} >>$FC_MARK")], ["test"], ["repl"],
            ["repl", "-e", marks()], ["repl", "--eval=" + marks()], ["repl", "-p", marks()], ["repl", "x.ts"], ["-e"], ["-be", marks()], ["check"], ["fmt"], ["build"], ["pm"],
        ))  # fmt: skip

    def variables(self, rng: random.Random, marks: Marks, case: Case) -> None:
        """Set what Bun reads from the environment."""
        if rng.random() < 0.15:
            case.env["BUN_OPTIONS"] = rng.choice((
                f"--eval '{marks()}'", "--preload ./lib.ts", f"-e '{marks()}' --smol", "--smol", f"--print={marks()}", f'-e "{marks("1")}"', f"-p '{marks()}'",
            ))  # fmt: skip
        if rng.random() < 0.05:
            case.env["BUN_INSPECT_PRELOAD"] = "./lib.ts"
        if rng.random() < 0.05:
            case.env["NODE_OPTIONS"] = rng.choice(("-r ./lib.ts", "--import " + self.data(marks, rng)))
        case.env["BUN_INSTALL_CACHE_DIR"] = ".cache"
