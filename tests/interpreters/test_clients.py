"""Clients, consoles and editors whose script may stand on stdin: which parts of it start a command."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

Found = list[tuple[str, str | None]]


def texts(words: tuple[str, ...], stdin: str | None = None, **env: str) -> Found:
    """Return vector and text of each snippet."""
    reading = read(Execution(argv=words, stdin="pipe" if stdin is not None else "null", stdin_text=stdin, env=env))
    assert reading is not None
    return [(snippet.vector, snippet.text) for snippet in reading.snippets]


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        (("psql",), "select 1 \\g |id\n", [("stdin", "id")]),
        (("psql",), "-- \\! id\nselect '\\! id';\n\\!id\n", []),
        (("psql",), "\\echo a \\! id\n", [("stdin", "id")]),
        (("psql",), "\\set x `id`\n", [("stdin", "id")]),
        (("psql",), "\\copy (select 1) to program 'id'\n", [("stdin", "id'")]),
        (("psql", "-c", "select 1 \\! id"), None, []),
        (("psql", "-c", "select 1"), "\\! id\n", []),
        (("psql", "-f", "-"), "\\! id\n", [("stdin", "id")]),
        (("psql", "-o", "|id", "--bogus"), None, [("argument", "id")]),
        (("mariadb",), "select 1\nsystem id\n", []),
        (("mariadb", "-G"), "select 1\nsystem id\n", [("stdin", "id")]),
        (("mariadb",), "prompt x\n  SYSTEM id\n", [("stdin", "id")]),
        (("mariadb",), "select '\\! id' \\! ls\n", [("stdin", "ls")]),
        (("mariadb", "--sandbox", "-e", "\\! id"), None, []),
        (("mariadb", "--exec=\\! id"), None, [("argument", "id")]),
        (("redis-cli", "-p", "1"), "2 EVAL 'A' 0\nget x\n", [("stdin", "A")]),
        (("redis-cli", "-X", "t", "eval", "t", "0"), "A", [("stdin", "A")]),
        (("sqlite3", ":memory:"), "select\n.shell id\n;\n.shell ls\n", [("stdin", "ls")]),
        (("sqlite3", ":memory:"), "/*\n.shell id\n*/ -- x\n.shell ls\n", [("stdin", "ls")]),
        (("sqlite3", ":memory:", "select 1"), ".shell id\n", []),
        (("sqlite3", "-cmd", ".shell id", ":memory:", "-safe", ".shell ls"), None, [("argument", "id")]),
        (("sqlite3", "-lookaside", "1", "2", ":memory:", ".shell id"), None, [("argument", "id")]),
        (("sqlite3", "-pagecache", "-quote", ":memory:", "x"), ".shell ls\n", [("stdin", "ls")]),  # two values
        (("sqlite3", "-lookaside", "1", "-cmd", ".shell id", ".shell ls"), None, [("argument", "ls")]),
        (("sqlite3", "-heap", "9", ":memory:"), ".shell ls\n", [("stdin", "ls")]),
        (("ed",), "a\n!id\n.\nr !ls\n1!no\n", [("stdin", "ls")]),
        (("ed", "-", "!id"), None, [("argument", "id")]),
        (("red",), "!id\n", []),
        (("cpan", "-s"), "! A\n", [("stdin", "A")]),
        (("ssh", "host", "x", "-oProxyCommand=id"), None, []),
        (("ssh", "host", "-oProxyCommand=id", "x"), None, [("argument", "id")]),
        (("pdftex", "-shell-e", "\\write18{id}"), None, [("argument", "\\write18{id}")]),
        (("pdftex", "--shell-escape", "--no-shell-escape", "\\write18{id}"), None, []),
        (("pdftex", "\\directlua{A}"), None, []),
    ],
)
def test_what_starts_a_command_is_found(words: tuple[str, ...], stdin: str | None, expected: Found) -> None:
    assert texts(words, stdin) == expected


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        (("pry", "-c", "A", "-exec", "B", "--", "x"), "C", [("argument", "A"), ("argument", "B"), ("stdin", "C")]),
        (("pry", "-eX=1"), "C", []),
        (("pry", "-e", "B", "file.rb"), "C", []),
        (("bundle", "exec", "irb"), "C", [("stdin", "C")]),
        (("bundle", "exec", "rake", "-e", "A"), None, [("argument", "A")]),
        (("bundle", "exec", "ruby", "-e", "A"), None, []),
        (("mit-scheme", "--eval", "A", "B", "--quiet"), "C", [("argument", "A"), ("argument", "B"), ("stdin", "C")]),
        (("mit-scheme", "--", "--eval", "A"), "C", [("stdin", "C")]),
        (("mit-scheme", "--help", "--eval", "A"), "C", []),
        (("mit-scheme", "--help", "-quiet"), "C", [("stdin", "C")]),
        (("csharp", "-helpinternal", "x"), "C", [("stdin", "C")]),
        (("lldb", "-b"), "C", [("stdin", "C")]),
        (("lldb", "-b", "-k", "A"), "C", [("argument", "A"), ("stdin", "C")]),
        (("lldb", "-b", "-o", "A"), "C", [("argument", "A")]),
        (("lldb", "--batch", "/bin/true"), "C", []),
        (("csharp", "-e", "A", "-e", "B"), "C", [("argument", "B")]),
        (("csharp", "-e", "A", "x.cs"), "C", []),
        (("jimsh", "-e", "A", "-e", "B"), "C", [("argument", "A")]),
        (("tcc", "-", "-run"), "C", [("stdin", "C")]),
        (("tcc", "-run", "-c", "-"), "C", []),
    ],
)
def test_consoles_read_their_words_and_then_stdin(words: tuple[str, ...], stdin: str | None, expected: Found) -> None:
    assert texts(words, stdin) == expected


def test_a_variable_names_a_file_that_runs_first() -> None:
    assert texts(("psql",), "\\! id\n", PSQLRC="/dev/stdin") == [("stdin", "id"), ("stdin", "id")]
    assert texts(("pry", "-f"), "", PRYRC="/tmp/x.rb") == [("stdin", "")]
    assert texts(("pry",), None, PRYRC="/tmp/x.rb") == [("environment", None)]
