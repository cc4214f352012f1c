"""A text is given though nothing was read: an attempt, said with low confidence that it has any effect."""

from __future__ import annotations

import json

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.snippet import NOTHING_TO_READ

IDLE = (
    ("perl", "-ne", "system(q(id))"),
    ("perl", "-pe", "system(q(id))"),
    ("ruby", "-ne", "system('id')"),
    ("php", "-R", "system('id');"),
    ("awk", '{system("id")}'),
    ("gawk", "-e", '{system("id")}'),
    ("mawk", '{system("id")}'),
    ("busybox", "awk", '{system("id")}'),
    ("sed", "e id"),
    ("sed", "-e", "1e id"),
    ("mlr", "put", 'system("id")'),
)
BUSY = (
    ("perl", "-ne", "system(q(id))", "file"),
    ("perl", "-ne", "BEGIN{system(q(id))}"),
    ("ruby", "-ne", "BEGIN{system('id')}"),
    ("php", "-B", "system('id');"),
    ("awk", 'END{system("id")}'),
    ("gawk", "-e", '{system("id")}', "-e", "BEGIN{f()}"),
    ("gawk", "-f", "file", "-e", 'function f(){system("id")}'),
    ("sed", "e id", "file"),
    ("mlr", "put", 'end{system("id")}'),
    ("mlr", "count", "then", "put", 'system("id")'),
)


def _answer(argv: tuple[str, ...], stdin: str) -> dict[str, object]:
    row = json.dumps({"argv": argv, "stdin": stdin}).encode()
    return json.loads(next(answers(iter([row]), shells=True)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("argv", IDLE)
def test_a_loop_over_no_input_is_an_attempt_with_little_confidence(argv: tuple[str, ...]) -> None:
    answer = _answer(argv, "null")
    assert answer["code_on_the_fly"] is True
    assert [snippet["note"] for snippet in answer["snippets"]] == [NOTHING_TO_READ]  # type: ignore[index,attr-defined]
    assert answer["risk"]["confidence"] == 0.3  # type: ignore[index,call-overload]


@pytest.mark.parametrize("argv", IDLE)
def test_with_input_it_runs(argv: tuple[str, ...]) -> None:
    answer = _answer(argv, "file")
    assert [snippet.get("note") for snippet in answer["snippets"]] == [None]  # type: ignore[attr-defined]


@pytest.mark.parametrize("argv", BUSY)
def test_what_runs_without_input_is_not_noted(argv: tuple[str, ...]) -> None:
    answer = _answer(argv, "null")
    assert NOTHING_TO_READ not in [snippet.get("note") for snippet in answer["snippets"]]  # type: ignore[attr-defined]
