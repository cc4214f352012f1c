"""What the runners of JavaScript on node run, case by case; each line was run with npm's programs and marker code."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

STDIN = ("stdin", None, None)
DATA = "data:text/javascript,go()"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ts-node", "-Te", "go()"), [("argument", 2, "go()")]),
        (("ts-node", "-ego()"), []),
        (("ts-node", "-e", "lost()", "--eval=go()", "x.ts"), [("argument", 3, "go()")]),
        (("ts-node", "-i", "-e", "go()"), [("argument", 3, "go()"), STDIN]),
        (("ts-node", "-i", "-e", "no()", "x.ts"), []),
        (("ts-node", "--print=no"), [STDIN]),
        (("ts-node", "-"), []),
        (("ts-node-script", "-e", "no()"), []),
        (("tsx", "-pe", "go()"), [("argument", 2, "go()")]),
        (("tsx", "--eval:go()"), [("argument", 1, "go()")]),
        (("tsx", "-e", "lost()", "-p", "go()"), [("argument", 4, "go()")]),
        (("tsx", "x.ts", "-e", "no()"), []),
        (("tsx", "watch", "-e", "go()"), [("argument", 3, "go()")]),
        (("tsx", "watch"), []),
        (("zx", "-e;go()"), [("argument", 1, ";go()")]),
        (("zx", "--e", "go()"), [("argument", 2, "go()")]),
        (("zx", "--EVAL=go()"), [("argument", 1, "go()")]),
        (("zx", "-e", "no()", "-e", "no()"), []),
        (("zx", "--foo", "x.mjs"), [STDIN]),
        (("zx", "0"), [("stdin", 1, None)]),
        (("zx", "https://x.invalid/a.mjs"), [("url", 1, None)]),
        (("zx", "--prefix=id;", "x.mjs"), [("argument", 1, "id;")]),
        (("zx", "--prefix=id;", "-e", "await $`ls`"), [("argument", 3, "await $`ls`"), ("argument", 1, "id;")]),
        (("zx", "--prefix=id;", "-e", "go()"), [("argument", 3, "go()")]),
        (("coffee", "-be", "go()"), [("argument", 2, "go()")]),
        (("coffee", "-e", "-r", "fs", "go()"), [("argument", 4, "go()")]),
        (("coffee", "-r", "fs'); go() #", "-e", "1"), [("module-option", 2, "fs'); go() #"), ("argument", 4, "1")]),
        (("coffee", "--nodejs", "--no-warnings -e go()", "x"), [("argument", 2, "go()")]),
        (("coffee", "--nodejs", "--no-warnings", "-e", "go()"), [("argument", 4, "go()")]),
        (("coffee", "-l", "-e", "a comment"), []),
        (("coffee", "-o", "out", "-e", "no()"), []),
        (("coffee", "-"), []),
        (("lsc", "-e(lost)", "go()"), [("argument", 2, "go()")]),
        (("lsc", "-n", "-e", "go()"), [("argument", 3, "go()")]),
        (("lsc", "-cjpe", "go()"), [("argument", 2, "go()")]),
        (("lsc", "-ce", "no()"), []),
        (("lsc", "-s=false"), [STDIN]),
        (("lsc", "-e", "-x"), []),
        (("babel-node", "x.js", "-e", "go()"), [("argument", 3, "go()")]),
        (("babel-node", "-p", "-ego()"), [("argument", 2, "go()")]),
        (("babel-node", f"--import={DATA}", "x.js"), [("url", 1, "go()")]),
        (("babel-node", "x.js", "-h", "-e", "no()"), []),
        (("babel-node", "--", "-e", "no()"), []),
        (("mongosh", "--nodb", "-eval=go()", "--eval", "go2()"), [("argument", 2, "go()"), ("argument", 4, "go2()")]),
        (("mongosh", "--nodb", "--eval", "go()", "--shell"), [("argument", 3, "go()"), STDIN]),
        (("mongosh", "--nodb", "f.js"), []),
        (("mongosh", "--nodb", "/dev/stdin"), [("descriptor", 2, None)]),
        (("mongosh", "host"), [STDIN]),
        (("mongosh", "--evil", "no()"), []),
        (("node", "/usr/bin/tsx", "-e", "go()"), [("argument", 3, "go()")]),
        (("node", "--import", DATA, "/usr/bin/zx", "-e", "go()"), [("url", 2, "go()"), ("argument", 5, "go()")]),
        (("node", "-e", "go()", "/usr/bin/zx", "-e", "no()"), [("argument", 2, "go()")]),
    ],
)
def test_words(words, expected) -> None:
    found = read(Execution(argv=words, stdin="pipe"))
    assert found is not None
    assert [(s.vector, s.argv_index, s.text) for s in found.snippets] == expected


@pytest.mark.parametrize("runner", ["ts-node", "tsx", "zx", "coffee", "lsc", "babel-node", "mongosh"])
def test_node_options_reach_every_runner(runner: str) -> None:
    env = {"NODE_OPTIONS": f"--import {DATA} --require /tmp/a.cjs"}
    for words in ((runner, "x.ts"), ("node", f"/usr/bin/{runner}", "x.ts")):
        found = read(Execution(argv=words, env=env, stdin="null"))
        assert found is not None
        assert [(s.variable, s.text, s.path) for s in found.snippets] == [
            ("NODE_OPTIONS", "go()", None),
            ("NODE_OPTIONS", None, "/tmp/a.cjs"),
        ]


@pytest.mark.parametrize("runner", ["ts-node", "tsx", "zx", "coffee", "lsc", "babel-node", "mongosh"])
def test_a_variable_that_node_refuses_keeps_a_runner_from_running(runner: str) -> None:
    found = read(Execution(argv=(runner, "-e", "no()"), env={"NODE_OPTIONS": '"--import'}))
    assert found is not None
    assert found.outcome == "refuses"
    assert found.snippets == []


@pytest.mark.parametrize(
    ("words", "variable", "path"),
    [
        (("ts-node", "x.ts"), "TS_NODE_COMPILER", "/tmp/c.js"),
        (("tsx", "x.ts"), "ESBUILD_BINARY_PATH", "/tmp/esbuild"),
        (("zx", "x.mjs"), "ZX_ENV", "/tmp/env"),
        (("bun", "x.ts"), "BUN_INSPECT_PRELOAD", "/tmp/a.ts"),
    ],
)
def test_variables_that_name_a_file(words, variable: str, path: str) -> None:
    found = read(Execution(argv=words, env={variable: path}))
    assert found is not None
    assert [(s.vector, s.variable, s.path) for s in found.snippets] == [("environment", variable, path)]


def test_zx_takes_the_text_around_commands_from_variables() -> None:
    found = read(Execution(argv=("zx", "x.mjs"), env={"ZX_PREFIX": "id;", "ZX_POSTFIX": "|sh"}))
    assert found is not None
    assert [(s.variable, s.language, s.text) for s in found.snippets] == [
        ("ZX_PREFIX", "shell", "id;"),
        ("ZX_POSTFIX", "shell", "|sh"),
    ]


def test_a_variable_makes_mongosh_run_its_first_word() -> None:
    env = {"MONGOSH_RUN_NODE_SCRIPT": "1"}
    found = read(Execution(argv=("mongosh", "--eval", "no()"), env=env))
    assert found is not None
    assert found.snippets == []
    found = read(Execution(argv=("mongosh", "/dev/stdin"), env=env, stdin="file"))
    assert found is not None
    assert [(s.vector, s.argv_index) for s in found.snippets] == [("descriptor", 1)]
