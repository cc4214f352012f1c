"""Statements: assignments, branches, loops and functions, as far as constants can be followed through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.calls import rebuilt
from flycatcher.core.payload.evaluator.closures import ReturnedError, body, enter
from flycatcher.core.payload.evaluator.operators import binary
from flycatcher.core.payload.evaluator.values import (
    NO_TAINT,
    NOT_CONSTANT,
    Closure,
    UnfoldableError,
    Value,
    merge_made,
    merge_taint,
    plain,
)
from flycatcher.core.payload.secrets import of_variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.payload.evaluator.evaluation import Evaluation
    from flycatcher.core.payload.evaluator.values import Constant

FEW = 4
"""Items of a comprehension whose texts are each reported: of more, only what is made of all."""
MAX_ROUNDS = 20_000
"""Rounds of one loop whose every step is known."""


def group(run: Evaluation, node: ir.Group) -> Value:
    """Read parts one after the other; the value is the last one's, and it comes from wherever any of them does."""
    last, taint = Value(), NO_TAINT
    returned: ReturnedError | None = None
    for item in node.items:
        try:
            last = run.eval(item)
        except ReturnedError as left:
            if isinstance(item, ir.Return):
                raise returned or left from None
            returned = returned or left  # as far as can be told only sometimes: a or return
        taint |= last.taint
    if returned is not None:
        raise returned
    return last.with_taint(taint) if len(node.items) > 1 else last


def choice(run: Evaluation, node: ir.Choice) -> Value:
    """Read both ways; the value is the chosen one's where the test is known."""
    test = run.eval(node.test)
    before = dict(run.scope)
    yes = _way(run, node.yes)
    after_yes = run.scope
    if node.no is None:
        if test.known and not test.data:
            _restore(run, before)
        return yes
    if not test.known:
        no = _way(run, node.no)
        return yes if no.data is NOT_CONSTANT and not no.name else no.with_taint(yes.taint)
    kept = dict(after_yes)
    _restore(run, before)
    no = _way(run, node.no)
    if test.data:
        _restore(run, kept)
        return yes
    return no


def _way(run: Evaluation, node: ir.Node) -> Value:
    """Read one branch: what it gives back does not end the function, for the other way may be taken."""
    try:
        return run.eval(node)
    except ReturnedError as returned:
        return returned.value


def _restore(run: Evaluation, scope: dict[str, Value]) -> None:
    run.scope.clear()
    run.scope.update(scope)


def function(run: Evaluation, node: ir.Function) -> Value:
    """Bind a function; read its body once with nothing known, so that what it does counts even if nobody calls it."""
    closure = Closure(node.name, tuple(node.params), node.body, run.scope)
    closure.defaults = {name: run.eval(value) for name, value in node.defaults}
    closure.rest = node.rest
    value = Value(closure)
    if not node.name and id(node.body) not in run.walked and run.language.id != "shell":  # its bodies are read in place
        run.closures[id(node.body)] = closure
    if node.name:
        run.scope[node.name] = value
        outer, run.scope = run.scope, dict(run.scope)
        run.scope.update(dict.fromkeys(node.params, Value()))
        run.calls += 1
        try:
            given = body(run, node.body)
        finally:
            run.scope = outer
            run.calls -= 1
        if node.name in ("__reduce__", "__reduce_ex__"):
            rebuilt(run, given, node)
    return value


def assign(run: Evaluation, node: ir.Assign) -> Value:
    """Bind a value."""
    value = run.eval(node.value)
    if node.op:
        old = _old(run, node.target)
        try:
            value = binary(node.op, old, value, limit=run.limits.decoded_bytes, weak=run.language.weak)
        except (UnfoldableError, ValueError, TypeError):
            value = Value(taint=old.taint | value.taint, made=merge_made((old, value)))
        run.met(value, node)
    bind(run, node.target, value)
    return value


def _old(run: Evaluation, target: ir.Node) -> Value:
    if isinstance(target, ir.Name):
        return (
            run.scope.get(target.id) or run.globals.get(target.id) or Value("" if run.language.weak else NOT_CONSTANT)
        )
    return run.eval(target)


