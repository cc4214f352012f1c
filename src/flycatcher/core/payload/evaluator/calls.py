"""Calls: the function resolved, the call folded where it is pure, followed where it is the program's own, and reported."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.closures import enter
from flycatcher.core.payload.evaluator.expressions import ASSEMBLED, evaluated, select
from flycatcher.core.payload.evaluator.shell_calls import shell_call
from flycatcher.core.payload.evaluator.values import (
    NO_TAINT,
    NOT_CONSTANT,
    Closure,
    UnfoldableError,
    Value,
    merge_made,
    merge_taint,
)
from flycatcher.core.payload.secrets import of_variable
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from flycatcher.core.payload.evaluator.evaluation import Evaluation
    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.language import Indirect

MAX_MATCHES = 8192
"""Matches of a pattern that are replaced."""
MAX_GROWN = 256
"""Items of a list that is put together by calls."""
_GROWS = frozenset({"append", "push", "extend"})
"""Methods that add to a list."""
_PACKAGE = lazy(r"[A-Z]\w*(?:::\w+)+")
"""A text that Perl takes for a class where a method is called on it."""
_ONE_OF = frozenset({"get", "pop", "fetch", "setdefault", "getenv", "__getitem__", "dig", "delete"})
"""Methods that give one entry of a table."""
_GIVES_ITSELF = frozenset({"then", "tap", "let", "also", "yield_self", "each_line", "run", "apply"})
"""Methods whose callback gets what they are called on."""
_EACH = frozenset({"map", "collect", "each", "forEach", "flatMap", "flat_map", "each_with_index", "every", "some"})


def invoke(run: Evaluation, node: ir.Invoke) -> Value:
    """Resolve the function, fold the call if it is pure, and report it."""
    func = node.func
    receiver: Value | None = None
    outer, run.callee = run.callee, func
    if isinstance(func, ir.Member):
        receiver = run.eval(func.obj)
        target = _attribute(run, receiver, func)
    else:
        target = run.eval(func)
    run.callee = outer
    args = evaluated(run, node.args)
    kwargs = _keywords(run, node)
    if node.block is not None:
        args.append(run.eval(node.block))
    if receiver is not None and isinstance(receiver.data, list):
        _grow(run, func, receiver, args)
    return call(run, target, receiver, func.name if isinstance(func, ir.Member) else "", args, kwargs, node)


def _keywords(run: Evaluation, node: ir.Invoke) -> dict[str, Value]:
    """Evaluate keyword arguments; the entries of a known table that ``**`` spreads out stand among them."""
    found: dict[str, Value] = {}
    for key, part in node.kwargs:
        value = run.eval(part)
        if key == "**" and isinstance(value.data, dict):
            found.update({name: one for name, one in value.data.items() if isinstance(name, str)})
        else:
            found[key] = value
    return found


def _grow(run: Evaluation, func: ir.Node, receiver: Value, args: list[Value]) -> None:
    """Bind the list that a method of one adds to: ``words.append("-c")``, ``words.push("-e")``, ``words.extend([...])``."""
    if not isinstance(func, ir.Member) or not isinstance(func.obj, ir.Name) or len(args) != 1:
        return
    more = args[0].data if func.name == "extend" else args
    if func.name not in _GROWS or not isinstance(more, list) or len(receiver.data) + len(more) > MAX_GROWN:
        return
    grown = Value([*receiver.data, *more], made=merge_made((receiver, *args)), taint=receiver.taint | merge_taint(args))
    run.scope[func.obj.id] = grown
    if run.calls == 0:
        run.globals[func.obj.id] = grown


def _attribute(run: Evaluation, receiver: Value, func: ir.Member) -> Value:
    """Return the method of a value: an entry of a table of the program's own, or the name that it has."""
    own = isinstance(receiver.data, dict) and isinstance(receiver.data.get(func.name), Value)
    if receiver.known and not own:
        named = run.language.id == "perl" and isinstance(receiver.data, str) and _PACKAGE.fullmatch(receiver.data)
        return Value(name=f"{receiver.data if named else '?'}.{func.name}")
    return select(run, receiver, func.name, func)


