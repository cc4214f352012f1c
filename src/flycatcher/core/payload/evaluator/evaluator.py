"""Evaluates one layer: walks its tree in program order, keeps what is known of each variable, and reports what it meets.

Nothing of the program runs: only operators and the pure functions of its language's tables are applied, to constants, within
the budget of :class:`~flycatcher.core.payload.evaluator.evaluation.Budget`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator import calls, closures, expressions, statements
from flycatcher.core.payload.evaluator.evaluation import Budget, Evaluation, Sink

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.payload.evaluator.values import Value
    from flycatcher.core.payload.language import Language
    from flycatcher.core.payload.model import Limits


class Evaluator(Evaluation):
    """The walk over a whole program."""

    def __init__(self, language: Language, sink: Sink, budget: Budget, limits: Limits) -> None:
        """Prepare for one layer of ``language``."""
        super().__init__(language, sink, budget, limits, HANDLERS)

    def run(self, program: ir.Program) -> None:
        """Walk the program; raise ExhaustedError when the budget ends first."""
        self.eval(program.body)
        for tree in program.deferred:
            self.eval(tree)
        closures.enter_the_rest(self)


HANDLERS: dict[type[ir.Node], Callable[..., Value]] = {
    ir.Const: expressions.const,
    ir.Name: expressions.name,
    ir.Member: expressions.member,
    ir.Index: expressions.index,
    ir.Operate: expressions.operate,
    ir.Items: expressions.items,
    ir.Pairs: expressions.pairs,
    ir.Template: expressions.template,
    ir.Command: expressions.command,
    ir.Invoke: calls.invoke,
    ir.Group: statements.group,
    ir.Choice: statements.choice,
    ir.Function: statements.function,
    ir.Comprehend: statements.comprehend,
    ir.Assign: statements.assign,
    ir.Loop: statements.loop,
    ir.Return: closures.give_back,
    ir.Import: statements.bring,
    ir.Redirect: statements.redirect,
    ir.Pipeline: statements.pipeline,
}
"""How each type of node is evaluated."""
