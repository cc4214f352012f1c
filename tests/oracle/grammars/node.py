"""Node.js command lines."""

from __future__ import annotations

import base64
import os
import random
from pathlib import Path
from urllib.parse import quote

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

_MODULE = 'import{appendFileSync as a}from"fs";a(process.env.FC_MARK,"{n}\\n");export default function*(){}'
_FLAGS = (
    "--no-warnings", "--trace-warnings", "--no_deprecation", "--preserve-symlinks", "--expose-gc", "--stack-size=900",
    "--max-old-space-size=512", "--no-addons", "--throw-deprecation", "--harmony", "-harmony", "--enable_source_maps",
    "--input-type=commonjs", "--stack-trace-limit=5", "--no-global-search-paths", "--experimental-vm-modules",
    "--no-print", "--no-check", "--no-interactive", "--no-eval", "--no-harmony", "--jitless", "--trace-uncaught",
    "--bogus", "-z", "-pi", "-ep", "-ie", "-ce", "-help", "--abort-on-uncaught-exception", "--es-module-specifier-resolution=node",
    "--disable-proto=delete", "--title=", "--single-threaded", "--no-opt", "--node-snapshot", "--no-node-snapshot", "-",
    "--force-context-aware", "--frozen-intrinsics", "--verify-base-objects", "--pending-deprecation",
    "--experimental-config-file", "--experimental-default-config-file",
)  # fmt: skip
_VALUED = (
    "--title", "--unhandled-rejections", "--conditions", "-C", "--disable-warning", "--icu-data-dir", "--redirect-warnings",
    "--dns-result-order", "--report-dir", "--report-directory", "--max-http-header-size", "--v8-pool-size", "--stack-trace-limit",
    "--experimental-specifier-resolution", "--test-name-pattern", "--trace-event-categories", "--secure-heap", "--use_largepages",
    "--env-file", "--input-type", "--run", "--experimental-default-type", "--watch-path", "--localstorage-file", "--test-isolation",
)  # fmt: skip
_VALUES = (
    "off",
    "warn",
    "x",
    "5",
    "DEP0001",
    "verbatim",
    "module",
    "commonjs",
    "-x",
    "",
    "\\-x",
    "--",
    "-",
    "script.js",
    ".env",
)
_STOPS = (
    "-v",
    "--version",
    "--help",
    "-h",
    "--v8-options",
    "--completion-bash",
    "-c",
    "--check",
    "--test",
    "--prof-process",
    "--",
)


