"""The template reads every line by a table's fields; no table repeats what it does."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path
from typing import ClassVar

import pytest

from flycatcher.core import interpreters
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import builtin, read
from flycatcher.core.interpreters.engine.catalog import NO_FAMILIES
from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options

FAMILIES = Path(interpreters.__file__).parent
LOAD, FILE = Option("value", "load"), Option("value", "file")
TABLE = Options(
    parser="getopt",
    short={
        "e": CODE,
        "f": FILE,
        "r": LOAD,
        "v": FLAG,
        "i": Option(role="interactive"),
        "q": Option(role="quits"),
        "h": EXIT,
    },
    long={"--number": Option("value", pattern=r"\d+"), "--args": Option(role="arguments", last=True)},
    permute=True,
)


class Frob(Interpreter):
    id = "frob"
    language = "frob"
    options: ClassVar[Options] = TABLE


def runs(words: str, env: dict[str, str] | None = None, **fields: object) -> tuple[list[object], str]:
    """Return what a line runs by a table with these fields, stdin being a pipe: texts, addresses, paths or vectors."""
    table = type("Made", (Frob,), fields)()
    reading = table.read(Execution(argv=("frob", *words.split()), env=env or {}, stdin="pipe"))
    return [one.text or one.url or one.path or one.vector for one in reading.snippets], reading.outcome


@pytest.mark.parametrize(
    ("words", "fields", "expected"),
    [
        ("-e A -e B", {}, (["A", "B"], "inline")),
        ("-e A -e B", {"codes": "first"}, (["A"], "inline")),
        ("-e A -e B", {"codes": "last"}, (["B"], "inline")),
        ("-e A -z", {}, ([], "refuses")),
        ("-e A -z", {"eager": True}, (["A"], "inline")),
        ("-e A -h -e B", {}, ([], "prints")),
        ("-e A -h -e B", {"eager": True}, (["A"], "inline")),
        ("-h -z", {}, ([], "refuses")),
        ("-h -z", {"exit_first": True}, ([], "prints")),
        ("--number 1", {}, (["stdin"], "inline")),
        ("--number x", {}, ([], "refuses")),
        ("f.frob", {}, ([], "script")),
        ("-", {}, (["stdin"], "inline")),
        ("-", {"stdin_names": ()}, ([], "script")),
        ("_", {"stdin_names": ("_",)}, (["stdin"], "inline")),
        ("--args f.frob", {}, (["stdin"], "inline")),
        ("f.frob", {"operand": "none"}, (["stdin"], "inline")),
        ("f.frob", {"operand": "none", "reads_stdin": False}, ([], "nothing")),
        ("-e A f.frob", {"operand": "refused"}, ([], "refuses")),
        ("x /dev/fd/3", {}, ([], "script")),
        ("x /dev/fd/3", {"operand": "all"}, (["descriptor"], "inline")),
        ("-e A /dev/fd/3", {}, (["A"], "inline")),
        ("-e A /dev/fd/3", {"beside": True}, (["A", "descriptor"], "inline")),
        ("-e A -", {"beside": True}, (["A"], "inline")),
        ("- -e A", {"beside": True, "in_order": True}, (["stdin", "A"], "inline")),
        ("-f /dev/fd/3 -e A -f /dev/fd/4", {}, (["A", "descriptor"], "inline")),
        ("-f /dev/fd/3 -e A -f /dev/fd/4", {"in_order": True}, (["descriptor", "A", "descriptor"], "inline")),
        ("https://x/y", {}, ([], "script")),
        ("https://x/y", {"urls": True}, (["https://x/y"], "inline")),
        ("f.frob", {"console": "after files"}, (["stdin"], "inline")),
        ("-e A", {"console": "after files"}, (["A"], "inline")),
        ("-e A", {"console": "always"}, (["A", "stdin"], "inline")),
        ("-e A -q", {"console": "always"}, (["A"], "inline")),
        ("-e A -i", {}, (["A"], "inline")),
        ("-e A -i", {"console": "asked"}, (["A", "stdin"], "inline")),
        ("-i", {"console": "asked"}, (["stdin"], "inline")),
        ("shell -e A", {"subcommands": ("shell",)}, (["A"], "inline")),
        ("serve -e A", {"subcommands": ("shell",)}, ([], "nothing")),
        ("-v shell -e A", {"subcommands": ("shell",)}, ([], "nothing")),
        ("-v shell -e A", {"subcommands": ("shell",), "subcommand_first": False}, (["A"], "inline")),
        ("", {"subcommands": ("shell",)}, ([], "prints")),
    ],
)  # fmt: skip
def test_a_field_says_what_runs(words: str, fields: dict[str, object], expected: tuple[list[object], str]) -> None:
    assert runs(words, **fields) == expected


def test_an_empty_text_may_count_as_none() -> None:
    line = Execution(argv=("frob", "-e", ""), stdin="pipe")
    assert [one.vector for one in Frob().read(line).snippets] == ["argument"]
    none = type("None_", (Frob,), {"empty_is_none": True})()
    assert [one.vector for one in none.read(line).snippets] == ["stdin"]


def test_a_variable_names_a_file_that_runs_first() -> None:
    files = (StartFile("FROB_HOME", "{}/rc.frob", unless=("-v",)), StartFile("FROBRC"))
    fields = {"start_files": files, "reads_stdin": False}
    assert runs("", {"FROB_HOME": "/tmp/h/", "FROBRC": "/dev/shm/x"}, **fields)[0] == ["/tmp/h/rc.frob", "/dev/shm/x"]
    assert runs("-v", {"FROB_HOME": "/tmp/h/"}, **fields)[0] == []


def test_an_operand_may_be_the_text() -> None:
    options = Options(parser="getopt", short={"c": Option(role="operand"), "v": FLAG})
    assert runs("-c A B", options=options) == (["A"], "inline")
    assert runs("-c", options=options) == ([], "nothing")


def test_words_of_a_start_script_are_left_aside_and_places_are_those_of_the_line() -> None:
    reading = read(Execution(argv=("kotlin", "-J-Xmx1g", "-e", "A", "-Dx=y")))
    assert reading is not None
    assert [(one.text, one.argv_index) for one in reading.snippets] == [("A", 3)]


def test_a_text_of_a_variable_stands_in_no_word() -> None:
    reading = read(Execution(argv=("rake",), env={"RAKEOPT": "--ex A"}))
    assert reading is not None
    assert [(one.vector, one.text, one.variable, one.argv_index) for one in reading.snippets] == [
        ("environment", "A", "RAKEOPT", None)
    ]


@pytest.mark.parametrize("unknown", ["error", "skip", "operand"])
def test_an_unknown_option_is_an_error_or_passed_over_or_the_first_operand(unknown: str) -> None:
    options = Options(parser="getopt", short={"e": CODE, "s": VALUE}, unknown=unknown)  # type: ignore[arg-type]
    expected = {"error": ([], "refuses"), "skip": (["A", "B"], "inline"), "operand": (["A"], "inline")}
    assert runs("-e A -z -e B", options=options) == expected[unknown]


def test_no_read_of_a_family_parses_refuses_and_prints_as_the_template_does() -> None:
    """What ``Interpreter.read`` does for everybody stands nowhere else."""
    repeated = []
    for path in sorted(FAMILIES.rglob("*.py")):
        if path.parent.name in NO_FAMILIES or path.parent == FAMILIES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in ("read", "read_words", "accepted"):
                names = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
                called = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
                parses = "parse" in names or any(name.startswith("parse") for name in called)
                words = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
                if (parses and "error" in names) or ("parse" in names - {"ast"} and "exit" in words):
                    repeated.append(f"{path.relative_to(FAMILIES)}: {node.name}")
    assert repeated == []


def test_the_example_for_contributors_is_a_table_that_works() -> None:
    page = (FAMILIES.parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = textwrap.dedent(page.split("```python\n")[1].split("```")[0])
    scope: dict[str, object] = {"__name__": "frob"}
    exec(compile(example, "frob", "exec"), scope)
    frob = scope["Frob"]
    assert isinstance(frob, type)
    assert issubclass(frob, Interpreter)
    line = Execution(argv=("frob", "-i", "--ev", "A", "-e", "B"), env={"FROB_HOME": "/tmp"}, stdin="pipe")
    found = [one.text or one.path or one.vector for one in frob().read(line).snippets]
    assert found == ["/tmp/init.frob", "B", "stdin"]
    attributes = set(re.findall(r"`(\w+)`", page.split("| attribute |")[1].split("`Interpreter.read`")[0]))
    assert attributes <= set(vars(Interpreter)["__annotations__"])


def test_a_table_without_code_of_its_own_is_read_by_the_template() -> None:
    """Pure tables: a class with attributes alone, below bases that may have code."""
    pure = {name for name, one in builtin().items() if not any(map(callable, vars(type(one)).values()))}
    assert {
        "scala",
        "octave",
        "sbcl",
        "rhino",
        "clisp",
        "gnuplot",
        "django",
        "scrapy",
        "puppet",
        "knife",
        "rc",
    } <= pure
    assert len(pure) >= 39
