"""Statements: assignments, branches, loops and functions, as far as constants can be followed through them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.expressions import Sink
    from flycatcher.core.payload.evaluator.values import Constant
    from flycatcher.core.payload.language import Language
    from flycatcher.core.payload.model import Limits

MAX_ROUNDS = 20_000
"""Rounds of one loop whose every step is known."""


class _ReturnedError(Exception):
    """A function of the program gives a value back."""

    def __init__(self, value: Value) -> None:
        self.value = value


class Flow(ABC):
    """The half of the evaluator that binds names and follows control."""

    language: Language
    sink: Sink
    limits: Limits
    scope: dict[str, Value]
    globals: dict[str, Value]
    calls: int
    rounds: int
    """Loops that are being followed, one in the other."""

    @abstractmethod
    def eval(self, node: ir.Node) -> Value:
        """Fold an expression (the other half)."""

    @abstractmethod
    def enter(self, closure: Closure, args: Sequence[Value]) -> Value:
        """Walk a function of the program with its arguments bound (the other half)."""

    @abstractmethod
    def rebuilt(self, given: Value, node: ir.Node) -> None:
        """Follow what unpickling an object would call (the other half)."""

    @abstractmethod
    def met(self, value: Value, node: ir.Node) -> None:
        """Report a text that was put together (the other half)."""

    def group(self, node: ir.Group) -> Value:
        """Read parts one after the other; the value is the last one's, and it comes from wherever any of them does."""
        last, taint = Value(), NO_TAINT
        for item in node.items:
            last = self.eval(item)
            taint |= last.taint
        return last.with_taint(taint) if len(node.items) > 1 else last

    def body(self, node: ir.Node) -> Value:
        """Walk a function's body and return what it gives back."""
        try:
            return self.eval(node)
        except _ReturnedError as returned:
            return returned.value

    def give_back(self, node: ir.Return) -> Value:
        """Leave the function, where one is being followed."""
        value = Value() if node.value is None else self.eval(node.value)
        if self.calls:
            raise _ReturnedError(value)
        return value

    def choice(self, node: ir.Choice) -> Value:
        """Read both ways; the value is the chosen one's where the test is known."""
        test = self.eval(node.test)
        before = dict(self.scope)
        yes = self._way(node.yes)
        after_yes = self.scope
        if node.no is None:
            if test.known and not test.data:
                self._restore(before)
            return yes
        if not test.known:
            no = self._way(node.no)
            return yes if no.data is NOT_CONSTANT and not no.name else no.with_taint(yes.taint)
        kept = dict(after_yes)
        self._restore(before)
        no = self._way(node.no)
        if test.data:
            self._restore(kept)
            return yes
        return no

    def _way(self, node: ir.Node) -> Value:
        """Read one branch: what it gives back does not end the function, for the other way may be taken."""
        try:
            return self.eval(node)
        except _ReturnedError as returned:
            return returned.value

    def _restore(self, scope: dict[str, Value]) -> None:
        self.scope.clear()
        self.scope.update(scope)

    def function(self, node: ir.Function) -> Value:
        """Bind a function; read its body once with nothing known, so that what it does counts even if nobody calls it."""
        closure = Closure(node.name, tuple(node.params), node.body, self.scope)
        closure.defaults = {name: self.eval(value) for name, value in node.defaults}
        closure.rest = node.rest
        value = Value(closure)
        if node.name:
            self.scope[node.name] = value
            outer, self.scope = self.scope, dict(self.scope)
            self.scope.update(dict.fromkeys(node.params, Value()))
            self.calls += 1
            try:
                given = self.body(node.body)
            finally:
                self.scope = outer
                self.calls -= 1
            if node.name in ("__reduce__", "__reduce_ex__"):
                self.rebuilt(given, node)
        return value

    def assign(self, node: ir.Assign) -> Value:
        """Bind a value."""
        value = self.eval(node.value)
        if node.op:
            old = self._old(node.target)
            try:
                value = binary(node.op, old, value, limit=self.limits.decoded_bytes, weak=self.language.weak)
            except (UnfoldableError, ValueError, TypeError):
                value = Value(taint=old.taint | value.taint, made=merge_made((old, value)))
            self.met(value, node)
        self.bind(node.target, value)
        return value

    def _old(self, target: ir.Node) -> Value:
        if isinstance(target, ir.Name):
            return (
                self.scope.get(target.id)
                or self.globals.get(target.id)
                or Value("" if self.language.weak else NOT_CONSTANT)
            )
        return self.eval(target)

    def bind(self, target: ir.Node, value: Value) -> None:
        """Bind ``value`` to a name, a member, an item, or a list of those."""
        if isinstance(target, ir.Name):
            if self.sink.knows(f"{target.id}="):
                self.sink.called(f"{target.id}=", [value], {}, target, None)
            if "self" in self.sink.comes_from(target.id):  # under whatever name, it is the text's own file
                value = value.with_taint(value.taint | {"self"})
            self.scope[target.id] = value
            if self.calls == 0:
                self.globals[target.id] = value
        elif isinstance(target, ir.Items):
            self._unpack(target, value)
        elif isinstance(target, ir.Pairs):
            for key, inner in target.items:
                wanted = key.value if isinstance(key, ir.Const) else getattr(key, "id", "")
                self.bind(inner, self._part(value, str(wanted)))
        elif isinstance(target, ir.Member):
            obj = self.eval(target.obj)
            if isinstance(obj.data, dict):
                obj.data[target.name] = value
            self.scope[f"{obj.name or '?'}.{target.name}"] = value
            if isinstance(value.data, Closure) and obj.taint:  # a handler: what the object brings, it gets
                self.enter(value.data, [Value(taint=obj.taint)] * len(value.data.params))
            self.sink.called(f"{obj.name or '?'}.{target.name}=", [value], {}, target, None)
        elif isinstance(target, ir.Index) and target.key is not None and not target.slice:
            self._set_item(target, value)
        else:
            self.eval(target)

    def _part(self, value: Value, name: str) -> Value:
        if isinstance(value.data, dict):
            return value.data.get(name) or Value(taint=value.taint)
        return Value(name=f"{value.name}.{name}" if value.name else "", taint=value.taint)

    def _unpack(self, target: ir.Items, value: Value) -> None:
        data = value.data
        for position, inner in enumerate(target.items):
            part: Constant = Value(taint=value.taint, name=f"{value.name}[]" if value.name else "")
            if isinstance(data, (list, str)) and position < len(data):
                part = data[position]
            self.bind(inner, part if isinstance(part, Value) else Value(part, made=value.made, taint=value.taint))

    def _set_item(self, target: ir.Index, value: Value) -> None:
        obj = self.eval(target.obj)
        key = self.eval(target.key) if target.key is not None else Value()
        data = obj.data
        if key.known and isinstance(data, dict) and isinstance(key.data, (str, int)):
            data[key.data] = value
        elif key.known and isinstance(data, list) and isinstance(key.data, int) and 0 <= key.data <= len(data) < 65_536:
            data[key.data : key.data + 1] = [value]
        name = f"{obj.name}.{key.data}=" if isinstance(key.data, str) else f"{obj.name}[]="
        if obj.name:
            self.sink.called(name, [value], {}, target, None)

    def loop(self, node: ir.Loop) -> Value:
        """Follow a loop whose every step is known; read the body once otherwise."""
        if node.source is not None:
            return self._each(node, self.eval(node.source))
        if node.init is not None:
            self.eval(node.init)
        test = self.eval(node.test) if node.test is not None else Value()
        self.rounds += 1
        try:
            self._while(node, test)
        finally:
            self.rounds -= 1
        self._built(node)
        return Value()

    def _built(self, node: ir.Node) -> None:
        """Report the texts that a loop has put together, as they are at its end."""
        if not self.rounds:
            for value in list(self.scope.values())[:256]:
                if isinstance(value.data, (str, bytes)) and len(value.data) > 3:
                    self.met(value, node)

    def _while(self, node: ir.Loop, test: Value) -> Value:
        """Follow a loop with a test."""
        rounds = 0
        while True:
            self.eval(node.body)
            if node.step is not None:
                self.eval(node.step)
            if not test.known or node.test is None or isinstance(node.test, (ir.Const, ir.Name)):
                return Value()
            test = self.eval(node.test)
            rounds += 1
            if rounds >= MAX_ROUNDS or not test.known or not test.data:
                return Value()

    def _each(self, node: ir.Loop, source: Value) -> Value:
        data = source.data
        target = node.target
        if source.known and isinstance(data, (list, str, bytes)) and 0 < len(data) <= MAX_ROUNDS and target is not None:
            for item in data:
                self.bind(
                    target, item if isinstance(item, Value) else Value(item, made=source.made, taint=source.taint)
                )
                self.eval(node.body)
            return Value()
        if target is not None:
            self.bind(target, Value(taint=source.taint, name=f"{source.name}[]" if source.name else ""))
        self.eval(node.body)
        return Value(taint=source.taint)

    def comprehend(self, node: ir.Comprehend) -> Value:
        """Fold a comprehension over a constant; read it once otherwise."""
        source = self.eval(node.source)
        data = source.data
        outer, self.scope = self.scope, dict(self.scope)
        rounds = self.rounds
        self.calls += 1
        try:
            if not source.known or not isinstance(data, (list, str, bytes)) or len(data) > 65_536:
                self.bind(node.target, Value(taint=source.taint))
                for condition in node.conditions:
                    self.eval(condition)
                return Value(taint=self.eval(node.element).taint | source.taint, made=source.made)
            results: list[Value] = []
            self.rounds += 1
            for item in data:
                self.bind(
                    node.target, item if isinstance(item, Value) else Value(item, made=source.made, taint=source.taint)
                )
                if all(_holds(self.eval(condition)) for condition in node.conditions):
                    value = self.eval(node.element)
                    results.extend(
                        value.data
                        if isinstance(node.element, ir.Comprehend) and isinstance(value.data, list)
                        else [value]
                    )
            return Value(results, made=merge_made((source, *results)), taint=merge_taint(results))
        finally:
            self.scope = outer
            self.calls -= 1
            self.rounds = rounds

    def bring(self, node: ir.Import) -> Value:
        """Bind imported names."""
        for local, dotted in node.bindings:
            if local == "*":
                self.globals.setdefault("*", Value([]))
                self.globals["*"].data.append(Value(dotted))
            else:
                self.scope[local] = Value(name=dotted)
                if self.calls == 0:
                    self.globals[local] = self.scope[local]
            self.sink.called("import", [Value(dotted)], {}, node, None)
        return Value()

    def redirect(self, node: ir.Redirect) -> Value:
        """Report a shell's redirection."""
        target = self.eval(node.target)
        self.sink.redirect(node.op, target, node)
        return target

    def pipeline(self, node: ir.Pipeline) -> Value:
        """Let each command's output reach the next one's input."""
        outer = self.scope.pop("|", None)
        flowing = outer or Value()
        for item in node.items:
            self.scope["|"] = flowing
            flowing = self.eval(item)
        self.scope.pop("|", None)
        if outer is not None:
            self.scope["|"] = outer
        return flowing


def _holds(value: Value) -> bool:
    try:
        return bool(plain(value))
    except UnfoldableError:
        return True
