"""Python 2 and 3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Indirect, Language, Starts
from flycatcher.core.payload.languages.python import lowering as _python_ast
from flycatcher.core.payload.languages.python.functions import FUNCTIONS, METHODS
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload import ir
    from flycatcher.core.payload.source import Source


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with Python's own parser, and what that refuses (Python 2, broken text) with the tolerant one."""
    program = _python_ast.parse(source, nodes)
    if program is not None:
        return program
    from flycatcher.core.payload.languages.python import tolerant as _python_tolerant  # noqa: PLC0415 (tree-sitter only where it is needed)

    return _python_tolerant.parse(source, nodes)


def _module(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``__import__('os')``, ``importlib.import_module('os')``."""
    text = args[0].text if args else None
    return Value(name=text) if text and args[0].known else None


def _import(args: Sequence[Value], kwargs: dict[str, Value]) -> Value | None:
    """``__import__('urllib.request')`` gives ``urllib``, unless names are asked of it (fromlist)."""
    found = _module(args, kwargs)
    whole = len(args) > 3 or "fromlist" in kwargs
    return found if found is None or whole else Value(name=found.name.partition(".")[0])


def _getattr(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``getattr(os, 'sys' + 'tem')``."""
    if len(args) > 1 and "names" in args[1].taint:
        return Value(name=f"{args[0].name or '?'}.<any>", taint=args[0].taint)
    if len(args) < 2 or not args[1].known or not isinstance(args[1].data, str):
        return None
    owner = args[0].name
    if owner in ("builtins", "__builtins__", "__builtin__"):
        return Value(name=args[1].data)
    return Value(name=f"{owner or '?'}.{args[1].data}", taint=args[0].taint)


_DOTTED = lazy(r"\s*[A-Za-z_]\w*(?:\.\w+)*\s*")


def _evaluated(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``eval('os.system')`` gives the function."""
    text = args[0].text if args and args[0].known else None
    return Value(name=text.strip()) if text is not None and _DOTTED.fullmatch(text) else None


def _namespace(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``vars(os)`` leads to what ``os`` holds; ``globals()`` to the global names."""
    return Value(name=args[0].name) if args and args[0].name else Value(name="globals()")


def _bound(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``operator.attrgetter('system')(os)`` is ``os.system``, as a function that is yet to be called."""
    if not args or not isinstance(args[0].data, str) or not args[0].known:
        return None
    return Value(name=f"?.{args[0].data}")


def _found_library(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``ctypes.CDLL(None)`` and ``CDLL('libc.so.6')`` lead to the C library's functions."""
    name = (args[0].text or "") if args else ""
    known = not args or args[0].data is None or re.match(r"(?:.*/)?libc[.\d-]", name) is not None
    found = args and args[0].name.startswith("ctypes.util.find_library")
    return Value(name="libc") if known or found else None


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
    **dict.fromkeys(("pty.spawn", "distutils.spawn.spawn", "setuptools._distutils.spawn.spawn"), Starts("list")),
    **dict.fromkeys(("pydoc.pipepager", "pydoc.tempfilepager", "pydoc.pipe_pager"), Starts("text", 1)),
    "libc.system": Starts("text"),
    "libc.popen": Starts("text"),
    **dict.fromkeys(("libc.execl", "libc.execlp", "libc.execle"), Starts("exec")),
    **dict.fromkeys(("libc.execv", "libc.execve", "libc.execvp"), Starts("vector")),
    "asyncio.subprocess.create_subprocess_shell": Starts("text"),
    "os.startfile": Starts("list"),
    "sh.Command": Starts("list"),
    "fabric.Connection().run": Starts("text"),
    "invoke.run": Starts("text"),
    "pexpect.spawn": Starts("text"),
    "pexpect.run": Starts("text"),
    "_posixsubprocess.fork_exec": Starts("list"),
}

HIGHER: dict[str, Indirect] = {
    **dict.fromkeys(("sorted", "max", "min"), Indirect("key", 0, "items")),
    **dict.fromkeys(("itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse"), Indirect(0, 1, "items")),
    **dict.fromkeys(("itertools.groupby", "itertools.accumulate"), Indirect(1, 0, "items")),
    "functools.reduce": Indirect(0, 1, "items"),
    "re.sub": Indirect(1, 2),
    "itertools.starmap": Indirect(0, 1, "lists"),
    "*.submit": Indirect(0, 1),
    **dict.fromkeys(("*.map", "*.imap", "*.imap_unordered", "*.map_async"), Indirect(0, 1, "items")),
    **dict.fromkeys(("*.apply", "*.apply_async"), Indirect(0, 1, "list")),
    **dict.fromkeys(("*.call_soon", "*.call_soon_threadsafe", "*.callback", "*.runcall"), Indirect(0, 1)),
    "*.run_in_executor": Indirect(1, 2),
    "*.call_later": Indirect(1, 2),
    "*.enter": Indirect(2, 3, "list"),
    "weakref.finalize": Indirect(1, 2),
    "asyncio.to_thread": Indirect(0, 1),
    "iter": Indirect(0, 9),
}
"""Functions that call one of their arguments with others of them."""

_RUNNERS = (
    "cProfile.run profile.run cProfile.runctx profile.runctx pdb.run pdb.runeval pdb.runctx bdb.Bdb().run "
    "trace.Trace().run trace.Trace().runctx cProfile.Profile().run cProfile.Profile().runctx doctest.debug_src "
    "ipdb.run IPython.get_ipython().run_cell code.InteractiveConsole().push "
    "code.InteractiveConsole().runsource types.FunctionType asyncio.run_coroutine_threadsafe numexpr.evaluate "
    "pandas.eval"
)
"""Functions of debuggers and profilers whose first argument is a program."""

LANGUAGE = Language(
    id="python",
    aliases=("python2", "python3", "pypy", "xonsh"),
    parse=parse,
    call_methods=frozenset({"__call__"}),
    functions=FUNCTIONS,
    methods=METHODS,
    specials={
        "__import__": _import,
        "importlib.import_module": _module,
        "importlib.__import__": _import,
        "getattr": _getattr,
        "eval": _evaluated,
        "vars": _namespace,
        "globals": _namespace,
        "locals": _namespace,
        "operator.attrgetter": _bound,
        **dict.fromkeys(("ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll.LoadLibrary"), _found_library),
        "ffi.dlopen": _found_library,
        "cffi.FFI().dlopen": _found_library,
    },
    runs={
        "exec": 0,
        "eval": 0,
        "compile": 0,
        "execfile": 0,
        "?.runcode": 0,
        "*.runsource": 0,
        **dict.fromkeys(("*.runeval", "*.runctx"), 0),
        "code.InteractiveInterpreter().runsource": 0,
        **dict.fromkeys(("timeit.timeit", "timeit.Timer", "timeit.repeat"), -3),
        **dict.fromkeys(
            _RUNNERS.split(),
            0,
        ),
    },
    code_keywords=frozenset({"source", "stmt", "setup"}),
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
        "threading.Timer": Indirect(1, 2, "list"),
        "asyncio.to_thread": Indirect(0, 1),
        "multiprocessing.Pool().map": Indirect(0, 1, "items"),
        **HIGHER,
    },
    starts=STARTS,
    global_roots=frozenset({"builtins", "__builtins__", "__builtin__", "globals()", "__dict__"})
    | frozenset(
        f"{name}.__self__" for name in ("print", "len", "open", "abs", "eval", "exec", "getattr", "min", "max")
    ),
    self_attributes=frozenset({"__dict__", "__wrapped__", "__func__"}),
)
