"""ts-node 10, and the names under which it comes with an option already set.

Source: src/bin.ts (parseArgv, getEntryPointInfo), src/index.ts (DEFAULTS: the environment variables) and the package ``arg``;
checked with marker code against npm's 10.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Given, Option, Options, each
from flycatcher.core.interpreters.javascript.runners import OnNode, read_main, read_module

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_LOAD = Option("value", "load")
_SWITCH = Option("attached")
"""``--swc=no`` is ``--swc``: what is glued to a switch is dropped."""
_SWITCHES = """--print --cwdMode --scriptMode --esm --files --transpileOnly --swc --typeCheck --compilerHost --pretty --skipProject
    --skipIgnore --preferTsExts --logError --emit --scope --noExperimentalReplAwait --cwd-mode --script-mode --transpile-only
    --type-check --compiler-host --skip-project --skip-ignore --prefer-ts-exts --log-error --no-experimental-repl-await"""
_VALUES = """--cwd --dir --compilerOptions --project --ignoreDiagnostics --ignore --scopeDir --experimentalSpecifierResolution
    --compiler-options --ignore-diagnostics --scope-dir --experimental-specifier-resolution"""
_SCRIPT_NAMES = ("ts-node-script", "ts-script")


class TsNode(OnNode):
    """ts-node runs the text of the last -e, a file, or stdin; with -i a session on stdin, too."""

    id = "ts_node"
    language = "typescript"
    names = (r"ts-node(?:-script|-transpile-only|-esm|-cwd)?|ts-script",)
    variables = (*OnNode.variables, "TS_NODE_COMPILER")
    install = "npm: ts-node"
    verified = ("10.9",)
    options = Options(
        parser="own",
        short={"e": CODE, "r": _LOAD, "C": _LOAD, "i": Option(role="interactive"), **each("IPDO", VALUE), **each("pTHs", FLAG),
               **each("hv", EXIT)},
        long={
            "--eval": CODE,
            **each(("--require", "--compiler", "--transpiler"), _LOAD),
            "--interactive": Option("attached", "interactive"),
            **each(_VALUES.split(), VALUE),
            **each(_SWITCHES.split(), _SWITCH),
            **each(("--help", "--version", "--showConfig", "--show-config"), Option("attached", "exit")),
        },
        glued=False,
        dashed_values=False,
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read which of text, file, session and stdin runs."""
        execution = reading.execution
        code = next((given for given in command.given[::-1] if given.option.role == "code"), None)
        session = command.first("interactive") is not None
        if session and command.operands:
            code = None
        error = _mode(execution, command, code)
        if error:
            return reading.refuse(error)
        self._loads(reading, command)
        if code is not None:
            reading.code(code)
        elif command.operands:
            read_main(reading, command.operands[0])
            return reading
        if session or code is None:
            reading.stdin(explicit=session, option="-i" if session else "")
        return reading

    def _loads(self, reading: Reading, command: CommandLine) -> None:
        """Read the modules that run first: those of options, and the compiler that a variable names."""
        for given in command.given:
            if given.option.role == "load":
                read_module(reading, given)
        compiler = reading.execution.env.get("TS_NODE_COMPILER", "")
        if compiler:
            read_module(reading, Given(_LOAD, "--compiler", compiler, 0, 0, 0), "TS_NODE_COMPILER")


def _mode(execution: Execution, command: CommandLine, code: Given | None) -> str:
    """Say what is wrong with the mode in which the configuration is looked for; empty: nothing."""
    by_name = execution.argv[0].rpartition("/")[2]
    script = by_name in _SCRIPT_NAMES or command.has("-s", "--scriptMode", "--script-mode")
    if not script:
        return ""
    if by_name == "ts-node-cwd" or command.has("--cwdMode", "--cwd-mode"):
        return "--cwd-mode cannot be combined with --script-mode"
    return "--script-mode needs a script" if code is not None or not command.operands else ""
