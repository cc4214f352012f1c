"""What deno and bun run, case by case; each line was run with npm's binaries and marker code."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

DATA = "data:application/typescript,go()"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("deno", "eval", "go()"), [("argument", 2, "go()")]),
        (("deno", "-q", "eval", "--ext", "ts", "-p", "go()", "x"), [("argument", 6, "go()")]),
        (("deno", "run", "-A", "-"), [("stdin", 3, None)]),
        (("deno", "-"), [("stdin", 1, None)]),
        (("deno", "repl", "--eval=go()"), [("argument", 2, "go()"), ("stdin", None, None)]),
        (("deno", DATA), [("url", 1, "go()")]),
        (("deno", "run", "https://x.invalid/a.ts"), [("url", 2, None)]),
        (("deno", "run", "--preload", DATA, "x.ts"), [("url", 3, "go()")]),
        (("deno", "run", "/dev/stdin"), [("descriptor", 2, None)]),
        (("deno", "x.ts", "eval", "no()"), []),
        (("deno", "fmt", "-"), []),
        (("deno", "task", "--eval", "go"), [("argument", 3, "go")]),
        (("deno", "task", "go"), []),
        (("deno", "x", DATA), [("url", 2, "go()")]),
        (("deno", "watch", DATA), [("url", 2, "go()")]),
        (("deno", "run", "--watch", "-"), []),
        (("deno", "serve", "-"), []),
        (("deno", "run", "file:///dev/stdin"), [("descriptor", 2, None)]),
        (("deno", "bench", "x.ts", "/dev/stdin"), [("descriptor", 3, None)]),
        (("deno", "test", "/dev/stdin"), []),
        (("deno", "--version"), []),
        (("bun", "-e", "go()"), [("argument", 2, "go()")]),
        (("bun", "-pe", "go()"), [("argument", 2, "go()")]),
        (("bun", "-p", "go()", "-e", "lost()"), [("argument", 2, "go()")]),
        (("bun", "--title", "x", "--eval=go()"), [("argument", 3, "go()")]),
        (("bun", "run", "-e", "no()", DATA), [("url", 4, "go()")]),
        (("bun", "--cwd", ".", "run", DATA), []),
        (("bun", "--smol", "run", DATA), [("url", 3, "go()")]),
        (("bun", "exec", "go"), [("argument", 2, "go")]),
        (("bun", "exec", "--", "go"), [("argument", 3, "go")]),
        (("bun", "--interactive", "-e", "go()"), [("argument", 3, "go()"), ("stdin", None, None)]),
        (("bun", "--interactive", "x.ts"), []),
        (("bun", "-e", "", DATA), [("url", 3, "go()")]),
        (("bun", "-e", "go()", "-e", ""), []),
        (("bun", "--eval=lost()", "run", "-"), [("stdin", 3, None)]),
        (("bun", "--revision", "exec", "go"), [("argument", 3, "go")]),
        (("bun", "--filter=x", "-e", "no()"), []),
        (("bun", "--main-fields", "x", "-be", "go()"), [("argument", 4, "go()")]),
        (("bun", "-"), [("stdin", 1, None)]),
        (("bun", "x.ts", "-e", "no()"), []),
        (("bun", "test", "-e", "no()"), []),
        (("bun", "/dev/stdin"), []),
    ],
)
def test_words(words, expected) -> None:
    found = read(Execution(argv=words, stdin="pipe"))
    assert found is not None
    assert [(s.vector, s.argv_index, s.text) for s in found.snippets] == expected


def test_bun_options_hold_code_too() -> None:
    found = read(Execution(argv=("bun", "x.ts"), env={"BUN_OPTIONS": "--smol -e 'go()' --preload /tmp/a.ts"}))
    assert found is not None
    assert [(s.vector, s.variable, s.text, s.path) for s in found.snippets] == [
        ("environment", "BUN_OPTIONS", None, "/tmp/a.ts"),
        ("environment", "BUN_OPTIONS", "go()", None),
    ]


def test_the_words_of_bun_options_stand_in_front() -> None:
    found = read(Execution(argv=("bun", "exec", "lost"), env={"BUN_OPTIONS": "-e go()"}))
    assert found is not None
    assert [(s.variable, s.argv_index, s.text) for s in found.snippets] == [("BUN_OPTIONS", None, "go()")]
    found = read(Execution(argv=("bun", "exec", "go"), env={"BUN_OPTIONS": "--smol --eval=lost()"}))
    assert found is not None
    assert [(s.variable, s.argv_index, s.text) for s in found.snippets] == [(None, 2, "go")]


def test_deno_requires_what_node_options_names() -> None:
    found = read(
        Execution(argv=("deno", "eval", "1"), env={"NODE_OPTIONS": "--bogus -r /tmp/a.cjs --import /tmp/b.js"})
    )
    assert found is not None
    assert [(s.variable, s.path, s.text) for s in found.snippets] == [
        ("NODE_OPTIONS", "/tmp/a.cjs", None),
        (None, None, "1"),
    ]
