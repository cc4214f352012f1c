"""The runners of JavaScript on Node.js: ts-node, tsx, zx, coffee, lsc, babel-node and mongosh.

Each is started as a shell starts it, and as the kernel shows it: ``node /path/of/the/runner ...``. The text of a marker is the same
in TypeScript, CoffeeScript, LiveScript and the rest.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import ClassVar

from tests.oracle.grammars.node import Node
from tests.oracle.harness import STDIN, Case, Marks, which
from tests.oracle.tables import TableGrammar

_ROOT = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
_MODULE = 'import{appendFileSync as a}from"fs";a(process.env.FC_MARK,"{n}\\n");'
_WORDS = (
    r"(?i)usage|unknown|unrecognized|unexpected|invalid|requires|required|cannot|can't|must be|not found|not allowed|ENOENT|ENXIO|EACCES|"
    r"ERR_|error|bad option|SyntaxError|perhaps you meant|Invalid option|not one of|No script|needs|No value|no such|mutually|ECONNREFUSED"
)


class _Runner(TableGrammar):
    """What they share: the files around, NODE_OPTIONS, and node's own words in front."""

    template = "Function(\"(process.getBuiltinModule||process.mainModule.require)('fs').appendFileSync(process.env.FC_MARK,'{n}\\\\n')\")()"
    refusal = re.compile(_WORDS)
    share = 0.05
    seconds = 40
    folder = "runners"
    soup = 0.08
    shims: ClassVar[tuple[str, ...]] = ()
    always: ClassVar[dict[str, str]] = {}
    """Variables of every case."""

    def programs(self) -> list[str]:
        """Return the runner under its names, and the node that it runs on."""
        found = [path for name in self.shims or (self.id,) if (path := self._shim(name)) is not None]
        return [*found, *which("node")] if found else []

    def _shim(self, name: str) -> str | None:
        path = _ROOT / self.folder / "node_modules" / ".bin" / name
        return str(path) if path.exists() else None

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line; for node, the runner is its script."""
        case = super().case(rng, marks, program)
        case.files |= {"lib.cjs": marks(), "lib.mjs": marks(_MODULE)}
        case.env |= self.always
        if rng.random() < 0.1:
            node = Node()
            node.devices = ("./lib.cjs",)
            case.env["NODE_OPTIONS"] = node.variable(rng, marks)
        if program.endswith("/node"):
            runner = rng.choice([path for path in self.programs() if not path.endswith("/node")])
            front = rng.choice((
                [], [], [], ["--no-warnings"], ["-r", "./lib.cjs"], ["--import", Node().data(rng, marks)], ["--"], ["-e", marks()],
            ))  # fmt: skip
            case.argv[1:1] = [*front, runner]
        return case

    def _tail(self, rng: random.Random, marks: Marks) -> list[str]:
        if rng.random() < 0.4:
            return []
        return [rng.choice(STDIN)] if rng.random() < 0.1 else super()._tail(rng, marks)


class TsNode(_Runner):
    """ts-node, also under the names that set an option."""

    id = "ts_node"
    script = "script.ts"
    shims = ("ts-node", "ts-node-transpile-only", "ts-node-cwd", "ts-node-script", "ts-script", "ts-node")
    values = ("x", "1", "", "-", "./lib.cjs", "{}", "tsconfig.json", ".", "-x", "--")
    always: ClassVar[dict[str, str]] = {"TS_NODE_TRANSPILE_ONLY": "1"}
    never = frozenset({"--esm"})
    more = (
        ("-e", "{code}"), ("-pe", "{code}"), ("-ep", "{code}"), ("--eval={code}",), ("-e{code}",), ("-e={code}",), ("-ie", "{code}"),
        ("-i",), ("-Te", "{code}"), ("-sT",), ("-e", "-1;{code}"), ("-e", ""), ("--eval=",), ("-r", "./lib.cjs"), ("-re", "{code}"),
        ("-v",), ("-vv",), ("--version=0",), ("--print=no",), ("--EVAL", "{code}"), ("--evil", "{code}"), ("-p", "{code}"), ("-",),
        ("--no-eval",), ("-D", "2304"), ("-O", '{"module":"commonjs"}'), ("--cwd", "."), ("--dir", "/"), ("-C", "typescript"),
        ("--skip-project",), ("-e", "{code}", "-e", "{code}"), ("--transpiler", "./lib.cjs"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "TS_NODE_COMPILER": ("./lib.cjs", "typescript"), "TS_NODE_REQUIRE": ("./lib.cjs",), "TS_NODE_CWD": (".",), "TS_NODE_SKIP_PROJECT": ("1",),
    }  # fmt: skip


class Tsx(_Runner):
    """tsx."""

    id = "tsx"
    script = "script.ts"
    more = (
        ("-e", "{code}"), ("-p", "{code}"), ("-pe", "{code}"), ("-ep", "{code}"), ("--eval", "{code}"), ("--eval={code}",), ("--eval:{code}",),
        ("--eval.{code}",), ("-e={code}",), ("-e:{code}",), ("-e{code}",), ("--print={code}",), ("-e", "{code}", "-e", "{code}"),
        ("-e", "{code}", "-p", "{code}"), ("--tsconfig", "script.ts"), ("--tsconfig=none",), ("--no-cache",), ("--noCache",), ("--noCache=false",),
        ("-r", "./lib.cjs"), ("--import", "./lib.mjs"), ("-r=./lib.cjs",), ("--no-warnings",), ("--input-type", "module"), ("--input-type=module",),
        ("-e", "-1;{code}"), ("-e", ""), ("-e",), ("-i",), ("-v",), ("--help",), ("-c", "script.ts"), ("--test",), ("-C", "x"), ("--EVAL", "{code}"),
        ("-e", "{code}", "script.ts"), ("script.ts", "-e", "{code}"), ("--", "-e", "{code}"), ("--env-file=none",), ("--env-file", "lib.cjs"),
        ("-ve", "{code}"), ("-te", "{code}"), ("--eval", "--print", "{code}"), ("watch",), ("--conditions", "x", "-e", "{code}"), ("--title=x",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line; ``tsx watch`` goes on for ever, so that one in a hundred is enough."""
        case = super().case(rng, marks, program)
        if "watch" in case.argv and rng.random() < 0.9:
            case.argv.remove("watch")
        return case

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        words = []
        for _ in range(rng.randrange(1, 4)):
            letters = "".join(rng.choice("eeppvxcri.=:-") for _ in range(rng.randrange(1, 4)))
            words += [rng.choice(("-", "-", "--", "")) + letters, *([marks()] if rng.random() < 0.6 else [])]
        return words


