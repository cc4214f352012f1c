"""Test runners on Node.js: what each line ran when the real runner was given it, with a module that leaves a file behind."""

from __future__ import annotations

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution

DATA = "data:text/javascript,X"


def snippets(*argv: str) -> list[tuple[str, str, str | None]]:
    found = detect(Execution(argv=argv))
    return [] if found is None else [(each.interpreter, each.vector, each.text) for each in found.snippets]


@pytest.mark.parametrize(
    "line",
    [
        f"mocha --import={DATA} t.js", f"mocha --loader={DATA} t.js", f"mocha --experimental-loader={DATA} t.js", f"mocha t.js --import={DATA}",
        f"mocha -- --import={DATA} t.js", f"mocha --dry-run --import={DATA}", f"mocha --version --import={DATA}", f"mocha -import={DATA} t.js",
        f"mocha --help --import={DATA}", f"ava --node-arguments=--import={DATA} t.mjs", f"tap --node-arg=--import={DATA} t.js",
        f"vitest run --execArgv=--import={DATA}", f"node node_modules/.bin/mocha --import={DATA} t.js",
    ],
)  # fmt: skip
def test_an_option_that_is_passed_on_to_node_brings_code(line: str) -> None:
    argv = line.split(" ")
    assert [found[1:] for found in snippets(*argv)] == [("url", "X")]


@pytest.mark.parametrize(
    "line",
    [
        f"mocha --import {DATA} t.js", f"mocha --impor={DATA} t.js", f"mocha -r {DATA} t.js", f"mocha --require={DATA} t.js", f"mocha --IMPORT={DATA} t.js",
        f"mocha --reporter={DATA} t.js", f"ava --node-arguments --import={DATA} t.mjs", f"tap --import={DATA} t.js", "mocha t.js", "jest t.js",
    ],
)  # fmt: skip
def test_what_is_no_option_of_nodes_brings_none(line: str) -> None:
    assert snippets(*line.split(" ")) == []


@pytest.mark.parametrize(
    "line", ["mocha -r /tmp/x.js t.js", "mocha --require=/tmp/x.js t.js", "mocha --file /tmp/x.js", "mocha -R /tmp/x.js", "jest --globalSetup /tmp/x.js"]
)  # fmt: skip
def test_a_module_from_where_anyone_may_write_counts(line: str) -> None:
    found = detect(Execution(argv=tuple(line.split(" "))))
    assert found is not None
    assert [each.path for each in found.snippets] == ["/tmp/x.js"]