def bind(run: Evaluation, target: ir.Node, value: Value) -> None:
    """Bind ``value`` to a name, a member, an item, or a list of those."""
    if isinstance(target, ir.Name):
        if run.sink.knows(f"{target.id}="):
            run.sink.called(f"{target.id}=", [value], {}, target, None)
        if "self" in run.sink.comes_from(target.id):  # under whatever name, it is the text's own file
            value = value.with_taint(value.taint | {"self"})
        run.scope[target.id] = value
        if run.calls == 0:
            run.globals[target.id] = value
    elif isinstance(target, ir.Assign):
        default = run.eval(target.value)
        bind(run, target.target, default if value.data is NOT_CONSTANT and not value.name else value)
    elif isinstance(target, ir.Items):
        _unpack(run, target, value)
    elif isinstance(target, ir.Pairs):
        for key, inner in target.items:
            wanted = key.id if isinstance(key, ir.Name) else run.eval(key).text
            bind(run, inner, _part(value, wanted or ""))
    elif isinstance(target, ir.Member):
        obj = run.eval(target.obj)
        if isinstance(obj.data, dict):
            obj.data[target.name] = value
        elif isinstance(target.obj, ir.Name) and target.obj.id in run.language.global_roots:
            run.scope[target.name] = run.globals[target.name] = value
        run.scope[f"{obj.name or '?'}.{target.name}"] = value
        if isinstance(value.data, Closure) and obj.taint:  # a handler: what the object brings, it gets
            enter(run, value.data, [Value(taint=obj.taint)] * len(value.data.params))
        run.sink.called(f"{obj.name or '?'}.{target.name}=", [value], {}, target, None)
    elif isinstance(target, ir.Index) and target.key is not None and not target.slice:
        _set_item(run, target, value)
    else:
        run.eval(target)


def _part(value: Value, name: str) -> Value:
    if isinstance(value.data, dict):
        return value.data.get(name) or Value(taint=value.taint)
    if isinstance(value.data, list) and name.isdecimal() and int(name) < len(value.data):
        item = value.data[int(name)]
        return item if isinstance(item, Value) else Value(item, made=value.made, taint=value.taint)
    return Value(name=f"{value.name}.{name}" if value.name else "", taint=of_variable(value.taint, name))


def _unpack(run: Evaluation, target: ir.Items, value: Value) -> None:
    data = value.data
    for position, inner in enumerate(target.items):
        part: Constant = Value(taint=value.taint, name=f"{value.name}[]" if value.name else "")
        if isinstance(data, (list, str)) and position < len(data):
            part = data[position]
        bind(run, inner, part if isinstance(part, Value) else Value(part, made=value.made, taint=value.taint))


def _set_item(run: Evaluation, target: ir.Index, value: Value) -> None:
    obj = run.eval(target.obj)
    key = run.eval(target.key) if target.key is not None else Value()
    data = obj.data
    if key.known and isinstance(data, dict) and isinstance(key.data, (str, int)):
        data[key.data] = value
    elif key.known and isinstance(data, list) and isinstance(key.data, int) and 0 <= key.data <= len(data) < 65_536:
        data[key.data : key.data + 1] = [value]
    elif isinstance(data, str) and run.language.id == "php":  # one of a text's letters
        bind(run, target.obj, _lettered(data, key, value))
    if (
        key.known
        and isinstance(key.data, str)
        and isinstance(target.obj, ir.Name)
        and target.obj.id in run.language.global_roots
    ):
        run.scope[key.data] = run.globals[key.data] = value
    name = f"{obj.name}.{key.data}=" if isinstance(key.data, str) else f"{obj.name}[]="
    if obj.name:
        run.sink.called(name, [value], {}, target, None)


def _lettered(text: str, key: Value, letter: Value) -> Value:
    """A text with one letter replaced; nothing is known of it where that is not known."""
    if not isinstance(key.data, int) or not 0 <= key.data < len(text) or not letter.known or not letter.text:
        return Value(taint=letter.taint)
    return Value(f"{text[: key.data]}{letter.text[0]}{text[key.data + 1 :]}", made=("letters", *letter.made))


def loop(run: Evaluation, node: ir.Loop) -> Value:
    """Follow a loop whose every step is known; read the body once otherwise."""
    if node.source is not None:
        return _each(run, node, run.eval(node.source))
    if node.init is not None:
        run.eval(node.init)
    test = run.eval(node.test) if node.test is not None else Value()
    run.rounds += 1
    try:
        _while(run, node, test)
    finally:
        run.rounds -= 1
    _built(run, node)
    return Value()


def _built(run: Evaluation, node: ir.Node) -> None:
    """Report the texts that a loop has put together, as they are at its end."""
    if not run.rounds:
        for value in list(run.scope.values())[:256]:
            if isinstance(value.data, (str, bytes)) and len(value.data) > 3:
                run.met(value, node)