class Zx(_Runner):
    """zx. Its scripts run a command, so that what is put around commands runs, too."""

    id = "zx"
    script = "script.mjs"
    never = frozenset({"-i", "--install"})
    values = ("x", "1", "", "-", "none", "true", "false", ".mjs", "-x")
    more = (
        ("-e", "{code}"), ("-e{code}",), ("-e={code}",), ("-e;{code}",), ("--eval", "{code}"), ("--eval={code}",), ("--e={code}",), ("--e", "{code}"),
        ("-e", "{code}", "-e", "{code}"), ("-e", "-1;{code}"), ("-e", "- 1;{code}"), ("-e", ""), ("--eval=",), ("--no-eval",), ("--no-eval", "-e", "{code}"),
        ("--EVAL", "{code}"), ("--Eval={code}",), ("-E", "{code}"), ("--eval", "true"), ("--foo",), ("--foo", "x"), ("--foo", "script.mjs"), ("-x",), ("-xe", "{code}"),
        ("--prefix=echo {n} >>$FC_MARK;",), ("--prefix", "echo {n} >>$FC_MARK;"), ("--postfix=;echo {n} >>$FC_MARK",), ("--prefix", ""), ("--env=none",),
        ("--quiet",), ("--quiet=false",), ("--verbose", "false"), ("--repl",), ("--repl=false",), ("--cwd=.",), ("--cwd", "none"), ("--ext", ".mjs"), ("-l", "x"),
        ("--prefer-local",), ("0",), ("00",), ("5",), ("--", "-"), ("http://127.0.0.1:1/x.mjs",), ("file:script.mjs",), ("-v",), ("--version=false",), ("-h",),
        ("--VERSION",), ("-ve", "{code}"), ("-qe", "{code}"), ("-e1",), ("--eval.x={code}",), ("--shell=bash",), ("--no-quiet",), ("-e", "{code}", "--", "x"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "ZX_PREFIX": ("echo {n} >>$FC_MARK;", ":;"), "ZX_POSTFIX": (";echo {n} >>$FC_MARK",), "ZX_VERBOSE": ("true",), "ZX_QUIET": ("true",),
        "ZX_EVAL": ("{code}",), "ZX_ENV": ("none",), "ZX_SHELL": ("bash", "/bin/bash"), "ZX_REPL": ("true",),
    }  # fmt: skip

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make text that runs a command, more often than not."""
        return marks() + rng.choice(("", ";await $`true`", ";await $`true`"))

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line; scripts run a command."""
        case = super().case(rng, marks, program)
        case.stdin_text += "await $`true`\n" if case.stdin_text else ""
        case.files[self.script] = f"{case.files[self.script]}await $`true`\n"
        return case

    def _tail(self, rng: random.Random, marks: Marks) -> list[str]:
        words = super()._tail(
            rng, marks
        )  # no descriptors: zx writes a file beside what it reads, and the cage keeps it from that
        return [word for word in words if "/dev" not in word and "/proc" not in word]


class Coffee(_Runner):
    """coffee."""

    id = "coffee"
    script = "script.coffee"
    never = frozenset({"-w", "--watch", "--nodejs"})
    values = ("x", "1", "", "-", "./lib.cjs", "out", "none.js", "-x")
    more = (
        ("-e", "{code}"), ("-be", "{code}"), ("-eb", "{code}"), ("-e{code}",), ("-e(1);{code}",), ("-eb(1)", "{code}"), ("--eval", "{code}"), ("--eval={code}",),
        ("-e", "-r", "fs", "{code}"), ("-r", "./lib.cjs", "-e", "{code}"), ("-r", "fs'); {code} #", "-e", "1"), ("-r", "x=fs"), ("-s",), ("-i",), ("-si",),
        ("-es", "{code}"), ("-ie", "{code}"), ("-l",), ("-le", "{code}"), ("-le", "    {code}"), ("-M",), ("--no-header",), ("-ce", "{code}"), ("-pe", "{code}"), ("-o", "out"),
        ("--nodejs", "--no-warnings"), ("--nodejs", "-e {code}"), ("--nodejs", "--no-warnings", "-e", "{code}"), ("--nodejs", "-r ./lib.cjs"), ("-e", "--", "{code}"),
        ("--", "-e", "{code}"), ("-é",), ("-",), ("--eva", "{code}"), ("-t",), ("-j", "x"), ("--tokens",), ("-n",), ("-e",), ("-se",), ("--inline-map",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line; in literate style, what is not indented is a comment."""
        case = super().case(rng, marks, program)
        if any(re.match(r"-\w*l|--literate", word) for word in case.argv) and "-i" not in case.argv:
            case.stdin_text = "".join(f"    {line}\n" for line in case.stdin_text.splitlines())
        return case


class LiveScript(_Runner):
    """lsc. ``-n`` in a cluster would start lsc for ever."""

    id = "lsc"
    script = "script.ls"
    never = frozenset({"-w", "--watch", "-n", "--nodejs"})
    values = ("x", "1", "", "-", "./lib.cjs", "none", "embedded", "-x", "data.json")
    more = (
        ("-e", "{code}"), ("-be", "{code}"), ("-eb", "{code}"), ("-e{code}",), ("-e(1)", "{code}"), ("-e={code}",), ("--eval", "{code}"), ("--eval={code}",), ("-e="),
        ("-e", "{code}", "-e", "{code}"), ("--eval=1\n{code}",), ("-e", "1\n{code}"), ("-e", "-1;{code}"), ("-e", "- 1"), ("-e", ""), ("--no-eval", "{code}"), ("-s",),
        ("-s=false",), ("--no-stdin",), ("--stdin=true",), ("-je", "{code}"), ("-je", "{code}", "data.json"), ("-e", "{code}", "data.json"), ("-cjpe", "{code}"),
        ("-ce", "{code}"), ("-oe", "{code}"), ("-pe", "{code}"), ("-de", "{code}"), ("-m", "none"), ("-m", "bad"), ("-r", "./lib.cjs"), ("-r", "fs"), ("--no-header",),
        ("--no-warn",), ("--no-compile",), ("-c=false",), ("-t",), ("-l",), ("-a",), ("-5",), ("-n", "-e", "{code}"), ("--nodejs", "--no-warnings"), ("-v",), ("--help=false",),
        ("-b", "-n", "-e", "{code}"), ("-se", "{code}"), ("-ke", "{code}"), ("--const",), ("-k",), ("--", "-e", "{code}"), ("-j",), ("-p",),
    )  # fmt: skip

    def refused(self, code: int, printed: str) -> bool:
        """What ``-n`` starts may refuse its words: lsc does not pass the exit code on."""
        return super().refused(code, printed) or "bad option" in printed

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line; with --json, stdin holds data rather than a program."""
        case = super().case(rng, marks, program)
        case.files["data.json"] = '{"a": 1}'
        if case.stdin != "null" and any(re.fullmatch(r"-\w*j\w*|--json", word) for word in case.argv):
            case.stdin_text = "{}"
        return case


class BabelNode(_Runner):
    """babel-node."""

    id = "babel_node"
    shims = ("babel-node",)
    script = "script.js"
    values = ("x", "1", "", "-", "./lib.cjs", ".js", "-x", "script.js")
    more = (
        ("-e", "{code}"), ("-p", "{code}"), ("-pe", "{code}"), ("-e{code}",), ("-p{code}",), ("-e={code}",), ("--eval", "{code}"), ("--eval={code}",), ("--print={code}",),
        ("-e",), ("-p",), ("-e", ""), ("--eval=",), ("-e", "{code}", "-e", "{code}"), ("-e", "{code}", "-p", "{code}"), ("-p", "-e", "{code}"), ("-e", "-p", "{code}"),
        ("-e", "-1;{code}"), ("-e", "{code}", "-e"), ("script.js", "-e", "{code}"), ("script.js", "-h"), ("script.js", "--", "-h"), ("-r", "./lib.cjs"), ("--require", "./lib.cjs"),
        ("-r",), ("--require=./lib.cjs",), ("-r./lib.cjs",), ("--import=./lib.mjs",), ("--import", "./lib.mjs"), ("--harmony",), ("--no-warnings",), ("--stack-size=900",),
        ("-gc",), ("-d",), ("--bogus",), ("-z",), ("-ze", "{code}"), ("--config-file", "none"), ("--no-babelrc",), ("-x", ".js"), ("-o", "x"), ("-V",), ("--help",), ("-he", "{code}"),
        ("--conditions", "x"), ("-C", "x"), ("--title=x",), ("--eva", "{code}"), ("--", "-e", "{code}"), ("-",), ("--experimental-loader", "./lib.mjs"), ("-w", "x"),
    )  # fmt: skip


class Mongosh(_Runner):
    """mongosh, nearly always without a database; where it wants one, the connection is refused."""

    id = "mongosh"
    folder = "mongosh"
    script = "script.js"
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "file", "null")
    never = frozenset({"--smokeTests", "--perfTests", "--tlsUseSystemCA", "--browser"})
    values = ("x", "1", "script.js", "admin")
    soup = 0.05
    always: ClassVar[dict[str, str]] = {"MONGOSH_FORCE_DISABLE_TELEMETRY_FOR_TESTING": "1", "CI": "1"}
    more = (
        ("--eval", "{code}"), ("--eval={code}",), ("-eval", "{code}"), ("-eval={code}",), ("--eval", "{code}", "--eval", "{code}"), ("--eval",), ("--eval=",), ("--eval", ""),
        ("--eval", "-1;{code}"), ("--eval", "-x;{code}"), ("--eval", "--quiet"), ("--no-eval",), ("--EVAL", "{code}"), ("--eva", "{code}"), ("--eval(1)", "{code}"), ("-e", "{code}"),
        ("--shell",), ("-shell",), ("--norc",), ("--quiet",), ("-f", "script.js"), ("-fscript.js",), ("--file=script.js",), ("-f=script.js",), ("script.js",), ("--shell", "false"),
        ("--no-shell",), ("--shell=false",), ("--shell=true",), ("--json",), ("--json=relaxed",), ("-f", "/dev/stdin"), ("/dev/stdin",), ("--", "script.js"), ("--", "-x"), ("--version",),
        ("--jsContext", "repl"), ("--jsContext=plain-vm",), ("--nodb", "false"), ("--no-nodb",), ("mongodb://127.0.0.1:1/",), ("---eval", "{code}"), ("--eval.x={code}",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"MONGOSH_RUN_NODE_SCRIPT": ("", "1")}

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line, mostly with --nodb, and start-up files."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.95:
            start = next((at for at, word in enumerate(case.argv) if word.endswith("/mongosh")), 0) + 1
            case.argv.insert(start, rng.choice(("--nodb", "--nodb", "--nodb", "-nodb")))
        else:
            case.argv += ["--port", "1"]
        case.files[".mongoshrc.js"] = marks()
        return case
