"""What node runs, case by case; each line was run with node 18 to 24 and marker code."""

from __future__ import annotations

import posixpath

import pytest

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters import read
from flycatcher.core.interpreters.javascript.dataurl import decode

DATA = "data:text/javascript,go()"
BASE64 = "data:text/javascript;charset=utf-8;base64,Z28oKQ=="


def reading(*words: str, **surroundings):
    found = read(Execution(argv=("node", *words), **surroundings))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("-e", "go()"), [("argument", 2, 0, "go()")]),
        (("--eval=go()",), [("argument", 1, 7, "go()")]),
        (("-p", "go()"), [("argument", 2, 0, "go()")]),
        (("-pe", "go()"), [("argument", 2, 0, "go()")]),
        (("--print", "go()"), [("argument", 2, 0, "go()")]),
        (("--print=lost()", "go()"), [("argument", 2, 0, "go()")]),
        (("--no-print", "go()"), [("argument", 2, 0, "go()")]),
        (("-p", "-e", "go()"), [("argument", 3, 0, "go()")]),
        (("-e", "first()", "-e", "go()"), [("argument", 4, 0, "go()")]),
        (("-e", "\\-go()"), [("argument", 2, 1, "-go()")]),
        (("--no_warnings", "--_eval", "go()"), []),
        (("-C", "x", "--title=y", "-e", "go()"), [("argument", 5, 0, "go()")]),
        (("--title", "-e", "go()"), []),
        (("script.js", "-e", "no()"), []),
        (("--", "-e", "no()"), []),
        (("-e", "go()", "script.js"), [("argument", 2, 0, "go()")]),
        (("-e=no()",), []),
        (("-c", "-e", "no()"), []),
        (("-v", "-e", "no()"), []),
        (("--import", DATA, "script.js"), [("url", 2, 0, "go()")]),
        (("--import=" + BASE64, "script.js"), [("url", 1, 9, "go()")]),
        (("--experimental_loader", DATA, "script.js"), [("url", 2, 0, "go()")]),
        (("--import", "data:application/json,{}", "script.js"), []),
        (("--require", DATA, "script.js"), []),
        (("--test", "--test-reporter", DATA), [("url", 3, 0, "go()")]),
        (("--test-reporter", DATA, "script.js"), []),
        (("--entry-url", DATA), [("url", 2, 0, "go()")]),
        ((DATA,), []),
        (("--run", "x", "--import", DATA), []),
        (("--watch", "--", "-e", "go()"), [("runner", 4, 0, "go()")]),
    ],
)
def test_words(words, expected) -> None:
    found = reading(*words)
    assert [(s.vector, s.argv_index, s.offset, s.text) for s in found.snippets] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"--import {DATA}", [(9, "go()")]),
        (f'--no-warnings  "--import={DATA}"', [(25, "go()")]),
        (r'"--import=data:text/javascript,go(\"x\")"', [(10, 'go("x")')]),
        (f"--loader={DATA}", [(9, "go()")]),
        ("-e go()", []),
        (f'"--import={DATA}', []),
        (f"--import {DATA} --", []),
        (f"-r\t{DATA}", []),
    ],
)
def test_node_options(value, expected) -> None:
    found = reading("script.js", env={"NODE_OPTIONS": value})
    assert [(s.offset, s.text) for s in found.snippets] == expected
    assert all(s.variable == "NODE_OPTIONS" and s.vector == "url" and s.argv_index is None for s in found.snippets)


@pytest.mark.parametrize("value", ["-e go()", "-- x", '"--import=x', "--import", '"\\'])
def test_a_node_options_that_node_refuses_refuses_the_line(value) -> None:
    found = reading("-e", "no()", env={"NODE_OPTIONS": value})
    assert (found.outcome, found.snippets) == ("refuses", [])
    assert found.error


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ((), "pipe", [("stdin", None)]),
        (("-",), "unknown", [("stdin", None)]),
        (("--", "-"), "unknown", [("stdin", None)]),
        ((), "unknown", []),
        (("-p",), "pipe", [("stdin", None)]),
        (("--watch-path=s.js", "-p", "--", "A"), "null", [("argument", "A")]),  # the node that it starts gets "-p A"
        (("-p", "--watch", "--", "A"), "null", [("argument", "A")]),
        (("-e", "A", "--experimental-specifier-resolution", "off", "-p", "B"), "null", [("argument", "A")]),
        (("--experimental-specifier-resolution", "node", "-p", "B"), "null", [("argument", "B")]),
        (("-p", ""), "pipe", [("stdin", None)]),
        (("-i", "-e", "go()"), "pipe", [("argument", "go()"), ("stdin", None)]),
        (("-e", "go()"), "pipe", [("argument", "go()")]),
        (("-i", "script.js"), "pipe", []),
        (("-c",), "pipe", []),
        (("-i",), "tty", []),
        (("/dev/stdin",), "file", [("descriptor", None)]),
        (("/dev/stdin",), "pipe", []),
        (("-r", "/dev/stdin", "script.js"), "file", [("descriptor", None)]),
        (("/dev/fd/63",), "pipe", [("descriptor", None)]),
    ],
)
def test_stdin(words, stdin, expected) -> None:
    assert [(s.vector, s.text) for s in reading(*words, stdin=stdin).snippets] == expected


