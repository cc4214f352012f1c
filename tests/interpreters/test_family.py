"""The smaller interpreters, case by case: which texts run, and which lines like them run none."""

from __future__ import annotations

import base64
import json

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import builtin, read
from flycatcher.core.interpreters.identity.markers import PREFIX

Found = list[tuple[str, str | None]]
STDIN: Found = [("stdin", None)]
ENCODED = base64.b64encode("go".encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("pwsh", "-c", "A"), [("argument", "A")]),
        (("pwsh", "-Command", "A", "B", "-c"), [("argument", "A B -c")]),
        (("pwsh", "-COMM", "A"), [("argument", "A")]),
        (("pwsh", "--command", "A"), [("argument", "A")]),
        (("pwsh", "/c", "A"), [("argument", "A")]),
        (("pwsh", "\u2013c", "A"), [("argument", "A")]),
        (("pwsh", "-nop", "-noni", "-ex", "bypass", "-c", "A"), [("argument", "A")]),
        (("pwsh", "-c", "-"), STDIN),
        (("pwsh", "-c", "-", "x"), []),
        (("pwsh", "-File", "-"), STDIN),
        (("pwsh", "-f", "x.ps1", "-c", "no"), []),
        (("pwsh", "x.ps1", "-c", "no"), []),
        (("pwsh", "/tmp/x.ps1"), []),
        (("pwsh", "-e", ENCODED), [("argument", "go")]),
        (("pwsh", "-EncodedCommand", ENCODED), [("argument", "go")]),
        (("pwsh", "-ec", ENCODED), [("argument", "go")]),
        (("pwsh", "-e", "no*base64"), []),
        (("pwsh", "-cwa", "A", "x"), [("argument", "A")]),
        (("pwsh", "-v", "-c", "no"), []),
        (("pwsh", "-c"), []),
        (("pwsh",), STDIN),
        (("pwsh", "-NoExit", "-c", "A"), [("argument", "A")]),
        (("powershell.exe", "A", "B"), [("argument", "A B")]),
        (("powershell", "-Version", "2", "A"), [("argument", "A")]),
        (("osascript", "-e", "A", "-e", "B"), [("argument", "A"), ("argument", "B")]),
        (("osascript", "f.scpt", "-e", "no"), []),
        (("bpftrace", "-e", "A"), [("argument", "A")]),
        (("bpftrace", "--unsafe", "-e", "A", "-e", "B"), [("argument", "B")]),
        (("bpftrace", "-l", "-e", "no"), []),
        (("gnuplot", "-e", "A", "f.gp"), [("argument", "A")]),
        (("gnuplot", "-c", "f.gp", "-e", "no"), []),
        (("gnuplot",), STDIN),
        (("slsh", "-e", "A", "-e", "B"), [("argument", "B")]),
        (("jjs",), STDIN),
        (("jjs", "-scripting", "f.js"), []),
        (("jjs", "--", "f.js"), STDIN),
        (("jrunscript", "-e", "A"), [("argument", "A")]),
        (("jrunscript", "-cp", "x", "-f", "-"), STDIN),
        (("jrunscript", "f.js", "-e", "no"), []),
        (("gimp", "-idf", "--batch-interpreter=python-fu-eval", "-b", "A", "-b", "B"), [("argument", "A"), ("argument", "B")]),
        (("gimp", "-b", "-"), STDIN),
        (("gimp", "picture.png"), []),
        (("knife", "exec", "-E", "A"), [("argument", "A")]),
        (("knife", "node", "list", "-E", "no"), []),
        (("puppet", "apply", "-e", "A"), [("argument", "A")]),
        (("puppet", "agent", "-e", "no"), []),
        (("rake", "-e", "A"), [("argument", "A")]),
        (("rake", "-E", "A", "-p", "B", "-e", "no"), [("argument", "A"), ("argument", "B")]),
        (("rake", "test"), []),
        (("ghc", "-e", "A", "-e", "B"), [("argument", "A"), ("argument", "B")]),
        (("ghc", "Main.hs"), []),
        (("ghci",), STDIN),
        (("runghc",), STDIN),
        (("runghc", "-O0", "f.hs"), []),
        (("runghc", "--", "-O0"), STDIN),
        (("runghc", "--", "--"), STDIN),
        (("runghc", "--", "-O0", "--", "f.hs"), []),
        (("runghc", "-package", "base"), []),  # no flag takes the next word: a file of that name
        (("ipython", "-c", "A"), [("argument", "A")]),
        (("ipython", "-c=A"), [("argument", "A")]),
        (("ipython", "--InteractiveShellApp.code_to_run=A"), [("argument", "A")]),
        (("ipython", "f.py"), []),
        (("ipython", "-cA()"), [("argument", "A()")]),
        (("ipython", "-ic", "no"), STDIN),  # traitlets takes -ic for an unknown option with a value
        (("ipython", "-i", "-c", "A"), [("argument", "A"), ("stdin", None)]),
        (("ipython", "f.py", "-c", "A"), [("argument", "A")]),
        (("ipython", "f.py", "--", "-c", "no"), []),
        (("ipython", "--foo", "-c", "no"), []),
        (("ipython", "-c", "!id"), [("argument", "id")]),
        (("ipython", "-c", "%%bash\nid"), [("argument", "id")]),
        (("ipython", "-c", "if 1:\n  !id\n  A"), [("argument", "if 1:\n  !id\n  A"), ("argument", "id")]),
        (("ipython", "--InteractiveShellApp.exec_lines=A", "--InteractiveShellApp.exec_lines", "B", "f.py"),
         [("argument", "A"), ("argument", "B")]),
        (("ipython", "--TerminalIPythonApp.exec_lines=['A', 'B']", "f.py"), [("argument", "A"), ("argument", "B")]),
        (("ipython", "--IPKernelApp.exec_lines=no", "f.py"), []),
        (("ipython", "kernel", "--IPKernelApp.exec_lines=A"), [("argument", "A")]),
        (("ipython", "profile", "-c", "no"), []),
        (("ipython", "/dev/stdin"), []),  # a pipe is no file to it
        (("jupyter", "run"), STDIN),
        (("jupyter", "console", "--simple-prompt"), STDIN),
        (("jupyter-run", "f.py"), []),
        (("jupyter", "notebook"), []),
        (("bpython", "-qc", "A"), [("argument", "A")]),
        (("bpython", "-m", "timeit", "A"), [("runner", "A")]),
        (("bpython", "-V"), []),
        (("ptpython",), STDIN),
        (("ptpython", "-c", "no"), []),
        (("hy", "-c", "A"), [("argument", "A")]),
        (("hy", "-c=A"), [("argument", "A")]),
        (("hy", "-ic", "A"), [("argument", "A"), ("stdin", None)]),
        (("hy", "-"), STDIN),
        (("hy", "-i", "-m", "no"), []),
        (("xonsh", "-c", "A"), [("argument", "A")]),
        (("xonsh", "-c", "no", "-c=A"), [("argument", "A")]),
        (("xonsh", "-nc", "no"), []),
        (("xonsh", "f.xsh", "-c", "no"), []),
        (("xonsh", "--rc", "/tmp/x", "--no-env", "-lc", "A"), [("argument", None), ("argument", "A")]),
        (("xonsh", "-DXONSHRC=/tmp/x", "f.xsh"), [("argument", None)]),
        (("xonsh", "--no-rc", "-D", "XONSHRC=/tmp/x", "f.xsh"), []),
        (("xonsh", "format", "-c", "no"), []),
        (("pdb3", "-c", "A", "f.py"), [("runner", "A")]),
        (("pdb3.11", "-c", "q", "-m", "timeit", "no"), [("runner", "q")]),
        (("pyinstrument", "-tc", "A"), [("runner", "A")]),
        (("pyinstrument", "f.py", "-c", "no"), []),
        (("kernprof", "-lv", "-c", "A"), [("runner", "A")]),
        (("kernprof", "-l", "-m", "timeit", "A"), [("runner", "A")]),
        (("kernprof", "f.py", "-c", "A"), [("runner", "A")]),
        (("kernprof", "--", "f.py", "-c", "no"), []),
        (("viztracer", "f.py", "-c", "A"), [("runner", "A")]),
        (("viztracer", "--", "f.py", "-c", "no"), []),
        (("viztracer", "--exclude_files", "a", "b", "--cmd", "A"), [("runner", "A")]),
        (("memray", "run", "-fc", "A"), [("runner", "A")]),
        (("memray", "run", "-c", "-o", "f", "A"), [("runner", "A")]),
        (("memray", "tree", "-c", "no"), []),
        (("coverage", "run", "-pm", "timeit", "A"), [("runner", "A")]),
        (("coverage", "report", "-m"), []),
        (("pudb", "--pre-run", "make", "f.py"), [("runner", "make")]),
        (("debugpy", "--listen", "5678", "-c", "A"), [("runner", "A")]),
        (("debugpy", "-c", "no"), []),
        (("pyperf", "timeit", "-s", "A", "B"), [("runner", "A"), ("runner", "B")]),
        (("manage.py", "shell", "-c", "A"), [("argument", "A")]),
        (("django-admin", "shell", "--settings=x", "--com", "A"), [("argument", "A")]),
        (("django-admin", "shell", "-v0"), STDIN),
        (("django-admin", "migrate", "-c", "no"), []),
        (("flask", "--app", "x", "shell"), STDIN),
        (("flask", "run"), []),
        (("scrapy", "--nolog", "shell", "-c", "A"), [("argument", "A")]),
        (("scrapy", "crawl", "x", "-c", "no"), []),
        (("pylint", "--rcfile", "x", "--init-hook", "A", "f.py"), [("argument", "A")]),
        (("pylint", "f.py", "--init-h=A"), [("argument", "A")]),
        (("pylint", "--init-hook"), []),
        (("sqlite-utils", "convert", "x.db", "t", "c", "A", "--output", "d"), [("argument", "A")]),
        (("sqlite-utils", "convert", "x.db", "t", "c", "-"), STDIN),
        (("sqlite-utils", "query", "x.db", "select f()", "--functions", "A\n"), [("argument", "A\n")]),
        (("sqlite-utils", "query", "x.db", "select f()", "--functions", "f.py"), []),
        (("uwsgi", "--exec-asap", "id; id", "--hook-asap=exec:id|id"), [("argument", "id; id"), ("argument", "id|id")]),
        (("uwsgi", "--exec-post-jail", "no; no"), []),
        (("uwsgi", "--exec-post-jail", "id; id", "--unshare=fs"), [("argument", "id; id")]),
        (("uwsgi", "--eval=A", "--hook-asap", "print:no;no"), [("argument", "A")]),
        (("uv", "run", "-"), STDIN),
        (("uv", "run", "--with", "x", "https://x/y.py"), [("url", None)]),
        (("pipx", "run", "https://x/y.py"), [("url", None)]),
        (("uv", "run", "f.py"), []),
        (("tsx", "-e", "A"), [("argument", "A")]),
        (("tsx", "--tsconfig=t.json", "-p", "A"), [("argument", "A")]),
        (("tsx", "--tsconfig", "t.json", "-p", "lost"), []),
        (("tsx", "watch", "f.ts", "-e", "no"), []),
        (("ts-node", "-pe", "A"), [("argument", "A")]),
        (("zx", "--eval=A"), [("argument", "A")]),
        (("coffee", "-e", "A"), [("argument", "A")]),
        (("coffee", "-pe", "no"), []),
        (("coffee", "-s"), STDIN),
        (("mongosh", "--nodb", "--eval", "A"), [("argument", "A")]),
        (("swipl", "-g", "a(b)", "-t", "halt"), [("argument", "a(b)")]),
        (("swipl", "-g", "main,halt", "f.pl"), [("argument", "main,halt")]),
        (("swipl", "-qgg", "a(b)", "halt(0)"), [("argument", "a(b)"), ("argument", "halt(0)")]),
        (("swipl", "-gt", "a(b)", "c(d)"), [("argument", "a(b)"), ("argument", "c(d)")]),
        (("swipl", "-ga(b)"), []),
        (("swipl", "-g", "a(b),halt", "-g", "c(d)", "-t", "e(f)"), [("argument", "a(b),halt")]),
        (("swipl", "-g", "a(b);c,halt", "-g", "c(d)"), [("argument", "a(b);c,halt"), ("argument", "c(d)")]),
        (("swipl", "-t", "a(b)", "-t", "halt"), []),
        (("clisp", "-x", "A"), [("argument", "A")]),
        (("ecl", "--eval", "(quit)"), [("argument", "(quit)")]),
        (("csi", "-e", "A"), [("argument", "A")]),
        (("csi", "-s", "f.scm", "-e", "no"), []),
        (("gsi", "-e", "A", "f.scm"), [("argument", "A")]),
        (("gsi", "-:d-"), STDIN),
        (("newlisp", "-e", "A", "-e", "no"), [("argument", "A")]),
        (("clojure", "-e", "A"), [("argument", "A")]),
        (("raku", "-ne", "A"), [("argument", "A")]),
        (("pike", "-eA"), [("argument", "A")]),
        (("gforth", "-e", "A bye"), [("argument", "A bye")]),
        (("gjs", "-c", "A"), [("argument", "A")]),
        (("gjs", "-I", ".", "-c", "A", "."), [("stdin", None)]),  # it splits the line at the first word spelled so
        (("gjs", "-I", ".", "-c", "A", "x"), [("argument", "A")]),
        (("gjs", "--", "-x", "f.js"), [("stdin", None)]),
        (("rhino", "-e", "A"), [("argument", "A")]),
        (("nim", "--eval:A"), [("argument", "A")]),
        (("nim", "c", "f.nim"), []),
        (("crystal", "eval", "A", "B"), [("argument", "A B")]),
        (("crystal", "build", "f.cr"), []),
        (("rails", "runner", "User.count"), [("argument", "User.count")]),
        (("rails", "runner", "script.rb"), []),
        (("bundle", "console"), STDIN),
        (("bundle", "install"), []),
        (("pry", "-e", "A"), [("argument", "A"), ("stdin", None)]),
        (("sqlmap", "-u", "x", "--eval=A"), [("argument", "A")]),
        (("mysql", "-e", "\\! id"), [("argument", "id")]),
        (("mysql", "-e", "select 1"), []),
        (("redis-cli", "-h", "x", "eval", "A", "0"), [("argument", "A")]),
        (("redis-cli", "get", "eval"), []),
        (("dc", "-e", "!id"), [("argument", "!id")]),
        (("dc", "-e", "2 3+p !<a"), []),
        (("ed", "-s", "!id"), [("argument", "id")]),
        (("red", "!no"), []),
        (("m4", "-Dx=syscmd(id)", "f.m4"), [("argument", "x=syscmd(id)")]),
        (("m4", "-Dx=1", "f.m4"), []),
        (("elvish", "-c", "A"), [("argument", "A")]),
        (("yash", "-c", "A"), [("argument", "A")]),
        (("rc", "-c", "A", "-c"), [("argument", "A")]),
        (("mawk", 'BEGIN { print "x" > "f" }'), [("argument", 'BEGIN { print "x" > "f" }')]),
        (("gawk", '{ getline x < "f" }'), [("argument", '{ getline x < "f" }')]),
        (("awk", '{ print $1 > "/dev/stderr" }'), []),
        (("awk", "{ print ($1 > 2) }"), []),
        (("awk", "$1 > 2 { print }"), []),
    ],
)  # fmt: skip
def test_which_texts_run(words: tuple[str, ...], expected: Found) -> None:
    found = read(Execution(argv=words, stdin="pipe" if STDIN[0] in expected else "null"))
    assert found is not None
    assert [(s.vector, s.text) for s in found.snippets] == expected


