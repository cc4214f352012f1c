"""What the expansion of a shell's variable runs, against the values that the oracle found to run or not to."""

from __future__ import annotations

import time

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

RUNS = ("$(go)", "`go`", "'$(go)'", "${NO:-$(go)}", "${SET:+`go`}", "$(($(go)+1))", "\\\\$(go)", "${X[$(go)]}")
RUNS_NOT = (r"\$(go)", r"\`go\`", "${SET:-$(go)}", "$((1+1))", "$SET", "$X", "x$ (go)", "", "$")
ELSEWHERE = ("$((X))", "$[X]", "${X@P}", "${!X}", "${SET:X}", "$((Y))")


def found(
    variable: str, value: str, *words: str, env: dict[str, str] | None = None
) -> list[tuple[str | None, str | None]]:
    """Return the variables whose text runs, and the text."""
    execution = Execution(
        argv=words or ("bash", "script"), env={"SET": "1", variable: value, **(env or {})}, stdin="null"
    )
    reading = read(execution)
    assert reading is not None
    return [(snippet.variable, snippet.text) for snippet in reading.snippets]


@pytest.mark.parametrize("value", RUNS)
def test_a_command_in_the_value_runs(value: str) -> None:
    assert found("BASH_ENV", value) == [("BASH_ENV", value)]


@pytest.mark.parametrize("value", RUNS_NOT)
def test_what_is_escaped_or_not_chosen_does_not_run(value: str) -> None:
    assert found("BASH_ENV", value, env={"X": "plain"}) == []


@pytest.mark.parametrize("value", ELSEWHERE)
def test_a_command_in_another_variable_runs_where_that_is_evaluated(value: str) -> None:
    code = "a[$(go)]"
    assert found("BASH_ENV", value, env={"X": code, "Y": "X"}) == [("X", code)]


def test_dash_evaluates_no_variables() -> None:
    assert found("ENV", "$((X))", "dash", "-i", "script", env={"X": "a[$(go)]"}) == []


@pytest.mark.parametrize("value", ["${X}/rc", "$X/rc", "${X@P}/rc", "${NO:-$X/rc}"])
def test_a_path_may_come_from_another_variable(value: str) -> None:
    execution = Execution(argv=("bash", "script"), env={"BASH_ENV": value, "X": "/tmp"}, stdin="null")
    reading = read(execution)
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets] == ["/tmp/rc"]


def test_a_prompt_has_escapes_of_its_own() -> None:
    assert found("PS0", r"\044(go)", "bash", "-is", env={}) == []  # nothing is read from /dev/null
    execution = Execution(argv=("bash", "-is"), env={"PS0": r"\044(go)"}, stdin="pipe")
    reading = read(execution)
    assert reading is not None
    assert [(s.variable, s.text) for s in reading.snippets][1:] == [("PS0", r"\044(go)")]


def test_a_hostile_value_ends() -> None:
    assert found("BASH_ENV", "${" * 20_000)
    assert found("BASH_ENV", "$((" * 200 + "X", env={"X": "$(go)"})
    assert found("BASH_ENV", "`" * 70_000)


@pytest.mark.parametrize(
    "execution",
    [
        Execution(argv=("node", "x"), env={"NODE_OPTIONS": "A" * 400_000}),
        Execution(argv=("bash", *["-x"] * 60_000)),
        Execution(argv=("ruby", *["-e"] * 60_000)),
        Execution(argv=("php", "-d", "auto_prepend_file=" + "${" * 200_000)),
    ],
    ids=["node", "bash", "ruby", "php"],
)
def test_a_long_line_costs_no_more_than_its_length(execution: Execution) -> None:
    before = time.process_time()
    assert read(execution) is not None
    assert time.process_time() - before < 5


@pytest.mark.parametrize("value", ["${!VX}", "${VX@P}", ": $((VX))"])
def test_a_prompt_command_evaluates_other_variables(value: str) -> None:
    text = "a[$(go)]"
    assert found("PROMPT_COMMAND", value, "bash", "-i", "-s", env={"VX": text}) == [
        ("PROMPT_COMMAND", value),
        ("VX", text),
    ]