def call(
    run: Evaluation,
    target: Value,
    receiver: Value | None,
    method: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ir.Invoke,
) -> Value:
    """Apply ``target`` to ``args``."""
    through = method in run.language.call_methods and target.name not in run.language.indirect
    if receiver is not None and through:
        target, receiver, method, args = _unbound(run, receiver, method, args)
    closure = _closure(run, target, receiver, method)
    if closure is not None:
        return enter(run, closure, args, kwargs)
    if receiver is not None and receiver.name and through and method in run.language.call_methods:
        target = Value(name=receiver.name.removesuffix("()") if method == "invoke" else receiver.name)
        if method == "bind" and not args:
            return target
    if run.language.id == "shell":
        return shell_call(run, target, args, node, _pure)
    name = _known_suffix(run, _called_name(run, target))
    indirect = run.language.indirect.get(name) or (run.language.indirect.get(f"*.{method}") if method else None)
    if indirect is not None:
        _indirectly(run, indirect, receiver, args, kwargs, node)
    started = run.language.starts.get(f"*.{method}") if receiver is not None else None
    if started is not None and started.kind == "receiver" and receiver is not None:
        args = [receiver, *args]
    folded = _pure(run, name, receiver, method, args, kwargs)
    if folded is not None:
        run.met(folded, node)
        return folded
    answer = _special(run, name, args, kwargs, node)
    return answer if answer is not None else _reported(run, name, target, receiver, args, kwargs, node)


def _unbound(run: Evaluation, receiver: Value, method: str, args: list[Value]) -> tuple[Value, Value, str, list[Value]]:
    """Return what ``f.call(this, a)``, ``f.apply(this, [a])`` and ``f.bind(this, a)`` call, and with which arguments.

    JavaScript's own take ``this`` first; ``Function.prototype.call.call(f, this, a)`` calls f's ``call``, and a method of a
    prototype is called on ``this``.
    """
    if run.language.id != "javascript":
        return Value(), receiver, method, args
    for _ in range(4):
        inner = receiver.name.rpartition(".")[2]
        if inner not in run.language.call_methods or not args or method != "call":
            break
        receiver, method, args = args[0], inner, args[1:]
    if method == "apply":
        listed = args[1].data if len(args) > 1 else None
        args = [*args[:1], *(listed[:64] if isinstance(listed, list) else args[1:])]
    if ".prototype." in receiver.name and args and inner not in run.language.call_methods:
        return Value(name=f"?.{inner}"), args[0], inner, args[1:]
    return Value(), receiver, method, args[1:]


def _closure(run: Evaluation, target: Value, receiver: Value | None, method: str) -> Closure | None:
    """Return the program's own function, called directly or through ``call`` and its kin."""
    if isinstance(target.data, Closure):
        return target.data
    if receiver is not None and method in run.language.call_methods and isinstance(receiver.data, Closure):
        return receiver.data
    return None


def _called_name(run: Evaluation, target: Value) -> str:
    """Return the name of what is called: its own, or where the language allows it the one that a text holds."""
    name = target.name
    if not name and target.known and isinstance(target.data, str) and run.language.callable_text:
        name = target.data.lstrip("\\&")
        run.folded_names += run.language.id not in ("shell", "tcl")
        if run.language.text_names and not run.sink.knows(name.lower()) and name.lower() not in run.language.specials:
            return "?"  # the program's own, or a name that was put together otherwise than it seems
    return name.lower() if run.language.any_case else name


def _known_suffix(run: Evaluation, name: str) -> str:
    """Return the part of a dotted name that means something: ``platform.os.system`` is ``os.system``."""
    if name.count(".") < 2 or run.sink.knows(name):
        return name
    parts = name.rsplit(".", 4)
    if parts[-2] in run.language.global_roots and run.sink.knows(parts[-1]):
        return parts[-1]
    for first in range(1, len(parts) - 1):
        suffix = ".".join(parts[first:])
        if run.sink.knows(suffix) or run.sink.knows(suffix := suffix.lstrip("_")):
            return suffix
    return name


def _special(run: Evaluation, name: str, args: list[Value], kwargs: dict[str, Value], node: ir.Invoke) -> Value | None:
    """Follow a function that gives a name back."""
    specials = run.language.specials
    special = specials.get(name) or specials.get("*." + name.rpartition(".")[2])
    answer = None if special is None else special(args, kwargs)
    if answer is None:
        return None
    owner, _, last = name.rpartition(".")
    if last in run.language.bound_by and owner and owner not in run.language.global_roots and answer.name:
        answer = Value(name=f"{owner}.{answer.name}")
    run.folded_names += any(isinstance(arg, ASSEMBLED) for arg in node.args)
    run.sink.called(name, args, kwargs, node, node.args[0] if node.args else None)
    if answer.name:
        run.reads(answer.name, node)
    return answer


