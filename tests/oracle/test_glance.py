"""What a host puts aside at a glance holds nothing: on the oracle's lines, read without running anything."""

import os
import random

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import builtin, read_as
from flycatcher.core.interpreters.hosts.host import Host
from tests.oracle.grammars import all_grammars
from tests.oracle.harness import Grammar, Marks

CASES = int(os.environ.get("FLYCATCHER_GLANCE_CASES", "400"))
HOSTS = [grammar for grammar in all_grammars() if isinstance(builtin().get(grammar.id), Host)]


@pytest.mark.parametrize("grammar", HOSTS, ids=lambda grammar: grammar.id)
def test_a_line_that_is_put_aside_at_a_glance_holds_no_text(grammar: Grammar) -> None:
    interpreter = builtin()[grammar.id]
    rng = random.Random(f"{grammar.id}:glance")
    for _ in range(CASES):
        case = grammar.case(rng, Marks(grammar.template), f"/usr/bin/{grammar.id}")
        if interpreter.idle(case.argv, case.env):
            found = read_as(interpreter, Execution(argv=tuple(case.argv), env=case.env, stdin="pipe", cwd="/srv"))
            assert found.snippets == [], case.argv
