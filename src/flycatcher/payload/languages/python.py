"""Python 2 and 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.payload.folding.python import FUNCTIONS, METHODS
from flycatcher.payload.language import Indirect, Language, Starts
from flycatcher.payload.languages import _python_ast
from flycatcher.payload.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.payload import ir
    from flycatcher.payload.source import Source


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with Python's own parser, and what that refuses (Python 2, broken text) with the tolerant one."""
    program = _python_ast.parse(source, nodes)
    if program is not None:
        return program
    from flycatcher.payload.languages import _python_tolerant  # noqa: PLC0415 (tree-sitter only where it is needed)

    return _python_tolerant.parse(source, nodes)


def _module(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``__import__('os')``, ``importlib.import_module('os')``."""
    text = args[0].text if args else None
    return Value(name=text) if text and args[0].known else None


def _getattr(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``getattr(os, 'sys' + 'tem')``."""
    if len(args) < 2 or not args[1].known or not isinstance(args[1].data, str):
        return None
    owner = args[0].name
    if owner in ("builtins", "__builtins__", "__builtin__"):
        return Value(name=args[1].data)
    return Value(name=f"{owner or '?'}.{args[1].data}", taint=args[0].taint)


def _namespace(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``vars(os)`` leads to what ``os`` holds; ``globals()`` to the global names."""
    return Value(name=args[0].name) if args and args[0].name else Value(name="globals()")


_EXEC_FAMILY = ("execl", "execle", "execlp", "execlpe", "spawnl", "spawnle", "spawnlp", "spawnlpe")
_VECTOR_FAMILY = (
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "spawnv",
    "spawnve",
    "spawnvp",
    "spawnvpe",
    "posix_spawn",
    "posix_spawnp",
)

STARTS: dict[str, Starts] = {
    **dict.fromkeys(
        ("os.system", "os.popen", "os.popen2", "os.popen3", "os.popen4", "posix.system", "nt.system"), Starts("text")
    ),
    **dict.fromkeys(
        ("commands.getoutput", "commands.getstatusoutput", "subprocess.getoutput", "subprocess.getstatusoutput"),
        Starts("text"),
    ),
    **dict.fromkeys(("popen2.popen2", "popen2.popen3", "popen2.popen4", "platform.popen"), Starts("text")),
    **dict.fromkeys(
        ("asyncio.create_subprocess_shell", "?.subprocess_shell", "plumbum.local()", "sh.bash"), Starts("text")
    ),
    **{f"subprocess.{name}": Starts("popen") for name in ("Popen", "run", "call", "check_call", "check_output")},
    **{
        f"{module}.{name}": Starts("exec", 1 if name.startswith("spawn") else 0)
        for name in _EXEC_FAMILY
        for module in ("os", "posix")
    },
    **{
        f"{module}.{name}": Starts("vector", 1 if name.startswith("spawn") else 0)
        for name in _VECTOR_FAMILY
        for module in ("os", "posix")
    },
    "asyncio.create_subprocess_exec": Starts("words"),
    "pty.spawn": Starts("list"),
    "pexpect.spawn": Starts("text"),
    "pexpect.run": Starts("text"),
    "_posixsubprocess.fork_exec": Starts("list"),
}

LANGUAGE = Language(
    id="python",
    aliases=("python2", "python3", "pypy"),
    parse=parse,
    through=frozenset({"__call__"}),
    functions=FUNCTIONS,
    methods=METHODS,
    specials={
        "__import__": _module,
        "importlib.import_module": _module,
        "importlib.__import__": _module,
        "getattr": _getattr,
        "vars": _namespace,
        "globals": _namespace,
        "locals": _namespace,
    },
    runs={
        "exec": 0,
        "eval": 0,
        "compile": 0,
        "execfile": 0,
        "code.interact": 0,
        "?.runcode": 0,
        "?.runsource": 0,
        "code.InteractiveInterpreter().runsource": 0,
        "timeit.timeit": 0,
        "timeit.Timer": 0,
    },
    indirect={
        "threading.Thread": Indirect("target", "args", "list"),
        "multiprocessing.Process": Indirect("target", "args", "list"),
        "_thread.start_new_thread": Indirect(0, 1, "list"),
        "functools.partial": Indirect(0, 1),
        "map": Indirect(0, 1, "items"),
        "filter": Indirect(0, 1, "items"),
        "atexit.register": Indirect(0, 1),
        "apply": Indirect(0, 1, "list"),
        "operator.call": Indirect(0, 1),
    },
    starts=STARTS,
    roots=frozenset({"builtins", "__builtins__", "__builtin__", "globals()", "__dict__"}),
)
