"""Folds one layer: walks its tree in program order, keeps what is known of each variable, and reports what it meets.

Nothing of the program runs: only operators and the whitelisted pure functions of ``folding/`` are applied, to constants,
within the budget of :class:`Budget`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.calls import ASSEMBLED, Calls
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
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.core.payload.evaluator.values import Taint
    from flycatcher.core.payload.language import Language
    from flycatcher.core.payload.model import Limits


class ExhaustedError(Exception):
    """The analysis has used up its steps."""


class Budget:
    """Steps that an analysis may still take."""

    def __init__(self, steps: int) -> None:
        """Start with ``steps``."""
        self.steps = steps

    def spend_text(self, characters: int) -> None:
        """Take a step for every 64 characters that are put together."""
        self.steps -= characters >> 6
        if self.steps < 0:
            raise ExhaustedError

    def spend(self) -> None:
        """Take one step; raise ExhaustedError when there are none left."""
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError


class Sink(Protocol):
    """Who hears what the evaluator meets."""

    def called(
        self, name: str, args: Sequence[Value], kwargs: dict[str, Value], node: ir.Node, argument: ir.Node | None
    ) -> Value:
        """Take a call of ``name``; return what is known of its result."""

    def used(self, name: str, node: ir.Node) -> None:
        """Take the reading of a dotted name."""

    def comes_from(self, name: str) -> Taint:
        """Return what reading a name brings in: the whole environment, a request's parameters."""

    def knows(self, name: str) -> bool:
        """Whether a dotted name means anything to a rule or to the language."""

    def text(self, value: Value, node: ir.Node) -> None:
        """Take a constant or folded text."""

    def command(self, value: Value, node: ir.Node) -> Value:
        """Take text that the language hands to a shell."""

    def redirect(self, op: str, target: Value, node: ir.Node) -> None:
        """Take a shell's redirection."""


