"""python's command line, case by case: what it runs, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters import read

Found = list[tuple[str, str | None]]


def snippets(*words: str, program: str = "python3.11", **more: Any) -> Found:
    reading = read(Execution(argv=(program, *words), **more))
    assert reading is not None
    return [(s.vector, s.text) for s in reading.snippets]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-c", "A"], [("argument", "A")]),
        (["-cA"], [("argument", "A")]),
        (["-Sc", "A"], [("argument", "A")]),
        (["-IBcA", "-c", "B"], [("argument", "A")]),
        (["-Wc", "A"], []),  # c is a warning filter, and A is the script
        (["-W", "-c", "A"], []),
        (["-Xc", "A"], []),
        (["-B-", "-c", "A"], []),  # the dash ends the options: -c is the script
        (["-b-check-hash-based-pycs", "always", "-cA"], [("argument", "A")]),
        (["--check-hash-based-pycs", "-c", "A"], []),
        (["--check-hash-based-pycs=always", "-c", "A"], []),
        (["-V", "-c", "A"], []),
        (["-c", "A", "-V"], [("argument", "A")]),
        (["--help-all", "-c", "A"], []),
        (["-J", "-c", "A"], []),
        (["-c"], []),
        (["script.py", "-c", "A"], []),
        (["--", "-c", "A"], []),
        (["folder", "-c", "A"], []),
        (["-m", "pip", "-c", "A"], []),
        (["-", "A"], []),
    ],
)
def test_options(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="null") == expected


@pytest.mark.parametrize(
    ("program", "words", "runs"),
    [
        ("python3.10", ["-P", "-c", "A"], False),
        ("python3.11", ["-P", "-c", "A"], True),
        ("python3", ["-P", "-c", "A"], True),  # an unknown version: what any of them runs
        ("python2.7", ["-X", "dev", "-c", "A"], False),
        ("python2.7", ["-Q", "new", "-c", "A"], True),
        ("python3.6", ["-Q", "new", "-c", "A"], False),
        ("python3.6", ["-B-", "-c", "A"], False),
        ("pypy3.9", ["--jit", "off", "-c", "A"], True),
        ("python3.9", ["--jit", "off", "-c", "A"], False),
        ("pypy3.9", ["-x", "-c", "A"], False),
    ],
)
def test_versions_take_different_options(program: str, words: list[str], runs: bool) -> None:
    assert snippets(*words, program=program, stdin="null") == ([("argument", "A")] if runs else [])


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ([], "pipe", [("stdin", None)]),
        ([], "socket", [("stdin", None)]),
        ([], "tty", []),
        ([], "null", []),
        ([], "unknown", []),
        (["-"], "unknown", [("stdin", None)]),
        (["-i"], "unknown", [("stdin", None)]),
        (["--"], "file", [("stdin", None)]),
        (["/dev/stdin"], "pipe", [("descriptor", None)]),
        (["//dev//fd/0"], "pipe", [("descriptor", None)]),
        (["/dev/fd/63"], "null", [("descriptor", None)]),
        (["-i", "script.py"], "pipe", [("stdin", None)]),
        (["script.py"], "pipe", []),
        (["-ic", "A"], "pipe", [("argument", "A"), ("stdin", None)]),
        (["-ic", "A"], "tty", [("argument", "A")]),
        (["-i", "-m", "pip"], "pipe", [("stdin", None)]),
        (["-i", "/dev/stdin"], "pipe", [("descriptor", None)]),
    ],
)
def test_stdin_is_the_program_or_a_session_after_it(words: list[str], stdin: str, expected: Found) -> None:
    assert snippets(*words, stdin=stdin) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["timeit", "-n1", "-s", "A", "B", "C"], [("runner", "A"), ("runner", "B"), ("runner", "C")]),
        (["timeit", "--se=A"], [("runner", "A")]),
        (["timeit", "-n", "x", "A"], []),
        (["timeit", "-h", "A"], []),
        (["pdb", "-c", "A", "x.py", "-c", "B"], [("runner", "A"), ("stdin", None)]),
        (["pdb", "-c", "q", "x.py"], [("runner", "q")]),
        (["pdb", "-c", "A"], []),
        (["code"], [("stdin", None)]),
        (["code", "x"], []),
        (["asyncio"], [("stdin", None)]),
        (["runpy", "runpy", "timeit", "A"], [("runner", "A")]),
        (["cProfile", "-m", "timeit", "A"], [("runner", "A")]),
        (["trace", "-t", "--module", "timeit", "A"], [("runner", "A")]),
        (["trace", "--module", "timeit", "A"], []),
        (["profile", "/dev/stdin"], [("descriptor", None)]),
        (["doctest", "/dev/fd/0"], [("descriptor", None)]),
        (["pickle", "-"], [("stdin", None)]),
        (["imaplib", "-s", "A"], [("runner", "A")]),
        (["IPython", "--no-banner", "-c=A"], [("runner", "A")]),
        (["xonsh", "-c", "A"], [("runner", "A")]),
        (["ipykernel_launcher", "-f", "x.json"], []),
        (["ipykernel_launcher", "--IPKernelApp.exec_lines=A"], [("runner", "A")]),
        (["hy", "-c", "A"], [("runner", "A")]),
        (["bpython", "-c", "A"], [("runner", "A")]),
        (["ptpython", "-"], []),
        (["jupyter", "run"], [("stdin", None)]),
        (["debugpy", "--listen", "1", "-c", "A"], [("runner", "A")]),
        (["pyperf", "timeit", "-s", "A", "B"], [("runner", "A"), ("runner", "B")]),
        (["json.tool"], []),
    ],
)
def test_modules_that_run_text(words: list[str], expected: Found) -> None:
    found = [(vector, text and text.removeprefix("=")) for vector, text in snippets("-m", *words, stdin="pipe")]
    assert found == expected


@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        ("python2.7", ["pdb", "-c", "A", "x.py"], [("stdin", None)]),  # -c is the script there
        ("python3.6", ["pdb", "-cA", "x.py"], [("runner", "A"), ("stdin", None)]),
        ("python3.13", ["pdb", "x.py", "-c", "A"], [("runner", "A"), ("stdin", None)]),
        ("python3.7", ["asyncio"], []),
        ("python3.6", ["cProfile", "-m", "timeit", "A"], []),
        ("python3.11", ["timeit", "-t", "A"], [("runner", "A")]),
        ("python3.12", ["timeit", "-t", "A"], []),
        ("python3", ["timeit", "-t", "A"], [("runner", "A")]),
        ("python3.12", ["_pyrepl"], []),
        ("python3.13", ["_pyrepl"], [("stdin", None)]),
    ],
)
def test_modules_differ_between_versions(program: str, words: list[str], expected: Found) -> None:
    assert snippets("-m", *words, program=program, stdin="pipe") == expected


def test_a_thousand_runners_in_a_row_are_read_through() -> None:
    assert snippets("-m", *["runpy"] * 1000, "timeit", "A", stdin="null") == [("runner", "A")]


def test_the_startup_file_counts_in_a_session_alone() -> None:
    volatile = {"PYTHONSTARTUP": "/tmp/x.py"}
    assert snippets("-i", env=volatile, stdin="pipe") == [("environment", None), ("stdin", None)]
    assert snippets("-i", "-E", env=volatile, stdin="pipe") == [("stdin", None)]
    assert snippets(env=volatile, stdin="pipe") == [("stdin", None)]
    assert snippets("-ic", "A", env=volatile, stdin="null") == [("argument", "A")]
    assert snippets("-i", env={"PYTHONSTARTUP": "/dev/fd/9"}, stdin="null") == [("descriptor", None)]


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (["-Wi::antigravity.x", "f"], {}, True),
        (["f"], {"PYTHONWARNINGS": "once,all:0:antigravity.x:0:0"}, True),
        (["-I", "f"], {"PYTHONWARNINGS": "all:0:antigravity.x:0:0"}, False),
        (["-Wnonsense::antigravity.x", "f"], {}, False),
        (["-W::::::antigravity.x", "f"], {}, False),
        (["-Wi::antigravity", "f"], {}, False),
        (["-m", "antigravity"], {}, True),
        (["-m", "webbrowser", "x"], {}, True),
        (["-m", "webbrowser"], {}, False),
    ],
)
def test_a_page_is_opened_through_browser(words: list[str], env: dict[str, str], expected: bool) -> None:
    browser = "none:sh -c 'id #%s'"
    found = snippets(*words, env={**env, "BROWSER": browser}, stdin="null")
    assert found == ([("environment", "sh -c 'id #%s'")] if expected else [])


@pytest.mark.parametrize(
    ("words", "env", "path"),
    [
        (["f"], {"PYTHONPATH": "/usr/lib:/tmp/m"}, "/tmp/m/sitecustomize.py"),
        (["-S", "f"], {"PYTHONPATH": "/tmp/m"}, "/tmp/m/encodings/__init__.py"),
        (["-E", "f"], {"PYTHONPATH": "/tmp/m", "PYTHONUSERBASE": "/tmp/u"}, ""),
        (["f"], {"PYTHONPATH": "lib"}, ""),
        (["f"], {"PYTHONUSERBASE": "/tmp/u"}, "/tmp/u/lib/python3.*/site-packages/*.pth"),
        (["-s", "f"], {"PYTHONUSERBASE": "/tmp/u"}, ""),
        (["f"], {"HOME": "/tmp/h"}, ""),
    ],
)
def test_what_is_imported_unasked_from_where_anyone_writes(words: list[str], env: dict[str, str], path: str) -> None:
    reading = read(Execution(argv=("python3", *words), env=env, stdin="null", cwd="/tmp/build"))
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets] == ([path] if path else [])


def test_what_a_source_has_seen_decides_what_is_imported_unasked() -> None:
    missing = {
        f"/tmp/m/{name}": FileFact(kind="missing")
        for name in (
            "sitecustomize.py", "sitecustomize/__init__.py", "usercustomize.py", "usercustomize/__init__.py",
            "encodings/__init__.py", "site.py",
        )
    }  # fmt: skip
    reading = read(Execution(argv=("python3", "f"), env={"PYTHONPATH": "/tmp/m"}, files=missing))
    assert reading is not None
    assert (reading.snippets, [load.path for load in reading.loads]) == ([], ["/tmp/m"])
    seen = {"/tmp/h/.local/lib/python3.11/site-packages/*.pth": FileFact(kind="regular")}
    reading = read(Execution(argv=("python3.11", "f"), env={"HOME": "/tmp/h"}, files=seen))
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets] == list(seen)
