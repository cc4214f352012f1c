"""A shell's commands: builtins that bind variables or take code, functions of the program, and output that is known."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.closures import enter
from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Closure, Value, merge_taint
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.payload import ir
    from flycatcher.core.payload.evaluator.evaluation import Evaluation

    Pure = Callable[[Evaluation, str, None, str, list[Value], dict[str, Value]], Value | None]

POSITIONS = tuple(str(number) for number in range(1, 10))
"""The positional parameters that are followed."""
EVERY = ("@", "*")
PARAMETERS = (*POSITIONS, *EVERY)
_CODE_OPTIONS = {
    "mapfile": ("-C",),
    "readarray": ("-C",),
    "compgen": ("-C", "-W"),
    "complete": ("-C", "-W"),
    "bind": ("-x",),
}
"""Options of builtins whose value is code (bash(1), "SHELL BUILTIN COMMANDS"); -W's is expanded like a word."""
_DECLARE = frozenset({"export", "declare", "local", "readonly", "typeset", "unset", "eval"})
"""Commands that the grammar has nodes for."""
_THROUGH = frozenset({"builtin", "command", "time"})
"""Words before a builtin that run it."""
_FOLLOWED = _THROUGH | {"eval", "trap", "alias", ".", "source"}


def shell_call(run: Evaluation, target: Value, args: list[Value], node: ir.Invoke, pure: Pure) -> Value:
    """Take a command: report it, follow what it binds or runs, and fold its output where its input is known."""
    name, args = _command(target, args)
    if name == "${!":
        return _named(run, args)
    known = run.scope.get(f"{name}()")
    if known is not None and isinstance(known.data, Closure):
        return _function(run, known.data, args)
    if known is not None and known.text:
        args = [*(Value(word) for word in known.text.split()[1:]), *args]
        name = known.text.split()[0]
    _code(run, name, args, node)
    flowing = run.scope.get("|")
    kwargs = {} if flowing is None else {"|": flowing}
    result = run.sink.called(name or UNKNOWN, args, kwargs, node, None) if name not in ("$(", "<(") else Value()
    _bind(run, name, args, flowing, pure)
    folded = pure(run, name.rpartition("/")[2], None, "", args, kwargs)
    if folded is None:
        return Value(taint=result.taint | merge_taint(args))
    if folded.made:
        run.met(folded, node)
    return folded


def _command(target: Value, args: list[Value]) -> tuple[str, list[Value]]:
    """Return a command's name and its arguments, those of arrays one by one."""
    words = [item for value in (target, *args) for item in _items(value)]
    if words and words[0].text == "coproc":  # coproc [NAME] { command
        begins = next((at for at, word in enumerate(words[1:3], 1) if (word.text or "").startswith("{")), 0)
        words = words[begins + 1 :]
    while len(words) > 1 and words[0].text in _THROUGH:
        rest = words[2:] if words[1].text == "-p" else words[1:]
        if not rest or rest[0].text not in _FOLLOWED:
            break
        words = rest
    first = words[0] if words else Value()
    name = first.name or (first.data if isinstance(first.data, str) else "")
    if (
        first.data is NOT_CONSTANT and name.isidentifier() and name not in _DECLARE
    ):  # a variable of which nothing is known
        name = UNKNOWN
    return name, words[1:]


def _items(value: Value) -> list[Value]:
    if not isinstance(value.data, list):
        return [value]
    return [item if isinstance(item, Value) else Value(item) for item in value.data[:256]]


def _named(run: Evaluation, args: list[Value]) -> Value:
    """``${!a}``: the variable that a's value names."""
    name = args[0].text if args else None
    found = None if name is None else run.scope.get(name)
    return Value(taint=merge_taint(args)) if found is None else found


def _function(run: Evaluation, closure: Closure, args: list[Value]) -> Value:
    """Enter a function of the program with its positional parameters."""
    every = Value(list(args), taint=merge_taint(args))
    return enter(run, closure, args[: len(POSITIONS)], dict.fromkeys(EVERY, every))


def _code(run: Evaluation, name: str, args: list[Value], node: ir.Invoke) -> None:
    """Report as eval's what a builtin takes as code."""
    texts: list[Value] = []
    if name == "trap":
        texts = [arg for arg in args if not (arg.text or "").startswith("-")][:1]
    elif name in (".", "source") and args and "substitution" in args[0].taint and args[0].name:
        texts = [Value(args[0].name, made=args[0].made)]
    elif name == "alias":
        for arg in args:
            word, equals, text = (arg.text or "").partition("=")
            if equals:
                run.scope[f"{word}()"] = Value(text)
                texts.append(Value(text, exact=arg.exact))
    elif name == "hash" and len(args) > 2 and args[0].text == "-p":
        run.scope[f"{args[2].text}()"] = args[1]
    for option in _CODE_OPTIONS.get(name, ()):
        texts += [_expanded(option, arg) for before, arg in pairwise(args) if before.text == option]
    for code in texts:
        if code.text is not None and code.text.strip(UNKNOWN + " "):
            run.sink.called("eval", [code], {}, node, None)


def _expanded(option: str, value: Value) -> Value:
    """Return a list of words as code that expands it."""
    return Value(f': "{value.text}"', exact=value.exact) if option == "-W" and value.text is not None else value


def _bind(run: Evaluation, name: str, args: list[Value], flowing: Value | None, pure: Pure) -> None:
    """Bind what a builtin gives a variable."""
    words = [arg.text or "" for arg in args]
    if name == "set" and "--" in words:
        _parameters(run, args[words.index("--") + 1 :])
    elif name == "printf" and words[:1] == ["-v"] and len(args) > 2:
        made = pure(run, "printf", None, "", args[2:], {})
        run.scope[words[1]] = made if made is not None else Value(taint=merge_taint(args))
    elif (
        name in ("read", "mapfile", "readarray") and flowing is not None and (flowing.text is not None or flowing.taint)
    ):
        names = [word for word in words if word.isidentifier()]
        if not names:
            names = ["REPLY" if name == "read" else "MAPFILE"]
        run.scope[names[-1]] = _input(flowing) if name == "read" else _lines(flowing)


def _parameters(run: Evaluation, values: list[Value]) -> None:
    for position, value in zip(POSITIONS, values, strict=False):
        run.scope[position] = value
    for every in EVERY:
        run.scope[every] = Value(list(values), taint=merge_taint(values))


def _input(value: Value) -> Value:
    """Return a line without its end."""
    if value.text is None:
        return Value(taint=value.taint)
    text = value.text.rstrip("\n")
    return Value(text, exact=value.exact, made=value.made, taint=value.taint)


def _lines(value: Value) -> Value:
    if value.text is None:
        return Value(taint=value.taint)
    lines = value.text.splitlines()[:256]
    return Value([Value(line, made=value.made, taint=value.taint) for line in lines], taint=value.taint)
