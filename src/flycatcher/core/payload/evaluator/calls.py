"""Calls: the function resolved, the call folded where it is pure, followed where it is the program's own, and reported."""

from __future__ import annotations

from abc import abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.statements import Flow
from flycatcher.core.payload.evaluator.values import (
    NO_TAINT,
    NOT_CONSTANT,
    Closure,
    UnfoldableError,
    Value,
    merge_made,
    merge_taint,
)
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.expressions import Budget
    from flycatcher.core.payload.language import Indirect

CLOSURE_DEPTH = 6
_NONE: Mapping[str, Value] = MappingProxyType({})
_ONE_OF = frozenset({"get", "pop", "fetch", "setdefault", "getenv", "__getitem__", "dig", "delete"})
"""Methods that give one entry of a table."""
_GIVES_ITSELF = frozenset({"then", "tap", "let", "also", "yield_self", "each_line", "run", "apply"})
"""Methods whose callback gets what they are called on."""
_EACH = frozenset({"map", "collect", "each", "forEach", "flatMap", "flat_map", "each_with_index", "every", "some"})
ASSEMBLED = (ir.Operate, ir.Template, ir.Comprehend, ir.Invoke, ir.Index)
"""Expressions that put a name together, where a plain one would do."""


class Calls(Flow):
    """The part of the evaluator that follows calls."""

    budget: Budget
    folded_names: int

    @abstractmethod
    def select(self, obj: Value, name: str, node: ir.Node) -> Value:
        """Return attribute ``name`` of ``obj`` (the other half)."""

    def invoke(self, node: ir.Invoke) -> Value:
        """Resolve the function, fold the call if it is pure, and report it."""
        func = node.func
        receiver: Value | None = None
        if isinstance(func, ir.Member):
            receiver = self.eval(func.obj)
            target = Value(name=f"?.{func.name}") if receiver.known else self.select(receiver, func.name, func)
        else:
            target = self.eval(func)
        args = [self.eval(arg) for arg in node.args]
        kwargs = {key: self.eval(value) for key, value in node.kwargs}
        if node.block is not None:
            args.append(self.eval(node.block))
        return self.call(target, receiver, func.name if isinstance(func, ir.Member) else "", args, kwargs, node)

    def call(
        self,
        target: Value,
        receiver: Value | None,
        method: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ir.Invoke,
    ) -> Value:
        """Apply ``target`` to ``args``."""
        closure = self._closure(target, receiver, method)
        if closure is not None:
            return self.enter(closure, args, kwargs)
        if receiver is not None and receiver.name and method in self.language.through:
            target = Value(name=receiver.name.removesuffix("()") if method == "invoke" else receiver.name)
            args = args[1:] if method in ("call", "bind") and self.language.id == "javascript" else args
        name = self._known_suffix(self._called_name(target))
        indirect = self.language.indirect.get(name) or (self.language.indirect.get(f"*.{method}") if method else None)
        if indirect is not None:
            self._indirectly(indirect, receiver, args, kwargs, node)
        if self.language.id == "shell":
            return self._shell(name, args, node)
        started = self.language.starts.get(f"*.{method}") if receiver is not None else None
        if started is not None and started.kind == "receiver" and receiver is not None:
            args = [receiver, *args]
        folded = self._pure(name, receiver, method, args, kwargs)
        if folded is not None:
            self.met(folded, node)
            return folded
        answer = self._special(name, args, kwargs, node)
        return answer if answer is not None else self._reported(name, target, receiver, args, kwargs, node)

    def _closure(self, target: Value, receiver: Value | None, method: str) -> Closure | None:
        """Return the program's own function, called directly or through ``call`` and its kin."""
        if isinstance(target.data, Closure):
            return target.data
        if receiver is not None and method in self.language.through and isinstance(receiver.data, Closure):
            return receiver.data
        return None

    def _called_name(self, target: Value) -> str:
        """Return the name of what is called: its own, or where the language allows it the one that a text holds."""
        name = target.name
        if not name and target.known and isinstance(target.data, str) and self.language.callable_text:
            name = target.data.lstrip("\\&")
            self.folded_names += self.language.id not in ("shell", "tcl")
        return name.lower() if self.language.any_case else name

    def _known_suffix(self, name: str) -> str:
        """Return the part of a dotted name that means something: ``platform.os.system`` is ``os.system``."""
        if name.count(".") < 2 or self.sink.knows(name):
            return name
        parts = name.rsplit(".", 4)
        for first in range(1, len(parts) - 1):
            suffix = ".".join(parts[first:])
            if self.sink.knows(suffix):
                return suffix
        return name

    def _special(self, name: str, args: list[Value], kwargs: dict[str, Value], node: ir.Invoke) -> Value | None:
        """Follow a function that gives a name back."""
        specials = self.language.specials
        special = specials.get(name) or specials.get("*." + name.rpartition(".")[2])
        answer = None if special is None else special(args, kwargs)
        if answer is None:
            return None
        self.folded_names += any(isinstance(arg, ASSEMBLED) for arg in node.args)
        self.sink.called(name, args, kwargs, node, node.args[0] if node.args else None)
        if answer.name:
            self.sink.used(answer.name, node)
        return answer

    def _reported(
        self,
        name: str,
        target: Value,
        receiver: Value | None,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ir.Invoke,
    ) -> Value:
        """Report a call; its result comes from wherever its operands do, and has the call's name."""
        result = self.sink.called(name or "?", args, kwargs, node, node.args[0] if node.args else None)
        if "network" in target.taint and target.data is NOT_CONSTANT and self.language.callable_text:
            self.sink.called("call-by-request", args, kwargs, node, None)
        method = name.rpartition(".")[2]
        origin = receiver.taint if receiver is not None else NO_TAINT
        if "all-environment" in origin and method in _ONE_OF and args:  # one variable is not all of them
            origin = origin - {"all-environment"} | {"environment"}
        given = Value(taint=result.taint | origin)
        passed = [given] if receiver is None else self._passed(receiver, method, given)
        answer = self._callbacks(passed, args, node)
        made = merge_made(args if receiver is None else (receiver, *args))
        taint = result.taint | origin | merge_taint(args) | target.taint
        if method == "then" and answer is not None:
            return answer.with_taint(taint)
        return Value(name=f"{name}()" if name else "", made=made, taint=taint)

    def _passed(self, receiver: Value, method: str, given: Value) -> list[Value]:
        """Return what a callback gets, turn by turn: the items, what a promise holds, or only where it comes from."""
        if method in _EACH and isinstance(receiver.data, list):
            return [item for item in receiver.data[:64] if isinstance(item, Value)] or [given]
        if method in _GIVES_ITSELF:
            name, taint = receiver.name.removesuffix("()"), receiver.taint | given.taint
            return [Value(receiver.data, exact=receiver.exact, name=name, made=receiver.made, taint=taint)]
        return [given]

    def _callbacks(self, passed: list[Value], args: list[Value], node: ir.Invoke) -> Value | None:
        """Follow callbacks: the program's own functions, and others by name with the arguments that stand after them."""
        answer = None
        for position, arg in enumerate(args):
            for inner in list(arg.data.values())[:16] if isinstance(arg.data, dict) else ():
                if isinstance(inner.data, Closure):  # an object of handlers: {data(socket, text) {...}}
                    self.enter(inner.data, [Value(taint=passed[0].taint)] * len(inner.data.params))
            named = arg.name and (arg.name in self.language.starts or arg.name in self.language.runs)
            for given in passed if named or isinstance(arg.data, Closure) else ():
                self.budget.spend()
                if isinstance(arg.data, Closure):
                    more = [Value(taint=given.taint)] * max(0, len(arg.data.params) - 1)
                    answer = self.enter(arg.data, [given, *more])
                else:
                    self.call(Value(name=arg.name), None, "", args[position + 1 :] or [given], {}, node)
        return answer

    def _shell(self, name: str, args: list[Value], node: ir.Invoke) -> Value:
        """A shell's command: reported, and its output folded where its input is known."""
        flowing = self.scope.get("|")
        kwargs = {} if flowing is None else {"|": flowing}
        result = self.sink.called(name or UNKNOWN, args, kwargs, node, None) if name not in ("$(", "<(") else Value()
        folded = self._pure(name.rpartition("/")[2], None, "", args, kwargs)
        if folded is None:
            return Value(taint=result.taint | merge_taint(args))
        if folded.made:
            self.met(folded, node)
        return folded

    def rebuilt(self, given: Value, node: ir.Node) -> None:
        """``__reduce__`` gives a function and its arguments: unpickling calls it."""
        data = given.data
        if isinstance(data, list) and len(data) > 1 and isinstance(data[1].data, list) and data[0].name:
            call = ir.Invoke(node.start, node.end, node)
            self.call(Value(name=data[0].name), None, "", list(data[1].data[:16]), {}, call)

    def _indirectly(
        self, how: Indirect, receiver: Value | None, args: list[Value], kwargs: dict[str, Value], node: ir.Invoke
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
        name = func.name or (func.data if isinstance(func.data, str) and func.exact else "")
        if (
            receiver is not None
            and receiver.name
            and name
            and not func.name
            and receiver.name not in self.language.roots
        ):
            name = f"{receiver.name}.{name}"
        if not name or name == "?":
            return
        for words in [[item] for item in rest] if how.kind == "items" else [rest]:
            self.budget.spend()
            self.call(Value(name=name), None, "", list(words), {}, node)

    def _pure(
        self, name: str, receiver: Value | None, method: str, args: list[Value], kwargs: dict[str, Value]
    ) -> Value | None:
        """Fold a call of a pure function; None where it is none, or its operands are not known."""
        try:
            if receiver is not None and receiver.data is not NOT_CONSTANT:
                mapped = self._map(method, receiver, args)
                if mapped is not None:
                    return mapped
                fold = self.language.methods.get(method)
                if fold is not None:
                    return fold([receiver, *args], kwargs)
            if name in self.language.roots:
                return None
            if name.endswith(("map", "array_map", "filter")) and len(args) == 2:
                return self._apply(name, args)
            fold = self.language.functions.get(name)
            return None if fold is None else fold(args, kwargs)
        except (UnfoldableError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            return None

    def _map(self, method: str, receiver: Value, args: list[Value]) -> Value | None:
        """``list.map(closure)``."""
        data = receiver.data
        if method not in _EACH or len(args) != 1:
            return None
        if not isinstance(data, (list, str, bytes)) or len(data) > 65_536:
            return None
        results = [self._one(args[0], item, receiver) for item in data]
        return Value(results, made=merge_made((receiver, *results)))

    def _apply(self, name: str, args: list[Value]) -> Value | None:
        """``map(f, list)`` and ``array_map``."""
        function, data = args
        if not isinstance(data.data, (list, str, bytes)) or len(data.data) > 65_536:
            return None
        if name.endswith("filter"):
            return data
        results = [self._one(function, item, data) for item in data.data]
        return Value(results, made=merge_made((data, *results)))

    def _one(self, function: Value, item: object, origin: Value) -> Value:
        value = item if isinstance(item, Value) else Value(item, made=origin.made)
        if isinstance(function.data, Closure):
            return self.enter(function.data, [value])
        name = function.name or (function.data if isinstance(function.data, str) else "")
        fold = self.language.functions.get(name)
        if fold is None and self.language.id == "ruby":  # map(&:chr)
            fold = self.language.methods.get(name)
        if fold is None:
            raise UnfoldableError
        self.budget.spend()
        return fold([value], {})

    def enter(self, closure: Closure, args: Sequence[Value], kwargs: Mapping[str, Value] = _NONE) -> Value:
        """Walk a function of the program with its arguments bound."""
        if self.calls >= CLOSURE_DEPTH:
            return Value(taint=merge_taint(args))
        scope = dict(closure.scope)
        for position, param in enumerate(closure.params):
            given = kwargs.get(param) or closure.defaults.get(param) or Value()
            scope[param] = args[position] if position < len(args) else given
        if closure.rest:
            scope[closure.rest] = Value({key: value for key, value in kwargs.items() if key not in closure.params})
        scope["@_"] = Value(list(args), taint=merge_taint(args))
        outer, self.scope = self.scope, scope
        self.calls += 1
        try:
            return self.body(closure.body)
        finally:
            self.scope = outer
            self.calls -= 1
            if self.language.writes_outside:
                self._kept(closure, scope)

    def _kept(self, closure: Closure, scope: dict[str, Value]) -> None:
        """Let what a function assigned to variables around it be seen there."""
        for name in [name for name in closure.scope if name not in closure.params]:
            value = scope.get(name)
            if value is not None and value is not closure.scope[name]:
                closure.scope[name] = value


def _argument(where: int | str, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """Return an argument by position or keyword."""
    if isinstance(where, str):
        return kwargs.get(where)
    return args[where] if where < len(args) else None
