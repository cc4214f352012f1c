"""What deno and bun run, case by case; each line was run with npm's binaries and marker code."""

from __future__ import annotations

import pytest

from flycatcher.execution import Execution
from flycatcher.interpreters import read

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
        (("deno", "--version"), []),
        (("bun", "-e", "go()"), [("argument", 2, "go()")]),
        (("bun", "-pe", "go()"), [("argument", 2, "go()")]),
        (("bun", "-p", "go()", "-e", "lost()"), [("argument", 2, "go()")]),
        (("bun", "--title", "x", "--eval=go()"), [("argument", 3, "go()")]),
        (("bun", "run", "-e", "no()", DATA), [("url", 4, "go()")]),
        (("bun", "--cwd", ".", "run", DATA), []),
        (("bun", "--smol", "run", DATA), [("url", 3, "go()")]),
        (("bun", "exec", "go"), [("argument", 2, "go")]),
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