def _while(run: Evaluation, node: ir.Loop, test: Value) -> Value:
    """Follow a loop with a test."""
    rounds = 0
    before = dict(run.scope)
    while True:
        run.eval(node.body)
        if not rounds and not node.step and all(run.scope.get(name) is value for name, value in before.items()):
            return Value()  # nothing changes: what ends it is not seen here
        if node.step is not None:
            run.eval(node.step)
        if not test.known or node.test is None or isinstance(node.test, (ir.Const, ir.Name)):
            return Value()
        test = run.eval(node.test)
        rounds += 1
        if rounds >= MAX_ROUNDS or not test.known or not test.data:
            return Value()


def _each(run: Evaluation, node: ir.Loop, source: Value) -> Value:
    data = source.data
    target = node.target
    if source.known and isinstance(data, (list, str, bytes)) and 0 < len(data) <= MAX_ROUNDS and target is not None:
        for item in data:
            bind(run, target, item if isinstance(item, Value) else Value(item, made=source.made, taint=source.taint))
            run.eval(node.body)
        return Value()
    if target is not None:
        bind(run, target, Value(taint=source.taint, name=f"{source.name}[]" if source.name else ""))
    run.eval(node.body)
    return Value(taint=source.taint)


def comprehend(run: Evaluation, node: ir.Comprehend) -> Value:
    """Fold a comprehension over a constant; read it once otherwise."""
    source = run.eval(node.source)
    data = source.data
    outer, run.scope = run.scope, dict(run.scope)
    rounds = run.rounds
    run.calls += 1
    try:
        if not source.known or not isinstance(data, (list, str, bytes)) or len(data) > 65_536:
            bind(run, node.target, Value(taint=source.taint))
            for condition in node.conditions:
                run.eval(condition)
            return Value(taint=run.eval(node.element).taint | source.taint, made=source.made)
        results: list[Value] = []
        run.rounds += len(data) > FEW
        for item in data:
            bind(
                run, node.target, item if isinstance(item, Value) else Value(item, made=source.made, taint=source.taint)
            )
            if all(_holds(run.eval(condition)) for condition in node.conditions):
                value = run.eval(node.element)
                results.extend(
                    value.data if isinstance(node.element, ir.Comprehend) and isinstance(value.data, list) else [value]
                )
        made, taint = merge_made((source, *results)), merge_taint(results)
        if isinstance(_innermost(node), ir.Pairs):
            return Value(_one_table(results), made=made, taint=taint)
        return Value(results, made=made, taint=taint)
    finally:
        run.scope = outer
        run.calls -= 1
        run.rounds = rounds


def _innermost(node: ir.Node) -> ir.Node:
    while isinstance(node, ir.Comprehend):
        node = node.element
    return node


def _one_table(tables: Iterable[Value]) -> dict[object, Value]:
    """Return the table that a comprehension's pairs make: a later one takes the place of an earlier."""
    return {key: value for table in tables if isinstance(table.data, dict) for key, value in table.data.items()}


def bring(run: Evaluation, node: ir.Import) -> Value:
    """Bind imported names."""
    for local, dotted in node.bindings:
        if local == "*":
            run.globals.setdefault("*", Value([]))
            if all(known.data != dotted for known in run.globals["*"].data):
                run.globals["*"].data.append(Value(dotted))
        else:
            if local:
                run.sink.mentioned(dotted, node)
            run.scope[local] = Value(name=dotted)
            if run.calls == 0:
                run.globals[local] = run.scope[local]
        run.sink.called("import", [Value(dotted)], {}, node, None)
    return Value()


def redirect(run: Evaluation, node: ir.Redirect) -> Value:
    """Report a shell's redirection; return what it lets a command read."""
    target = run.eval(node.target)
    return run.sink.redirect(node.op, target, run.scope.get("|"), node)


def pipeline(run: Evaluation, node: ir.Pipeline) -> Value:
    """Let each command's output reach the next one's input."""
    outer = run.scope.pop("|", None)
    flowing = outer
    for item in node.items:
        if flowing is not None:
            run.scope["|"] = flowing
        flowing = run.eval(item)
    run.scope.pop("|", None)
    if outer is not None:
        run.scope["|"] = outer
    return flowing or Value()


def _holds(value: Value) -> bool:
    try:
        return bool(plain(value))
    except UnfoldableError:
        return True
