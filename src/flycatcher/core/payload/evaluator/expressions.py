"""Expressions: literals, names, members, operators and tables, folded where their parts are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.operators import binary, concat, unary
from flycatcher.core.payload.evaluator.values import (
    NO_TAINT,
    NOT_CONSTANT,
    UnfoldableError,
    Value,
    merge_made,
    merge_taint,
    plain,
)
from flycatcher.core.payload.ir import SPREAD
from flycatcher.core.payload.secrets import of_variable
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.evaluation import Evaluation

SPREAD_ITEMS = 4096
ASSEMBLED = (ir.Operate, ir.Template, ir.Comprehend, ir.Invoke, ir.Index)
"""Expressions that put a name together, where a plain one would do."""


def const(run: Evaluation, node: ir.Const) -> Value:
    """Fold a literal."""
    value = Value(node.value)
    if isinstance(node.value, (str, bytes)):
        value.exact = not (isinstance(node.value, str) and UNKNOWN in node.value)
        run.sink.text(value, node)
    return value


def name(run: Evaluation, node: ir.Name) -> Value:
    """Look a name up; a name that nothing was bound to stands for itrun."""
    found = lookup(run, node.id)
    if found is not None:
        if found.name and found.name != node.id:
            run.reads(found.name, node)
        return found
    dotted = _starred(run, node.id) if "*" in run.globals else node.id
    run.reads(dotted, node)
    return Value(name=dotted, taint=run.sink.comes_from(dotted))


def _starred(run: Evaluation, name: str) -> str:
    """Return the full name of something that ``from module import *`` may have brought."""
    modules = run.globals["*"].data
    for module in modules if isinstance(modules, list) else ():  # a method of Ruby's may be called so
        run.budget.spend()
        if run.sink.knows(f"{module.data}.{name}"):
            return f"{module.data}.{name}"
    return name


def lookup(run: Evaluation, name: str) -> Value | None:
    """Return what ``name`` is bound to."""
    found = run.scope.get(name)
    return run.globals.get(name) if found is None else found


def member(run: Evaluation, node: ir.Member) -> Value:
    """``obj.name``."""
    return select(run, run.eval(node.obj), node.name, node)


def select(run: Evaluation, obj: Value, name: str, node: ir.Node) -> Value:
    """Return attribute ``name`` of ``obj``."""
    if isinstance(obj.data, dict) and isinstance(obj.data.get(name), Value):
        found: Value = obj.data[name]
        return found
    if name in run.language.self_attributes and obj.name:
        return obj
    owner = node.obj if isinstance(node, (ir.Member, ir.Index)) else None
    if (
        not obj.name
        and obj.data is NOT_CONSTANT
        and isinstance(owner, ir.Name)
        and owner.id in run.language.global_roots
    ):
        return root(run, name, node)
    dotted = f"{obj.name or '?'}.{name}"
    bound = lookup(run, dotted)
    if bound is not None:
        return bound
    if obj.name in run.language.global_roots:
        return root(run, name, node)
    run.reads(dotted, node)
    taint = of_variable(obj.taint, name)
    return Value(name=dotted, taint=taint | run.sink.comes_from(dotted))


def root(run: Evaluation, name: str, node: ir.Node) -> Value:
    """Return a global by name: what ``builtins.eval`` or ``globalThis['eval']`` leads to."""
    found = lookup(run, name)
    if found is not None:
        return found
    run.reads(name, node)
    return Value(name=name)


def index(run: Evaluation, node: ir.Index) -> Value:
    """``obj[key]`` and slices."""
    obj = run.eval(node.obj)
    if node.slice:
        return _slice(run, obj, node)
    key = run.eval(node.key) if node.key is not None else Value()
    try:
        wanted = plain(key)
    except UnfoldableError:
        return Value(name=f"{obj.name}[]" if obj.name else "", taint=obj.taint | key.taint, made=obj.made)
    data = obj.data
    if run.language.id == "perl" and isinstance(data, (str, bytes)) and wanted in (0, -1):  # a list of one
        return obj
    if isinstance(data, dict):
        found = data.get(wanted) if isinstance(wanted, (str, int)) else None
        return found if found is not None else Value(taint=obj.taint)
    if isinstance(data, (list, str, bytes)) and isinstance(wanted, (int, float)) and obj.exact:
        item = _item(obj, int(wanted))
        run.met(item, node)
        return item
    if isinstance(wanted, str) and not (obj.known and obj.data is not NOT_CONSTANT):
        run.folded_names += isinstance(node.key, ASSEMBLED)
        return select(run, obj, wanted, node)
    return Value(name=f"{obj.name}[]" if obj.name else "", taint=obj.taint)


def _item(obj: Value, at: int) -> Value:
    try:
        item = obj.data[at]
    except IndexError:
        return Value(None)
    return item if isinstance(item, Value) else Value(item, made=obj.made, taint=obj.taint)


def _slice(run: Evaluation, obj: Value, node: ir.Index) -> Value:
    bounds = [None if part is None else run.eval(part) for part in (node.key, node.stop, node.step)]
    if not obj.known or not isinstance(obj.data, (str, bytes, list)):
        return Value(name=obj.name, taint=obj.taint, made=obj.made)
    try:
        start, stop, step = (None if bound is None else plain(bound) for bound in bounds)
        made = obj.made
        if step == -1 and "reversed" not in made:
            made = (*made, "reversed")
        cut = Value(obj.data[start:stop:step], made=made, taint=obj.taint)
    except (UnfoldableError, TypeError, ValueError):
        return Value(taint=obj.taint, made=obj.made)
    run.met(cut, node)
    return cut


def operate(run: Evaluation, node: ir.Operate) -> Value:
    """Fold a chain of one operator."""
    values = [run.eval(item) for item in node.items]
    if node.op == SPREAD:
        return values[0]
    if len(values) == 1:
        turned = _guard(values, lambda: unary(node.op, values[0]))
        run.met(turned, node)
        return turned
    if node.op in ("or", "and", "||", "&&", "??"):
        return _either(node.op, values, shell=run.language.id == "shell")
    joins = node.op == "/" or (node.op == "+" and values[0].name.startswith("Pathname"))
    if joins and isinstance(values[-1].data, str) and not run.language.weak:
        result = _path(run, values)
    elif node.op in ("+", ".", "..", "~") and any(isinstance(v.data, (str, bytes)) for v in values):
        result = _join(run, node.op, values)
    else:
        result = values[0]
        for value in values[1:]:
            left = result
            result = _guard((left, value), lambda left=left, value=value: _binary(run, node.op, left, value))
    run.met(result, node)
    return result


def _binary(run: Evaluation, op: str, left: Value, right: Value) -> Value:
    return binary(op, left, right, limit=run.limits.decoded_bytes, weak=run.language.weak)


def _join(run: Evaluation, op: str, values: list[Value]) -> Value:
    if op == "+" and not isinstance(values[0].data, str) and any(isinstance(v.data, list) for v in values):
        return Value(taint=merge_taint(values))
    if op == "+" and isinstance(values[0].data, (int, float)) and not run.language.weak:
        return Value(taint=merge_taint(values))
    return concat(values, run.limits.decoded_bytes)


def _path(run: Evaluation, values: list[Value]) -> Value:
    """Python's ``Path.home() / ".aws" / "credentials"``: a path, and whatever methods a path has."""
    parts = [part for value in values for part in (Value("/"), value)][1:]
    joined = concat(parts, run.limits.decoded_bytes)
    taint = joined.taint | run.sink.of_path(joined.text or "")
    return Value(joined.data, exact=False, name=values[0].name or "?", taint=taint, made=joined.made)


