"""What the way is worth by which a text got in."""

from __future__ import annotations

import pytest

from flycatcher.core.payload import analyse
from flycatcher.core.payload.model import Analysis
from flycatcher.core.recipe.risk import assess
from flycatcher.core.snippet import Snippet

OWN = (5, "an environment variable adds a folder of somebody's own, from which code is loaded")
BROUGHT = (15, "an environment variable brings the code in, where the command line shows nothing (T1574)")
ACTS = (20, "what an environment variable brings in starts programs, or uses the network (T1574)")
EACH = (20, "what every start of an interpreter runs starts programs, or uses the network (T1546)")
PLANTED = (20, "it is put where somebody or something runs it later (T1053, T1546)")


def reasons(snippet: Snippet, *wanted: tuple[int, str]) -> list[tuple[int, str]]:
    """Return those of the wanted reasons that a snippet's risk has, with their points."""
    analysis = analyse(snippet, nested=None) if snippet.text is not None else Analysis(layers=())
    found = [(reason.points, reason.text) for reason in assess([(snippet, analysis)]).reasons]
    return [each for each in found if each in wanted]


def brought(variable: str, *, path: str | None = None, text: str | None = None, language: str = "python") -> Snippet:
    return Snippet(
        interpreter=language, language=language, vector="environment", variable=variable, path=path, text=text
    )


@pytest.mark.parametrize("variable", ["PYTHONPATH", "PERL5LIB", "RUBYLIB", "NODE_PATH"])
def test_a_folder_of_ones_own_on_a_search_path_is_worth_little(variable: str) -> None:
    assert reasons(brought(variable, path="/home/me/lib/x"), OWN, BROUGHT) == [OWN]


@pytest.mark.parametrize(
    ("variable", "path"), [("PYTHONPATH", "/dev/shm/x"), ("PYTHONSTARTUP", "/home/me/x"), ("PYTHONPATH", None)]
)
def test_what_else_a_variable_brings_in_is_worth_more(variable: str, path: str | None) -> None:
    assert reasons(brought(variable, path=path), OWN, BROUGHT) == [BROUGHT]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("import os; os.system('id')", True),
        ("import socket; socket.create_connection(('192.0.2.1', 9))", True),
        ("exec(x)", True),
        ("import ctypes; ctypes.CDLL('/tmp/x.so')", True),
        ("print(1)", False),
        ("open('x').read()", False),
    ],
    ids=["process", "network", "eval", "library", "nothing", "file"],
)
def test_what_a_variable_brings_in_and_acts_is_told(text: str, *, acts: bool) -> None:
    assert (ACTS in reasons(brought("PYTHONSTARTUP", text=text), ACTS)) is acts


def test_a_text_on_the_command_line_is_brought_in_by_nothing() -> None:
    snippet = Snippet(interpreter="python", language="python", vector="argument", text="import os; os.system('id')")
    assert reasons(snippet, ACTS, BROUGHT, OWN, EACH, PLANTED) == []


@pytest.mark.parametrize("variable", ["BASH_ENV", "ENV"])
def test_a_variable_that_names_a_file_and_holds_commands_is_told(variable: str) -> None:
    held = (10, "a variable that names a file holds commands (T1574)")
    assert reasons(brought(variable, text="$(id)", language="shell"), held) == [held]
    assert reasons(brought(variable, path="/home/me/x", language="shell"), held) == []


@pytest.mark.parametrize(
    ("note", "language", "expected"),
    [
        ("every start of python", "python", [EACH, PLANTED]),
        ("every start of perl", "perl", [EACH, PLANTED]),
        ("every start of vim", "vimscript", [PLANTED]),
        ("the next login", "python", [PLANTED]),
    ],
)
def test_what_every_start_runs_is_worth_more_than_what_is_only_planted(
    note: str, language: str, expected: list[tuple[int, str]]
) -> None:
    text = "system('id')" if language != "python" else "import os; os.system('id')"
    snippet = Snippet(interpreter=language, language=language, vector="planted", note=note, text=text)
    assert sorted(reasons(snippet, EACH, PLANTED)) == sorted(expected)


@pytest.mark.parametrize(
    ("vector", "points"),
    [("memory", 45), ("url", 20), ("descriptor", 5), ("module-option", 3), ("argument", 0), ("stdin", 0)],
)
def test_every_way_has_its_points(vector: str, points: int) -> None:
    snippet = Snippet(interpreter="python", language="python", vector=vector, text="x")  # type: ignore[arg-type]
    analysis = analyse(Snippet(interpreter="python", language="python", vector="argument", text="x"), nested=None)
    found = [reason.points for reason in assess([(snippet, analysis)]).reasons if "in no file" not in reason.text]
    assert found == ([points] if points else [])