class Node(Grammar):
    """Options, aliases and values around every place where text enters, and the same in NODE_OPTIONS."""

    id = "node"
    template = 'import("fs").then(f=>f.appendFileSync(process.env.FC_MARK,"{n}\\n"))'

    def programs(self) -> list[str]:
        """Return the installed node, and those that were fetched from npm."""
        fetched = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
        return [*which("node"), *sorted(str(path) for path in fetched.glob("node*/bin/node"))]

    def refused(self, code: int, stderr: str) -> bool:
        """Node also refuses with messages of its own, and V8 says that it does not know a flag."""
        words = (
            "bad option", "not allowed in NODE_OPTIONS", "requires an argument", "can be used, not both", "invalid value for",
            "invalid negation", "must be", "Try --help for options", "requires specifying a file", "ENOENT", "not found",
            "is not a valid", "can't be", "cannot be", "unknown encoding", "ERR_INVALID_ARG_VALUE", "ERR_UNKNOWN_BUILTIN",
            "Cannot find package", "Cannot find module", "ERR_", "minimalRunCjs",  # a snapshot's script cannot use import()
        )  # fmt: skip
        return code != 0 and any(word in stderr for word in words)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line; some are soups of single options."""
        del program
        case = Case(
            ["node"], files={"script.js": marks(), "lib.cjs": marks(), "lib.mjs": marks(_MODULE), ".env": "A=b\n"}
        )
        case.files |= {"node.config.json": '{"nodeOptions": {"import": "./lib.mjs"}}', "packs/pack.js": marks()}
        if rng.random() < 0.7:
            case.stdin, case.stdin_text = rng.choice(("pipe", "pipe", "file", "tty")), marks() + "\n"
        self.devices = ("/dev/stdin", "file:///dev/stdin") if case.stdin in ("pipe", "file") else ("./lib.cjs",)
        for _ in range(rng.randrange(4)):
            case.argv += self.option(rng, marks)
        if rng.random() < 0.7:
            case.argv += self.program(rng, marks)
        case.argv += rng.choice(
            (
                [],
                [],
                ["-e", marks()],
                [marks()],
                ["--", marks()],
                ["-p", "1"],
                ["script.js"],
                ["--import", self.data(rng, marks)],
            )
        )
        if rng.random() < 0.25:
            case.env["NODE_OPTIONS"] = self.variable(rng, marks)
        if rng.random() < 0.05:
            case.env[rng.choice(("NODE_PRESERVE_SYMLINKS", "NODE_PRESERVE_SYMLINKS_MAIN", "NODE_PATH"))] = rng.choice(
                "10."
            )
        if rng.random() < 0.06:
            case.stdin, case.stdin_text = (
                "pipe",
                f"NODE_OPTIONS=--import=data:text/javascript,{quote(marks(_MODULE))}\n",
            )
            words = rng.choice(
                (["--env-file=/dev/stdin"], ["--env-file", "/dev/fd/0"], ["--env-file-if-exists=/dev/stdin"])
            )
            place = rng.choice((["-e", "1"], ["script.js"], ["-e", "1", "x"]))
            case.argv = ["node", *rng.choice(([*words, *place], [*place, *words], [*place, "--", *words]))]
        if rng.random() < 0.05:
            case.env["NODE_PATH"] = "./packs"
        if rng.random() < 0.05:
            case.env["NODE_REPL_EXTERNAL_MODULE"] = "./lib.cjs"
        return case

    def data(self, rng: random.Random, marks: Marks) -> str:
        """Spell a module as a ``data:`` URL."""
        code = marks(_MODULE)
        encoded = base64.b64encode(code.encode()).decode()
        return rng.choice((
            "data:text/javascript," + quote(code),
            "data:text/javascript," + code.replace(" ", "%20"),
            "data:text/javascript;charset=utf-8," + quote(code, safe="{}();,='\""),
            "data:text/javascript;base64," + encoded,
            "data:application/javascript;base64," + encoded.rstrip("="),
            "DATA:text/JavaScript;charset=utf-8;base64," + encoded,
            "data:text/javascript;base64," + quote(encoded),
            "data:text/javascript;base64," + encoded[:9] + "\n\t" + encoded[9:],
            " data:text/javascript," + code + "//?lost()#" + marks(_MODULE),
            "data:text/javascript,1;" + code + "#" + marks(_MODULE),
            "data:TEXT/JAVASCRIPT ," + quote(code),
            "data:text/javascript;base64;charset=utf-8," + quote(code),
            "data:text/javascript;base64,%20" + quote(encoded),
            "data:text/javascript,%EF%BB%BF" + quote(code),
            "data:application/ecmascript," + quote(code),
            "data:text/typescript," + quote(code),
            "data:text/plain," + code,
            "data:application/json," + code,
            "data:," + code,
            "data:text/javascript;base65," + code,
        ))  # fmt: skip

    def option(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell one option."""
        kind = rng.random()
        if kind < 0.35:
            return [rng.choice(_FLAGS)]
        if kind < 0.5:
            name, value = rng.choice(_VALUED), rng.choice(_VALUES)
            return rng.choice(([name, value], [name + "=" + value], [name]))
        if kind < 0.56:
            return [rng.choice(_STOPS)]
        if kind < 0.75:
            return self.program(rng, marks)
        return self.preload(rng, marks)

    def preload(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell an option that loads something first."""
        name = rng.choice((
            "--import", "--import", "--loader", "--experimental-loader", "--experimental_loader", "-r", "--require",
            "--test-reporter",
        ))  # fmt: skip
        value = rng.choice((
            self.data(rng, marks), self.data(rng, marks), "./lib.cjs", "./lib.mjs", "fs", "node:fs", *self.devices,
        ))  # fmt: skip
        if "loader" in name:  # without a module to resolve, the thread of the loaders may not get to run
            return [name, value, "--import=node:fs"]
        return [name + "=" + value] if name[1] == "-" and rng.random() < 0.5 else [name, value]

    def program(self, rng: random.Random, marks: Marks) -> list[str]:
        """Spell what is to run."""
        return rng.choice((
            ["-e", marks()], ["--eval", marks()], ["--eval=" + marks()], ["-p", marks()], ["--print", marks()], ["-pe", marks()],
            ["--print=" + marks()], ["--print=" + marks(), marks()], ["-e" + marks()], ["-e=" + marks()], ["-p" + marks()], ["-p"],
            ["-e", ""], ["-e"], ["-p", ""], ["--eval="], ["-pe"], ["-pe", "-x"], ["-e", "\\-1;" + marks()], ["-i"],
            ["-i", "-e", marks()],
            ["--no-print", marks()], ["--no-eval", marks()], ["-p", "-e", marks()], ["--print", "--eval", marks()], ["-p", "-i"],
            ["script.js"], ["./script.js"], ["-"], ["--"], ["--", "-"], ["--", "script.js"], ["--", "-e", marks()],
            ["/dev/stdin"], [rng.choice(STDIN)], ["--", rng.choice(STDIN)], ["/dev/fd/0/"], ["."],
            ["--preserve-symlinks-main", "/dev/stdin"], ["--entry-url", "file:///dev/stdin"], ["--entry-url=./script.js"],
            ["-p", "", marks()], ["--print", "", marks()], ["-e", marks(), "--import", self.data(rng, marks)], ["--EVAL", marks()],
            ["-e", "--", marks()], ["-pe", "-e", marks()], ["--eval", "--print", marks()], ["nothere.js"], [""], ["lib.mjs"],
            ["--entry-url", self.data(rng, marks)], ["--entry-url", "./script.js"], ["--run", "x"], ["-e", "/*é\u2028*/" + marks()],
            ["--test", "script.js"], ["-e", marks(_MODULE), "--input-type=module"],
            ["--ev" + "al", "//" + "x" * 3000 + "\n" + marks()], ["--_eval", marks()], ["--prin", marks()],
            ["-eval", marks()],
            ["-print", marks()],
            ["--watch", "/dev/stdin"], ["--test", "--test-isolation=none", "/dev/stdin"], ["--test", "/dev/stdin"],
            ["-c", "script.js"], ["-c", "-e", marks()], ["--check"], [self.data(rng, marks)], ["-P", marks()], ["-E", marks()],
            ["--build-snapshot", "-e", marks()], ["--build-snapshot", "/dev/stdin"], ["-r", "pack"],
        ))  # fmt: skip

    def variable(self, rng: random.Random, marks: Marks) -> str:
        """Spell NODE_OPTIONS, quoted well and badly."""
        words = []
        for _ in range(rng.randrange(1, 3)):
            option = self.preload(rng, marks) if rng.random() < 0.7 else self.option(rng, marks)
            words += [self.quoted(rng, word) for word in option]
        return rng.choice((" ", "  ", " ", " ", "\t")).join(words)

    def quoted(self, rng: random.Random, word: str) -> str:
        """Quote one word of NODE_OPTIONS as its splitter wants it; a few as it does not."""
        escaped = word.replace("\\", "\\\\").replace('"', '\\"')
        name, sign, value = word.partition("=")
        value = value.replace("\\", "\\\\").replace('"', '\\"')
        if '"' in word or " " in word:
            return f'"{escaped}"'

        return rng.choice(
            (f'"{escaped}"', f'"{escaped}"', f'{name}{sign}"{value}"' if sign else f'"{escaped}"', word, f'"{escaped}')
        )