def test_files_that_run_first_are_observations_unless_anyone_can_write_them() -> None:
    found = reading("--require", "./agent.js", "-r", "express", "--import=/opt/apm.mjs", "--env-file", ".env", "x.js")
    assert [load.path for load in found.loads] == [".env", "./agent.js", "/opt/apm.mjs"]
    assert found.snippets == []
    found = reading("x.js", env={"NODE_OPTIONS": "--require /tmp/a.js"})
    assert [(s.vector, s.path, s.variable) for s in found.snippets] == [("environment", "/tmp/a.js", "NODE_OPTIONS")]


def test_what_a_data_url_holds() -> None:
    assert decode("DATA:text/javascript;base64,Z28o\n KQ") == ("text/javascript", "go()")
    assert decode(" data:text/javascript,a%20b?c#d") == ("text/javascript", "a b?c")
    assert decode("data:text/javascript; Base64,Z28oKQ==") == ("text/javascript", "go()")
    assert decode("data:text/javascript;BASE64,go(1)") == ("text/javascript", "go(1)")
    assert decode("data:text/javascript;base64,_-8=#x") == ("text/javascript", "\udcff\udcef")
    assert decode("data:,x") == ("", "")
    assert decode("https://x/") is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--experimental-config-file", "-e", "go()"), [("argument", 2, "go()")]),
        (("--experimental-config-file", "x.json", "-e", "go()"), [("argument", 3, "go()")]),
        (("--build-snapshot", "-e", "no()"), []),
        (("--build-snapshot", "/dev/stdin"), [("descriptor", 1, None)]),
        (("--build-snapshot", "--import", "data:text/javascript,no()", "x.js"), []),
    ],
)
def test_configurations_and_snapshots(words, expected) -> None:
    found = read(Execution(argv=("node", *words), stdin="file"))
    assert found is not None
    assert [(s.vector, s.argv_index and s.argv_index - 1, s.text) for s in found.snippets] == expected


def test_a_package_in_a_folder_of_node_path_that_anyone_may_write_to() -> None:
    found = read(Execution(argv=("node", "-r", "evil", "x.js"), env={"NODE_PATH": "/usr/lib/node:/tmp/a"}))
    assert found is not None
    assert [(s.variable, s.path) for s in found.snippets] == [("NODE_PATH", "/tmp/a/evil")]
    assert found.loads == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--watch-path", "."), ["stdin"]),
        (("--watch-path=.", ""), ["stdin"]),
        (("--watch", "-"), ["stdin"]),
        (("--watch", "/dev/stdin"), ["descriptor"]),
        (("--import", "data:text/javascript,1", "--watch", "/dev/stdin"), ["url", "descriptor"]),
        (("--watch", "x.js"), []),
    ],
)
def test_what_the_process_that_is_watched_reads(words, expected) -> None:
    found = read(Execution(argv=("node", *words), stdin="file"))
    assert found is not None
    assert [s.vector for s in found.snippets] == expected


@pytest.mark.parametrize(
    ("path", "links", "loaded"),
    [
        ("a", ["/dev/stdin"], False),
        ("a", ["/home/u/b", "/dev/stdin"], True),  # the search for the real path ends at b
        ("none/../a", ["/home/u/b", "/dev/stdin"], True),  # node's own reading of the names
        ("a", ["/srv/b", "/dev/stdin"], False),
        ("/srv/a", ["/home/b", "/srv/c", "/dev/fd/0"], True),
        ("a", ["/proc/self/root/dev/stdin"], True),
        ("/proc/self/root/dev/stdin", [], True),
        ("/proc/self/root/proc/self/fd/0", [], False),
        ("/dev/fd/0", [], False),
    ],
)
def test_a_pipe_is_loaded_where_the_search_for_its_real_path_ends_before_it(path, links, loaded) -> None:
    whole = posixpath.normpath(posixpath.join("/home/u", path))
    files = {whole: FileFact(target="/proc/self/fd/0", links=tuple(links))} if links else {}
    found = read(Execution(argv=("node", path), stdin="pipe", cwd="/home/u", files=files))
    assert [s.vector for s in found.snippets] == (["descriptor"] if loaded else [])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--test", "-r", "/dev/stdin", "a.js"), ["descriptor"]),
        (("--test", "--test-reporter", "file:///dev/stdin", "a.js"), ["descriptor"]),
        (("--test", "--import", "file:///dev/stdin", "a.js"), []),  # left to the tests' processes
        (("--test", "--loader", "file:///dev/stdin", "a.js"), []),
        (("--test", "--loader", "file:///dev/stdin", "--test-reporter", "spec", "a.js"), ["descriptor"]),
    ],
)
def test_what_the_process_of_tests_loads_itself(words, expected) -> None:
    assert [s.vector for s in reading(*words, stdin="file").snippets] == expected
