"""Functions of the program itself: entered with their arguments bound, left with what they give back."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import (
    Closure,
    Value,
    merge_taint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload import ir
    from flycatcher.core.payload.evaluator.evaluation import Evaluation

CLOSURE_DEPTH = 6
_NONE: Mapping[str, Value] = MappingProxyType({})


class ReturnedError(Exception):
    """A function of the program gives a value back."""

    def __init__(self, value: Value) -> None:
        """Keep the value."""
        self.value = value


def body(run: Evaluation, node: ir.Node) -> Value:
    """Walk a function's body and return what it gives back."""
    try:
        return run.eval(node)
    except ReturnedError as returned:
        return returned.value


def give_back(run: Evaluation, node: ir.Return) -> Value:
    """Leave the function, where one is being followed."""
    value = Value() if node.value is None else run.eval(node.value)
    if run.calls:
        raise ReturnedError(value)
    return value


def enter(run: Evaluation, closure: Closure, args: Sequence[Value], kwargs: Mapping[str, Value] = _NONE) -> Value:
    """Walk a function of the program with its arguments bound."""
    if run.calls >= CLOSURE_DEPTH:
        return Value(taint=merge_taint(args))
    run.walked.add(id(closure.body))
    scope = dict(closure.scope)
    for position, param in enumerate(closure.params):
        given = kwargs.get(param) or closure.defaults.get(param) or Value()
        scope[param] = args[position] if position < len(args) else given
    if closure.rest:
        scope[closure.rest] = Value({key: value for key, value in kwargs.items() if key not in closure.params})
    scope["@_"] = Value(list(args), taint=merge_taint(args))
    outer, run.scope = run.scope, scope
    run.calls += 1
    try:
        return body(run, closure.body)
    finally:
        run.scope = outer
        run.calls -= 1
        if run.language.writes_outside:
            _kept(closure, scope)


def enter_the_rest(run: Evaluation) -> None:
    """Walk the functions without a name that nobody has called, with nothing known: whoever got them may call them."""
    while run.closures:
        body_id, closure = run.closures.popitem()
        if body_id not in run.walked:
            enter(run, closure, [])


def _kept(closure: Closure, scope: dict[str, Value]) -> None:
    """Let what a function assigned to variables around it be seen there."""
    for name in [name for name in closure.scope if name not in closure.params]:
        value = scope.get(name)
        if value is not None and value is not closure.scope[name]:
            closure.scope[name] = value
