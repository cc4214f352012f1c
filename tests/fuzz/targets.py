"""What is fuzzed, and what must hold of it: no input raises, no span lies outside its text, no score outside its scale."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.commands.check.stream import answers
from flycatcher.core.detection import nested
from flycatcher.core.payload import Limits, analyse
from flycatcher.core.payload.language import languages
from flycatcher.core.recipe.risk import assess
from flycatcher.core.shell import read_shell
from flycatcher.core.shell.syntax.fragment import shell_text
from flycatcher.core.snippet import Snippet

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES = sorted({language.id for language in languages().values()})
FEWER = Limits(steps=5000, nodes=10_000)
"""Loops end sooner: what is looked for are faults, not results."""


def payload(data: bytes) -> None:
    """Analyse a text: the first byte picks the language, the rest is the text."""
    if not data:
        return
    language = LANGUAGES[data[0] % len(LANGUAGES)]
    snippet = Snippet(
        interpreter=language, language=language, vector="argument", text=data[1:].decode("utf-8", "surrogateescape")
    )
    found = analyse(snippet, nested=nested, limits=FEWER)
    assert 0 <= assess([(snippet, found)]).score <= 100
    for capability in found.capabilities:
        for evidence in capability.evidence:
            start, end = evidence.span
            layer = found.layers[evidence.layer].text
            assert 0 <= start <= end <= len(layer)
            assert layer.startswith(evidence.quote, start)


def shell(data: bytes) -> None:
    """Read shell text: the first byte picks the dialect."""
    if not data:
        return
    text = data[1:].decode("utf-8", "surrogateescape")
    result = read_shell(shell_text(text), dialect=("bash", "sh")[data[0] % 2])
    assert len(result.executions) <= 10_000
    for execution in result.executions:
        assert execution.argv


def line(data: bytes) -> None:
    """Answer a row of the JSON Lines contract: the words of a command line, apart at line ends."""
    words = data.decode("utf-8", "replace").split("\n")[:64]
    row = json.dumps({"argv": words}).encode()
    answer = json.loads(next(answers(iter([row]), shells=True)))
    assert "error" in answer or 0 <= answer["risk"]["score"] <= 100


def row(data: bytes) -> None:
    """Answer whatever stands in a row."""
    given = data.replace(b"\n", b" ")
    for answer in answers(iter([given])):
        assert isinstance(json.loads(answer), dict)


TARGETS: dict[str, Callable[[bytes], None]] = {"payload": payload, "shell": shell, "line": line, "row": row}

if __name__ == "__main__":  # python -m tests.fuzz.targets TARGET FILE
    TARGETS[sys.argv[1]](Path(sys.argv[2]).read_bytes())
