"""The state of one layer's evaluation, the budget that bounds it, and who hears what it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flycatcher.core.payload import ir
    from flycatcher.core.payload.evaluator.values import Closure, Taint, Value
    from flycatcher.core.payload.language import Language
    from flycatcher.core.payload.model import Limits

    Handlers = Mapping[type[ir.Node], Callable[["Evaluation", "ir.Node"], Value]]


GIVEN, GIVEN_LENGTH = 64, 4096
"""Texts that calls in loops get: how many are reported, and of how many characters."""


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

    def spend_operands(self, values: Iterable[Value]) -> None:
        """Take the steps that a function over these values is worth: one for every 64 characters or 4 items."""
        for value in values:
            data = value.data
            if isinstance(data, (str, bytes)):
                self.spend_text(len(data))
            elif isinstance(data, list):
                self.spend_text(len(data) << 4)

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

    def mentioned(self, name: str, node: ir.Node) -> None:
        """Take the reading of a dotted name that is not being called where it stands."""

    def of_path(self, path: str) -> Taint:
        """Return where what a file of this name holds comes from, as far as the name tells."""

    def comes_from(self, name: str) -> Taint:
        """Return what reading a name brings in: the whole environment, a request's parameters."""

    def knows(self, name: str) -> bool:
        """Whether a dotted name means anything to a rule or to the language."""

    def text(self, value: Value, node: ir.Node) -> None:
        """Take a constant or folded text."""

    def command(self, value: Value, node: ir.Node) -> Value:
        """Take text that the language hands to a shell."""

    def redirect(self, op: str, target: Value, flowing: Value | None, node: ir.Node) -> Value:
        """Take a shell's redirection, and what flows into it; return what flows out of it."""


class Evaluation:
    """One layer being evaluated: what is bound to each name, and how deep in calls and loops the walk stands.

    ``handlers`` holds, for each type of node, the function that evaluates it: the functions know this state and no other
    one's module, so that an expression may hold statements and the other way round.
    """

    def __init__(self, language: Language, sink: Sink, budget: Budget, limits: Limits, handlers: Handlers) -> None:
        """Prepare for one layer of ``language``."""
        self.language = language
        self.sink = sink
        self.budget = budget
        self.limits = limits
        self.handlers = handlers
        self.scope: dict[str, Value] = dict(language.given)
        self.globals = self.scope
        self.calls = 0
        """Functions of the program that are being followed, one in the other."""
        self.rounds = 0
        """Loops that are being followed, one in the other."""
        self.folded_names = 0
        self.texts: set[str] = set()
        """Texts that calls in loops got."""
        self.callee: ir.Node | None = None
        """The expression that stands in the place of a called function."""
        self.closures: dict[int, Closure] = {}
        """Functions without a name that nobody may be seen to call, by the identity of their bodies."""
        self.walked: set[int] = set()
        """Bodies of functions that have been walked, by identity."""

    def eval(self, node: ir.Node) -> Value:
        """Return what is known of ``node``; raise ExhaustedError when the budget is used up."""
        self.budget.spend()
        return self.handlers[type(node)](self, node)

    def reads(self, name: str, node: ir.Node) -> None:
        """Report the reading of a dotted name."""
        self.sink.used(name, node)
        if node is not self.callee:
            self.sink.mentioned(name, node)

    def met(self, value: Value, node: ir.Node) -> None:
        """Report a text that was put together. In a loop only the last state of a text counts (the loop itself reports it)."""
        if isinstance(value.data, (str, bytes)):
            self.budget.spend_text(len(value.data))
            if not self.rounds:
                self.sink.text(value, node)

    def given(self, value: Value, node: ir.Node) -> None:
        """Report a text that a call gets in a loop, each once: it is in no variable that the loop leaves."""
        text = value.data
        if isinstance(text, str) and len(text) <= GIVEN_LENGTH and len(self.texts) < GIVEN and text not in self.texts:
            self.texts.add(text)
            self.sink.text(value, node)
