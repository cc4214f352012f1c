"""Command lines of engines that few know: mruby, Tarantool, QuickJS, MuJS, Duktape, MicroPython, Janet, Fennel, Oils, ..."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

CASES = [
    ("mruby -e A", ["A"]), ("mruby -eA -e B f", ["A", "B"]), ("mruby -ve A", ["A"]), ("mruby f", []), ("mruby -ce A", []),
    ("mruby -h -e A", []), ("mruby", [None]), ("mruby -", [None]), ("mruby --help", []),
    ("tarantool -e A f", ["A"]), ("tarantool -e A", ["A", None]), ("tarantool -i f", [None]), ("tarantool f -e A", []),
    ("qjs -e A", ["A"]), ("qjs --eval A f", ["A"]), ("qjs -e A -e B", ["B"]), ("qjs f", []), ("qjs -m f -e A", []), ("qjs -Ie f A", ["A"]), ("qjs -z -e A", []),
    ("mujs", [None]), ("mujs f", []), ("mujs -i f", [None]), ("mujs -e A", []),
    ("duk -e A", ["A"]), ("duk f -e A", ["A"]), ("duk -", []), ("duk f", []), ("duk -c o f", []),
    ("micropython -c A", ["A"]), ("micropython -X heapsize=1 -c A -c B", ["A"]), ("micropython f -c A", []), ("micropython -m m", []), ("micropython -OO -c A", ["A"]), ("micropython -X bogus -c A", []),
    ("janet -e A", ["A"]), ("janet -E A B", ["A"]), ("janet f -e A", []), ("janet -k -e A", ["A"]), ("janet -e A --bogus", ["A"]), ("janet -eA", []),
    ("janet -c f out -E A", ["A"]),
    ("fennel -e A", ["A"]), ("fennel --eval A", ["A"]), ("fennel f", []), ("fennel -c f", []), ("fennel -e -", [None]), ("fennel f --lua A", ["A"]),
    ("fennel --correlate -e A", ["A"]), ("fennel f -e A", []),
    ("osh -c A", ["A"]), ("ysh -c A", ["A"]), ("osh f", []), ("nu -c A", ["A"]), ("nu --commands A", ["A"]), ("nu f", []),
    ("lldb -b -o A", ["A"]), ("lldb x --one-line A", ["A", None]), ("lldb x", [None]), ("blender -b --python-expr A", ["A"]), ("blender f", []),
    ("sage -c A", ["A"]), ("sage f", []), ("swift -e A", ["A"]), ("swift build -c release", []), ("resty -e A", ["A"]), ("resty -e=A f", ["A"]), ("resty --http-conf init_by_lua_file f", ["init_by_lua_file"]),
    ("resty --shdict x f", []), ("exim -be ${run{A}}", ["${run{A}}"]), ("exim -bd -q30m", []), ("graalpy -c A", ["A"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "texts"), CASES, ids=[line for line, _texts in CASES])
def test_the_line_runs(line: str, texts: list[str | None]) -> None:
    reading = read(Execution(argv=tuple(line.split()), stdin="pipe"))
    assert reading is not None
    assert [snippet.text for snippet in reading.snippets] == texts