def _reported(
    run: Evaluation,
    name: str,
    target: Value,
    receiver: Value | None,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ir.Invoke,
) -> Value:
    """Report a call; its result comes from wherever its operands do, and has the call's name."""
    for arg in args if run.rounds else ():
        run.given(arg, node)
    result = run.sink.called(name or "?", args, kwargs, node, node.args[0] if node.args else None)
    if "network" in target.taint and target.data is NOT_CONSTANT and run.language.callable_text:
        run.sink.called("call-by-request", args, kwargs, node, None)
    method = name.rpartition(".")[2]
    origin = receiver.taint if receiver is not None else NO_TAINT
    if "all-environment" in origin and method in _ONE_OF and args:  # one variable is not all of them
        origin = of_variable(origin, args[0].text or "")
    given = Value(taint=result.taint | origin | target.taint)
    passed = [given] if receiver is None else _passed(receiver, method, given)
    answer = _callbacks(run, passed, args, node)
    _callbacks(run, passed, list(kwargs.values()), node)
    made = merge_made(args if receiver is None else (receiver, *args))
    taint = result.taint | origin | merge_taint(args) | target.taint
    if method == "then" and answer is not None:
        return answer.with_taint(taint)
    return Value(name=f"{name}()" if name else "", made=made, taint=taint)


def _passed(receiver: Value, method: str, given: Value) -> list[Value]:
    """Return what a callback gets, turn by turn: the items, what a promise holds, or only where it comes from."""
    if method in _EACH and isinstance(receiver.data, list):
        return [item for item in receiver.data[:64] if isinstance(item, Value)] or [given]
    if method in _GIVES_ITSELF:
        name, taint = receiver.name.removesuffix("()"), receiver.taint | given.taint
        return [Value(receiver.data, exact=receiver.exact, name=name, made=receiver.made, taint=taint)]
    return [given]


def _callbacks(run: Evaluation, passed: list[Value], args: list[Value], node: ir.Invoke) -> Value | None:
    """Follow callbacks: the program's own functions, and others by name with the arguments that stand after them."""
    answer = None
    for position, arg in enumerate(args):
        for inner in list(arg.data.values())[:16] if isinstance(arg.data, dict) else ():
            if isinstance(inner.data, Closure):  # an object of handlers: {data(socket, text) {...}}
                enter(run, inner.data, [Value(taint=passed[0].taint)] * len(inner.data.params))
        named = arg.name and (arg.name in run.language.starts or arg.name in run.language.runs)
        for given in passed if named or isinstance(arg.data, Closure) else ():
            run.budget.spend()
            if isinstance(arg.data, Closure):
                more = [Value(taint=given.taint)] * max(0, len(arg.data.params) - 1)
                answer = enter(run, arg.data, [given, *more])
            else:
                call(run, Value(name=arg.name), None, "", args[position + 1 :] or [given], {}, node)
    return answer


def rebuilt(run: Evaluation, given: Value, node: ir.Node) -> None:
    """``__reduce__`` gives a function and its arguments: unpickling calls it."""
    data = given.data
    if isinstance(data, list) and len(data) > 1 and isinstance(data[1].data, list) and data[0].name:
        made = ir.Invoke(node.start, node.end, node)
        call(run, Value(name=data[0].name), None, "", list(data[1].data[:16]), {}, made)


def _indirectly(
    run: Evaluation, how: Indirect, receiver: Value | None, args: list[Value], kwargs: dict[str, Value], node: ir.Invoke
) -> None:
    """Follow a call that a function makes for another one."""
    func = _argument(how.func, args, kwargs) or Value()
    given = _argument(how.args, args, kwargs)
    if how.kind == "rest" and isinstance(how.args, int):
        rest = args[how.args :]
    elif given is not None and isinstance(given.data, list):
        rest = given.data[:64]
    else:
        rest = [given] if given is not None else []
    name = func.name or (func.data.lstrip("\\") if isinstance(func.data, str) and func.exact else "")
    if (
        receiver is not None
        and receiver.name
        and name
        and not func.name
        and receiver.name not in run.language.global_roots
    ):
        name = f"{receiver.name}.{name}"
    by_name = run.language.text_names and func.data is NOT_CONSTANT and how.func != "receiver"
    if (
        by_name and not run.sink.knows(name) and name.isidentifier()
    ):  # a variable of which nothing is known: any function
        name = ""
    if not name or name == "?":
        if by_name:
            run.sink.called("?", rest, {}, node, None)
        return
    for words in _turns(how.kind, rest):
        run.budget.spend()
        call(run, Value(name=name), None, "", list(words), {}, node)