def _either(op: str, values: list[Value], *, shell: bool) -> Value:
    last = values[-1]
    if shell and values[0].data is NOT_CONSTANT:  # a variable that nothing was given to
        return last.with_taint(merge_taint(values))
    if op in ("or", "||", "??") and values[0].known:
        return values[0] if values[0].data else last
    if op in ("or", "||", "??") and (values[0].name or values[0].taint):
        return values[0].with_taint(merge_taint(values))
    return last.with_taint(merge_taint(values))


def _guard(values: Sequence[Value], fold: object) -> Value:
    """Fold, or keep only where the operands come from."""
    try:
        return fold()  # type: ignore[operator, no-any-return]
    except (UnfoldableError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
        return Value(taint=merge_taint(values), made=merge_made(values))


def items(run: Evaluation, node: ir.Items) -> Value:
    """Fold a list."""
    values = evaluated(run, node.items)
    return Value(values, taint=merge_taint(values))


def evaluated(run: Evaluation, nodes: Sequence[ir.Node]) -> list[Value]:
    """Evaluate the parts of a list, those of a list that is spread out in it one by one."""
    values: list[Value] = []
    for node in nodes:
        value = run.eval(node)
        if isinstance(node, ir.Operate) and node.op == SPREAD and isinstance(value.data, list):
            values.extend(value.data[:SPREAD_ITEMS])
        else:
            values.append(value)
    return values


def pairs(run: Evaluation, node: ir.Pairs) -> Value:
    """Fold a dictionary."""
    table: dict[object, Value] = {}
    taint = NO_TAINT
    for key_node, value_node in node.items:
        key, value = run.eval(key_node), run.eval(value_node)
        taint |= value.taint
        if isinstance(value_node, ir.Operate) and value_node.op == SPREAD and isinstance(value.data, dict):
            table.update(value.data)
        if key.known and isinstance(key.data, (str, int)):
            table[key.data] = value
    return Value(table, taint=taint)


def template(run: Evaluation, node: ir.Template) -> Value:
    """Join literal parts and expressions."""
    values = [run.eval(part) for part in node.parts]
    joined = concat(values, run.limits.decoded_bytes)
    run.met(joined, node)
    return joined


def command(run: Evaluation, node: ir.Command) -> Value:
    """Backticks."""
    return run.sink.command(concat([run.eval(part) for part in node.parts], run.limits.decoded_bytes), node)
