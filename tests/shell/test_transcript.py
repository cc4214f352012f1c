"""Sessions written down behind the command that opens them."""

from __future__ import annotations

import pytest

from flycatcher.core.shell.syntax.transcript import with_sessions
from flycatcher.core.shell_text import read_written


@pytest.mark.parametrize(
    ("text", "program", "typed"),
    [
        ('irb\nexec "/bin/true"', "irb", 'exec "/bin/true"\n'),
        ("cd /tmp\nsudo tclsh\nexec id >@stdout\nputs done\nexit\nls", "tcl", "exec id >@stdout\nputs done\nexit\n"),
        ("lua5.4\nos.execute('id')", "lua", "os.execute('id')\n"),
        ('ghci\nSystem.Process.callCommand "id"', "ghc", 'System.Process.callCommand "id"\n'),
        ("python3\n\nimport os\nos.system('id')", "python", "\nimport os\nos.system('id')\n"),
        ("jshell\nint x = 1;\n/exit", "jshell", "int x = 1;\n/exit\n"),
        ("$ clojure\n(println 1)", "clojure", "(println 1)\n"),
    ],
)
def test_what_is_typed_is_the_interpreters(text: str, program: str, typed: str) -> None:
    _, readings = read_written(text)
    found = [(r.interpreter.id, s.vector, s.text) for _, r in readings for s in r.snippets]
    assert found == [(program, "stdin", typed)]


@pytest.mark.parametrize(
    "text",
    [
        "apt-get install \\\n  python \\\n  ruby\nmake(1)",
        "for p in a b; do\n  python\ndone",
        "python\nruby\nnode",
        "python\necho done",
        "cat <<EOF\npython\nimport os\nEOF",
        "node\ncd x && npm test",
        "echo 'python\nimport os'",
        "python3 setup.py\nimport os",
        "bash\nexec id",
    ],
)
def test_what_is_shell_stays_shell(text: str) -> None:
    assert with_sessions(text) == text


def test_lines_behind_a_session_keep_their_numbers() -> None:
    text = "irb\nputs 1\nexit\nls\npython3 -c 1\nlua\nos.execute('id')\nexit\nperl -e 2"
    result, _ = read_written(text)
    assert [(e.argv[0], e.place.line) for e in result.executions if e.place] == [
        ("irb", 1), ("ls", 4), ("python3", 5), ("lua", 6), ("perl", 9)
    ]  # fmt: skip


def test_session_of_r_is_read_though_no_option_says_what_to_save() -> None:
    _, readings = read_written('R\nsystem("id")\nq()')
    assert [s.text for _, r in readings for s in r.snippets] == ['system("id")\nq()\n']
