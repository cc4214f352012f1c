"""Changed inputs and those that once failed: about a minute of fuzzing, the same each time.

``make fuzz`` goes on with other seeds (``FLYCATCHER_FUZZ_SEED``) for an hour; an input that fails is written into the corpus.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.mutated import CORPUS, keep, kept, made
from tests.fuzz.targets import TARGETS

SEED = int(os.environ.get("FLYCATCHER_FUZZ_SEED", "0"))
PROCESSOR_SECONDS = 60
"""After so much work it goes round in a circle."""
SHARDS, EACH = 8, {"payload": 600, "shell": 300, "line": 400, "row": 800}
"""Parts of each target, and inputs of a part."""


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("target", TARGETS)
def test_no_changed_input_is_a_fault(target: str, shard: int) -> None:
    for number in range(shard * EACH[target], (shard + 1) * EACH[target]):
        data = made(target, number, SEED)
        try:
            TARGETS[target](data)
        except Exception as error:
            raise AssertionError(f"kept as {keep(target, data)}: {data[:400]!r}") from error


@pytest.mark.parametrize(("target", "path"), kept(), ids=lambda value: value.name if isinstance(value, Path) else value)
def test_what_once_failed_fails_no_more(target: str, path: Path) -> None:
    """In a process of its own, which ends where the fault was a loop without an end."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.targets", target, path], cwd=CORPUS.parents[2], check=False, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_corpus_holds_inputs_of_known_targets_only() -> None:
    assert {path.name.partition("-")[0] for path in CORPUS.iterdir()} <= {*TARGETS, "README.md"}
    assert [made("payload", number, 1) for number in range(3)] == [made("payload", number, 1) for number in range(3)]
    assert made("payload", 1, 1) != made("payload", 2, 1) != made("payload", 2, 2)
