"""ts-node.

Source: src/bin.ts (parseArgv); tried by hand against ts-node 10.9.
"""

from __future__ import annotations

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class TsNode(OnNode):
    """ts-node runs the text of -e (-p prints it), a file, or stdin."""

    id = "ts_node"
    language = "typescript"
    names = (r"ts-node(?:-script|-transpile-only|-esm|-cwd)?|ts-script",)
    install = "npm: ts-node"
    options = Options(
        short={"e": CODE, "r": Option("value", "load"), "i": Option(role="interactive"), **each("IPCDO", VALUE),
               **each("pTHFsBS", FLAG), **each("hv", EXIT)},
        long={
            "--eval": CODE,
            "--require": Option("value", "load"),
            "--interactive": Option(role="interactive"),
            **each(("--ignore", "--project", "--compiler", "--transpiler", "--ignoreDiagnostics"), VALUE),
            **each(("--compilerOptions", "--cwd", "--dir", "--scopeDir", "--experimentalSpecifierResolution"), VALUE),
            **each(("--compiler-options", "--ignore-diagnostics", "--scope-dir"), VALUE),
            **each(("--print", "--esm", "--swc", "--transpileOnly", "--transpile-only", "--compilerHost"), FLAG),
            **each(("--compiler-host", "--files", "--pretty", "--cwdMode", "--cwd-mode", "--script-mode"), FLAG),
            **each(("--skipProject", "--skip-project", "--skipIgnore", "--skip-ignore", "--emit", "--scope"), FLAG),
            **each(("--preferTsExts", "--prefer-ts-exts", "--logError", "--log-error"), FLAG),
            **each(("--help", "--version", "--showConfig", "--show-config"), EXIT),
        },
    )  # fmt: skip
