"""PHP: what php -r, -B, -R and stdin run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.language import Indirect, Language, Starts
from flycatcher.core.payload.languages.php.functions import FUNCTIONS
from flycatcher.core.payload.languages.php.lowering import parse

if TYPE_CHECKING:
    from collections.abc import Sequence


def _named(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value | None:
    """``new ReflectionFunction('system')``."""
    return Value(name=args[0].data) if args and args[0].known and isinstance(args[0].data, str) else None


_TEXTS = ("system", "exec", "shell_exec", "passthru", "popen", "expect_popen", "ssh2_exec")

LANGUAGE = Language(
    id="php",
    aliases=("php-cgi", "phpdbg", "hhvm"),
    parse=parse,
    call_methods=frozenset({"invoke", "invokeArgs", "__invoke", "call"}),
    functions=FUNCTIONS,
    specials={"reflectionfunction": _named, "closure.fromcallable": _named},
    runs={"eval": 0, "assert": 0, "create_function": 1},
    indirect={
        "call_user_func": Indirect(0, 1),
        "call_user_func_array": Indirect(0, 1, "list"),
        "array_map": Indirect(0, 1, "items"),
        "array_filter": Indirect(1, 0, "items"),
        "array_walk": Indirect(1, 0, "items"),
        "usort": Indirect(1, 0, "items"),
        "uasort": Indirect(1, 0, "items"),
        "register_shutdown_function": Indirect(0, 1),
        "forward_static_call": Indirect(0, 1),
        "forward_static_call_array": Indirect(0, 1, "list"),
        "array_reduce": Indirect(1, 0, "items"),
        "iterator_apply": Indirect(1, 2, "list"),
        "preg_replace_callback": Indirect(1, 2),
        "ob_start": Indirect(0, 1),
    },
    starts={**dict.fromkeys(_TEXTS, Starts("text")), "proc_open": Starts("text-or-list"), "pcntl_exec": Starts("pair")},
    given={"PHP_BINARY": Value("php")},
    weak=True,
    text_names=True,
    any_case=True,
    callable_text=True,
)