class Evaluator(Calls):
    """The walk itself; :class:`Flow` holds statements, :class:`Calls` calls, this class expressions."""

    def __init__(self, language: Language, sink: Sink, budget: Budget, limits: Limits) -> None:
        """Prepare for one layer of ``language``."""
        self.language = language
        self.sink = sink
        self.budget = budget
        self.limits = limits
        self.scope: dict[str, Value] = dict(language.given)
        self.globals = self.scope
        self.calls = 0
        self.rounds = 0
        self.folded_names = 0

    def run(self, program: ir.Program) -> None:
        """Walk the program; raise ExhaustedError when the budget ends first."""
        self.eval(program.body)
        for tree in program.deferred:
            self.eval(tree)

    def eval(self, node: ir.Node) -> Value:
        """Return what is known of ``node``."""
        self.budget.spend()
        return _HANDLERS[type(node)](self, node)

    # -- leaves

    def const(self, node: ir.Const) -> Value:
        """Fold a literal."""
        value = Value(node.value)
        if isinstance(node.value, (str, bytes)):
            value.exact = not (isinstance(node.value, str) and UNKNOWN in node.value)
            self.sink.text(value, node)
        return value

    def name(self, node: ir.Name) -> Value:
        """Look a name up; a name that nothing was bound to stands for itself."""
        found = self.lookup(node.id)
        if found is not None:
            if found.name and found.name != node.id:
                self.sink.used(found.name, node)
            return found
        dotted = self._starred(node.id) if "*" in self.globals else node.id
        self.sink.used(dotted, node)
        return Value(name="" if dotted in self.language.roots else dotted, taint=self.sink.comes_from(dotted))

    def _starred(self, name: str) -> str:
        """Return the full name of something that ``from module import *`` may have brought."""
        for module in self.globals["*"].data:
            if self.sink.knows(f"{module.data}.{name}"):
                return f"{module.data}.{name}"
        return name

    def lookup(self, name: str) -> Value | None:
        """Return what ``name`` is bound to."""
        found = self.scope.get(name)
        return self.globals.get(name) if found is None else found

    # -- parts

    def member(self, node: ir.Member) -> Value:
        """``obj.name``."""
        return self.select(self.eval(node.obj), node.name, node)

    def select(self, obj: Value, name: str, node: ir.Node) -> Value:
        """Return attribute ``name`` of ``obj``."""
        if isinstance(obj.data, dict) and isinstance(obj.data.get(name), Value):
            found: Value = obj.data[name]
            return found
        if name in self.language.same and obj.name:
            return obj
        owner = node.obj if isinstance(node, (ir.Member, ir.Index)) else None
        if not obj.name and obj.data is NOT_CONSTANT and isinstance(owner, ir.Name) and owner.id in self.language.roots:
            return self.root(name, node)
        dotted = f"{obj.name or '?'}.{name}"
        bound = self.lookup(dotted)
        if bound is not None:
            return bound
        if obj.name in self.language.roots:
            return self.root(name, node)
        self.sink.used(dotted, node)
        taint = obj.taint
        if "all-environment" in taint:  # one variable is not all of them
            taint = taint - {"all-environment"} | {"environment"}
        return Value(name=dotted, taint=taint | self.sink.comes_from(dotted))

    def root(self, name: str, node: ir.Node) -> Value:
        """Return a global by name: what ``builtins.eval`` or ``globalThis['eval']`` leads to."""
        found = self.lookup(name)
        if found is not None:
            return found
        self.sink.used(name, node)
        return Value(name=name)

    def index(self, node: ir.Index) -> Value:
        """``obj[key]`` and slices."""
        obj = self.eval(node.obj)
        if node.slice:
            return self._slice(obj, node)
        key = self.eval(node.key) if node.key is not None else Value()
        try:
            wanted = plain(key)
        except UnfoldableError:
            return Value(name=f"{obj.name}[]" if obj.name else "", taint=obj.taint | key.taint, made=obj.made)
        data = obj.data
        if isinstance(data, dict):
            found = data.get(wanted) if isinstance(wanted, (str, int)) else None
            return found if found is not None else Value(taint=obj.taint)
        if isinstance(data, (list, str, bytes)) and isinstance(wanted, (int, float)) and obj.exact:
            return self._item(obj, int(wanted))
        if isinstance(wanted, str) and not (obj.known and obj.data is not NOT_CONSTANT):
            self.folded_names += isinstance(node.key, ASSEMBLED)
            return self.select(obj, wanted, node)
        return Value(name=f"{obj.name}[]" if obj.name else "", taint=obj.taint)

    def _item(self, obj: Value, at: int) -> Value:
        try:
            item = obj.data[at]
        except IndexError:
            return Value(None)
        return item if isinstance(item, Value) else Value(item, made=obj.made, taint=obj.taint)

    def _slice(self, obj: Value, node: ir.Index) -> Value:
        bounds = [None if part is None else self.eval(part) for part in (node.key, node.stop, node.step)]
        if not obj.known or not isinstance(obj.data, (str, bytes, list)):
            return Value(name=obj.name, taint=obj.taint, made=obj.made)
        try:
            start, stop, step = (None if bound is None else plain(bound) for bound in bounds)
            made = obj.made
            if step == -1 and "reversed" not in made:
                made = (*made, "reversed")
            return Value(obj.data[start:stop:step], made=made, taint=obj.taint)
        except (UnfoldableError, TypeError, ValueError):
            return Value(taint=obj.taint, made=obj.made)

    # -- compositions

    def operate(self, node: ir.Operate) -> Value:
        """Fold a chain of one operator."""
        values = [self.eval(item) for item in node.items]
        if len(values) == 1:
            return self._guard(values, lambda: unary(node.op, values[0]))
        if node.op in ("or", "and", "||", "&&", "??"):
            return self._either(node.op, values)
        if node.op in ("+", ".", "..", "~") and any(isinstance(v.data, (str, bytes)) for v in values):
            result = self._join(node.op, values)
        else:
            result = values[0]
            for value in values[1:]:
                left = result
                result = self._guard((left, value), lambda left=left, value=value: self._binary(node.op, left, value))
        self.met(result, node)
        return result

    def met(self, value: Value, node: ir.Node) -> None:
        """Report a text that was put together. In a loop only the last state of a text counts (:meth:`Flow.loop` reports it)."""
        if isinstance(value.data, (str, bytes)):
            self.budget.spend_text(len(value.data))
            if not self.rounds:
                self.sink.text(value, node)

    def _binary(self, op: str, left: Value, right: Value) -> Value:
        return binary(op, left, right, limit=self.limits.decoded_bytes, weak=self.language.weak)

    def _join(self, op: str, values: list[Value]) -> Value:
        if op == "+" and not isinstance(values[0].data, str) and any(isinstance(v.data, list) for v in values):
            return Value(taint=merge_taint(values))
        if op == "+" and isinstance(values[0].data, (int, float)) and not self.language.weak:
            return Value(taint=merge_taint(values))
        return concat(values, self.limits.decoded_bytes)

    def _either(self, op: str, values: list[Value]) -> Value:
        last = values[-1]
        if op in ("or", "||", "??") and values[0].known:
            return values[0] if values[0].data else last
        if op in ("or", "||", "??") and (values[0].name or values[0].taint):
            return values[0].with_taint(merge_taint(values))
        return last.with_taint(merge_taint(values))

    def _guard(self, values: Sequence[Value], fold: object) -> Value:
        """Fold, or keep only where the operands come from."""
        try:
            return fold()  # type: ignore[operator, no-any-return]
        except (UnfoldableError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            return Value(taint=merge_taint(values), made=merge_made(values))

    def items(self, node: ir.Items) -> Value:
        """Fold a list."""
        values = [self.eval(item) for item in node.items]
        return Value(values, taint=merge_taint(values))

    def pairs(self, node: ir.Pairs) -> Value:
        """Fold a dictionary."""
        table: dict[object, Value] = {}
        taint = NO_TAINT
        for key_node, value_node in node.items:
            key, value = self.eval(key_node), self.eval(value_node)
            taint |= value.taint
            if key.known and isinstance(key.data, (str, int)):
                table[key.data] = value
        return Value(table, taint=taint)

    def template(self, node: ir.Template) -> Value:
        """Join literal parts and expressions."""
        values = [self.eval(part) for part in node.parts]
        joined = concat(values, self.limits.decoded_bytes)
        self.met(joined, node)
        return joined

    def command(self, node: ir.Command) -> Value:
        """Backticks."""
        return self.sink.command(concat([self.eval(part) for part in node.parts], self.limits.decoded_bytes), node)


_HANDLERS: dict[type[ir.Node], Callable[..., Value]] = {
    ir.Const: Evaluator.const,
    ir.Name: Evaluator.name,
    ir.Member: Evaluator.member,
    ir.Index: Evaluator.index,
    ir.Operate: Evaluator.operate,
    ir.Items: Evaluator.items,
    ir.Pairs: Evaluator.pairs,
    ir.Template: Evaluator.template,
    ir.Command: Evaluator.command,
    ir.Invoke: Evaluator.invoke,
    ir.Group: Evaluator.group,
    ir.Choice: Evaluator.choice,
    ir.Function: Evaluator.function,
    ir.Comprehend: Evaluator.comprehend,
    ir.Assign: Evaluator.assign,
    ir.Loop: Evaluator.loop,
    ir.Return: Evaluator.give_back,
    ir.Import: Evaluator.bring,
    ir.Redirect: Evaluator.redirect,
    ir.Pipeline: Evaluator.pipeline,
}
__all__ = ["UNKNOWN", "Budget", "Evaluator", "ExhaustedError", "Sink"]
