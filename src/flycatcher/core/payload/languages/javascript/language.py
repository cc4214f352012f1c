"""JavaScript: Node.js, Deno, Bun, and the JVM's engines (jjs, jrunscript)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Indirect, Language, Starts
from flycatcher.core.payload.languages.javascript.containers import CONTAINER_METHODS, CONTAINERS
from flycatcher.core.payload.languages.javascript.functions import FUNCTIONS, METHODS
from flycatcher.core.payload.languages.javascript.lowering import parse

if TYPE_CHECKING:
    from collections.abc import Sequence


def _require(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``require('child_process')``, ``import('fs')``, ``process.binding``."""
    if not args or not args[0].known or not isinstance(args[0].data, str):
        return None
    return Value(name=args[0].data.removeprefix("node:"))


def _java(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``Java.type('java.lang.Runtime')``."""
    return Value(name=args[0].data) if args and isinstance(args[0].data, str) else None


def _code(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``Reflect.get(process, 'mainModule')``."""
    if len(args) < 2 or not isinstance(args[1].data, str) or not args[0].name:
        return None
    return Value(name=f"{args[0].name}.{args[1].data}")


_REQUIRES = (
    "require",
    "import",
    "process.mainModule.require",
    "module.require",
    "module.constructor._load",
    "process.mainModule.constructor._load",
    "module.createRequire()",
    "process.getBuiltinModule",
    "*.require",
    "*._load",
    "*.getBuiltinModule",
    "createRequire()",
)

LANGUAGE = Language(
    id="javascript",
    aliases=("node", "js", "typescript", "deno", "bun", "jjs", "jrunscript", "nashorn"),
    parse=parse,
    writes_outside=True,
    call_methods=frozenset({"call", "apply", "bind"}),
    functions={**FUNCTIONS, **CONTAINERS},
    methods={**METHODS, **CONTAINER_METHODS},
    specials={**dict.fromkeys(_REQUIRES, _require), "Java.type": _java, "Reflect.get": _code},
    runs={
        "eval": 0,
        "Function": -2,
        "*.constructor": 0,
        "constructor": 0,
        "vm.runInThisContext": 0,
        "vm.runInNewContext": 0,
        "vm.runInContext": 0,
        "vm.Script": 0,
        "setTimeout": 0,
        "setInterval": 0,
        "setImmediate": 0,
        "*._compile": 0,
        "AsyncFunction": -2,
        "vm.compileFunction": 0,
        "vm.SourceTextModule": 0,
        "*.runInThisContext": 0,
        "worker_threads.Worker": 0,
        "Worker": 0,
        "execScript": 0,
        "*.executeScript": 0,
        "GeneratorFunction": 0,
    },
    indirect={"Reflect.apply": Indirect(0, 2, "list"), "Reflect.construct": Indirect(0, 1, "list")},
    starts={
        "child_process.exec": Starts("text"),
        "child_process.execSync": Starts("text"),
        "*.doShellScript": Starts("text"),
        "*.spawn_command_line_sync": Starts("text"),
        "*.spawn_command_line_async": Starts("text"),
        **dict.fromkeys(
            (f"child_process.{name}" for name in ("spawn", "spawnSync", "execFile", "execFileSync")),
            Starts("pair-or-text"),
        ),
        **dict.fromkeys(("child_process.fork", "cluster.setupPrimary", "cluster.setupMaster"), Starts("fork")),
        "Bun.spawn": Starts("list"),
        "Bun.spawnSync": Starts("list"),
        "Deno.run": Starts("cmd"),
        "bun.$": Starts("text"),
        "Bun.$": Starts("text"),
        "zx.$": Starts("text"),
        "$": Starts("text"),
        "process.binding.spawn": Starts("file"),
        "spawn_sync.spawn": Starts("file"),
        "Deno.Command": Starts("pair"),
        "java.lang.Runtime.getRuntime().exec": Starts("javaexec"),
        "java.lang.ProcessBuilder": Starts("words"),
        "exec": Starts("javaexec"),
        "shelljs.exec": Starts("text"),
        "execa.execa": Starts("pair"),
        "execa.execaSync": Starts("pair"),
        "execa.command": Starts("javaexec"),
        "execa.execaCommand": Starts("javaexec"),
        "execa.execaCommandSync": Starts("javaexec"),
        "@actions/exec.exec": Starts("pair"),
        "@actions/exec.getExecOutput": Starts("pair"),
    },
    weak=True,
    global_roots=frozenset({"globalThis", "global", "window", "self", "root", "this"}),
)