def _turns(kind: str, rest: list[Value]) -> list[list[Value]]:
    """Return the arguments of each call that is made in turn."""
    if kind == "lists":
        return [item.data[:64] if isinstance(item.data, list) else [item] for item in rest]
    return [[item] for item in rest] if kind == "items" else [rest]


def _pure(
    run: Evaluation, name: str, receiver: Value | None, method: str, args: list[Value], kwargs: dict[str, Value]
) -> Value | None:
    """Fold a call of a pure function; None where it is none, or its operands are not known."""
    try:
        reader = run.language.substitutes.get(method if receiver is not None and receiver.known else name)
        if reader is not None:
            return _substituted(run, reader, args if receiver is None or not receiver.known else [receiver, *args])
        if receiver is not None and receiver.data is not NOT_CONSTANT:
            mapped = _map(run, method, receiver, args)
            if mapped is not None:
                return mapped
            fold = run.language.methods.get(method)
            if fold is not None:
                return _folded(run, fold, [receiver, *args], kwargs)
        if name in run.language.global_roots:
            return None
        if name.endswith(("map", "array_map", "filter")) and len(args) == 2:
            return _apply(run, name, args)
        fold = run.language.functions.get(name)
        return None if fold is None else _folded(run, fold, args, kwargs)
    except (UnfoldableError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
        return None


def _substituted(run: Evaluation, reader: Callable[[str], re.Pattern[str]], args: list[Value]) -> Value | None:
    """Replace what a pattern matches by a text, or by what a function of the program makes of it."""
    if len(args) != 3 or not all(isinstance(arg.data, str) and arg.exact for arg in args[:2]):
        return None
    subject, pattern, new = args
    run.budget.spend_operands(args)
    found = list(islice(reader(pattern.data).finditer(subject.data[:65_536]), MAX_MATCHES))
    if isinstance(new.data, Closure):
        given = [enter(run, new.data, [Value(match[1] if match.re.groups else match[0])]) for match in found]
    elif isinstance(new.data, str) and new.exact and "%" not in new.data:
        given = [new] * len(found)
    else:
        return None
    pieces, at = [], 0
    for match, value in zip(found, given, strict=True):
        old = value.text if value.text is not None and value.exact else match[0]
        pieces += [subject.data[at : match.start()], old]
        at = match.end()
    made = merge_made((subject, *given))
    return Value("".join([*pieces, subject.data[at:]]), made=made if "replaced" in made else (*made, "replaced"))


def _folded(run: Evaluation, fold: Fold, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Apply a pure function, for as many steps as its operands are long."""
    run.budget.spend_operands(args)
    return fold(args, kwargs)


def _map(run: Evaluation, method: str, receiver: Value, args: list[Value]) -> Value | None:
    """``list.map(closure)``."""
    data = receiver.data
    if method not in _EACH or len(args) != 1:
        return None
    if not isinstance(data, (list, str, bytes)) or len(data) > 65_536:
        return None
    results = [_one(run, args[0], item, receiver) for item in data]
    return Value(results, made=merge_made((receiver, *results)))


def _apply(run: Evaluation, name: str, args: list[Value]) -> Value | None:
    """``map(f, list)`` and ``array_map``."""
    function, data = args
    if not isinstance(data.data, (list, str, bytes)) or len(data.data) > 65_536:
        return None
    if name.endswith("filter"):
        return data
    results = [_one(run, function, item, data) for item in data.data]
    return Value(results, made=merge_made((data, *results)))


def _one(run: Evaluation, function: Value, item: object, origin: Value) -> Value:
    value = item if isinstance(item, Value) else Value(item, made=origin.made)
    if isinstance(function.data, Closure):
        return enter(run, function.data, [value])
    name = function.name or (function.data if isinstance(function.data, str) else "")
    fold = run.language.functions.get(name)
    if fold is None and run.language.id == "ruby":  # map(&:chr)
        fold = run.language.methods.get(name)
    if fold is None:
        raise UnfoldableError
    run.budget.spend()
    return fold([value], {})


def _argument(where: int | str, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """Return an argument by position or keyword."""
    if isinstance(where, str):
        return kwargs.get(where)
    return args[where] if where < len(args) else None