@pytest.mark.parametrize(
    ("words", "exe", "language", "index"),
    [
        (("ruby", "/usr/bin/rake", "-e", "A"), "/usr/bin/ruby3.1", "ruby", 3),
        (("python3", "/usr/bin/ipython3", "-c", "A"), "/usr/bin/python3.11", "python", 3),
        (("/bin/sh", "/usr/bin/ghc", "-e", "A"), "/usr/bin/dash", "haskell", 3),
        (("java", "-cp", "x", "clojure.main", "-e", "A"), "/usr/lib/jvm/java/bin/java", "clojure", 5),
        (("java", "-classpath", "g", "org.codehaus.groovy.tools.GroovyStarter", "--main", "groovy.ui.GroovyMain", "--conf",
          "c", "-e", "A"), "", "groovy", 9),
        (("node", "/usr/bin/ts-node", "-e", "A"), "/usr/bin/node", "typescript", 3),
    ],
)  # fmt: skip
def test_a_script_that_is_an_interpreter_is_read_as_that(
    words: tuple[str, ...], exe: str, language: str, index: int
) -> None:
    row = json.dumps({"argv": words, "exe": exe, "stdin": "null"}).encode()
    answer = json.loads(next(answers(iter([row]), shells=True)))
    found = [(s["language"], s.get("argv_index"), s["text"]) for s in answer["snippets"]]
    assert found == [(language, index, "A")]


def test_a_source_file_on_a_descriptor_runs() -> None:
    found = read(Execution(argv=("java", "--source", "17", "/dev/stdin"), stdin="pipe"))
    assert found is not None
    assert [(s.vector, s.descriptor) for s in found.snippets] == [("descriptor", 0)]


def test_restricted_vim_runs_embedded_languages_and_no_shell() -> None:
    found = read(Execution(argv=("rvim", "-c", "py3 go()", "-c", "!no", "-c", "perl go()"), stdin="null"))
    assert found is not None
    assert [(s.language, s.text, s.note) for s in found.snippets] == [
        ("python", "go()", "vim 8.2 and later refuse it in restricted mode"),
        ("perl", "go()", ""),
    ]


def test_every_table_says_how_to_get_the_program() -> None:
    assert [
        name for name, interpreter in builtin().items() if not interpreter.install and not name.startswith(PREFIX)
    ] == []
