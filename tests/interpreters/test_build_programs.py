"""Files of tasks that are no files: a link to a descriptor or a FIFO where a program of builds looks for its own."""

from __future__ import annotations

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters import read

STDIN = FileFact(kind="fifo", target="/proc/self/fd/0")
FIFO = FileFact(kind="fifo")


def texts(
    argv: list[str], files: dict[str, FileFact], env: dict[str, str] | None = None
) -> list[tuple[str, str | None]]:
    reading = read(
        Execution(argv=tuple(argv), env=env or {}, files=files, cwd="/home/u", stdin="pipe", stdin_text="TEXT")
    )
    return [] if reading is None else [(snippet.vector, snippet.text) for snippet in reading.snippets]


@pytest.mark.parametrize(
    ("argv", "path"),
    [
        (["rake"], "Rakefile"), (["rake", "test"], "rakefile.rb"), (["ninja"], "build.ninja"), (["ninja", "-C", "d"], "d/build.ninja"),
        (["ant"], "build.xml"), (["ant", "-f", "x.xml"], "x.xml"), (["ant", "-buildfile", "x.xml", "all"], "x.xml"),
        (["thor", "list"], "Thorfile"), (["scons", "-f", "x.py"], "x.py"), (["scons", "--file=x.py"], "x.py"),
        (["inv", "-l"], "tasks.py"), (["fab", "-l"], "fabfile.py"), (["npm", "init", "-y", "--init-module", "/a/i.js"], "/a/i.js"),
        (["just"], "justfile"), (["task", "-t", "T.yml"], "T.yml"), (["gradle", "-I", "i.gradle", "build"], "i.gradle"),
        (["./gradlew", "build"], "build.gradle"), (["grunt"], "Gruntfile.js"), (["gulp", "--gulpfile", "g.js"], "g.js"),
    ],
)  # fmt: skip
def test_a_file_of_tasks_that_is_none_counts(argv: list[str], path: str) -> None:
    assert texts(argv, {path: STDIN}) == [("descriptor", "TEXT")]
    assert texts(argv, {path: FIFO}) == [("descriptor", None)]
    assert texts(argv, {path: FileFact(kind="regular")}) == []
    assert texts(argv, {}) == []


def test_the_first_file_that_is_there_is_read() -> None:
    files = {"Rakefile": FileFact(kind="regular"), "rakefile.rb": FIFO}
    assert texts(["rake"], files) == []
    assert texts(["rake"], {**files, "Rakefile": FileFact(kind="missing")}) == [("descriptor", None)]
    assert texts(["ant", "-f", "other.xml"], {"build.xml": FIFO}) == []


def test_a_variable_may_name_the_file() -> None:
    assert texts(["npm", "init", "-y"], {"/a/i.js": FIFO}, {"npm_config_init_module": "/a/i.js"}) == [
        ("descriptor", None)
    ]


@pytest.mark.parametrize(
    ("argv", "calls"), [(["m4", "x"], "syscmd(id)"), (["dc", "-f", "x"], "!id"), (["dc", "x"], "!id")]
)
def test_a_fifo_counts_unless_its_text_is_known_to_start_nothing(argv: list[str], calls: str) -> None:
    assert texts(argv, {"x": FIFO}) == [("descriptor", None)]
    assert texts(argv, {"x": FileFact(kind="fifo", text=calls)}) == [("descriptor", calls)]
    assert texts(argv, {"x": FileFact(kind="fifo", text="1 1")}) == []


SSH = 'Host *\n ProxyCommand curl http://x\nMatch exec "id"\nForwardX11 yes\n'


def test_ssh_reads_the_commands_of_a_configuration_that_is_no_file() -> None:
    own = {"p": FileFact(kind="fifo", text=SSH)}
    assert texts(["ssh", "-F", "p", "h"], own) == [("descriptor", "curl http://x"), ("descriptor", '"id"')]
    assert texts(["ssh", "-Fp", "h"], {"p": FIFO}) == [("descriptor", None)]
    assert texts(["ssh", "-F", "/tmp/c", "h"], {}) == [("argument", None)]
    assert texts(["ssh", "-F", "/dev/fd/5", "h"], {}) == []  # closed at its start
    assert texts(["scp", "-F", "/dev/stdin", "a", "h:"], {}) == []
    assert texts(["ssh", "-F", "none", "h"], {}) == []


@pytest.mark.parametrize(
    ("argv", "env", "said"),
    [
        (["git", "x"], {"GIT_CONFIG_GLOBAL": "/tmp/c"}, True), (["git", "x"], {"GIT_CONFIG_SYSTEM": "/tmp/c"}, True),
        (["git", "x"], {"GIT_CONFIG_GLOBAL": "/etc/c"}, False), (["git", "x"], {"GIT_EXEC_PATH": "/tmp/e"}, True),
        (["git", "--exec-path=/tmp/e", "x"], {}, True), (["git", "init", "r"], {"GIT_TEMPLATE_DIR": "/tmp/t"}, True),
        (["git", "log"], {"GIT_TEMPLATE_DIR": "/tmp/t"}, False), (["git", "-c", "include.path=/tmp/c", "x"], {}, True),
        (["git", "-c", "core.hooksPath=/tmp/h", "commit"], {}, True), (["git", "-c", "core.hooksPath=/tmp/h", "log"], {}, False),
        (["git", "fetch", "ssh://h/r"], {"GIT_SSH": "/tmp/s"}, True), (["git", "log"], {"GIT_SSH": "/tmp/s"}, False),
        (["make"], {"GIT_CONFIG_GLOBAL": "/tmp/c"}, False),
    ],
)  # fmt: skip
def test_what_git_takes_commands_from_counts_where_anyone_may_write(
    argv: list[str], env: dict[str, str], said: bool
) -> None:
    assert bool(texts(argv, {}, env)) is said


@pytest.mark.parametrize(
    ("argv", "runs"),
    [
        (["tar", "xf", "a.tar", "--to-command", "id"], True), (["tar", "-xf", "a.tar", "--to-com=id"], True),
        (["tar", "-f", "a.tar", "--get", "--to-command=id"], True), (["tar", "cf", "a.tar", "--to-command=id", "x"], False),
        (["tar", "--list", "-f", "a.tar", "--to-command=id"], False), (["irb", "--noecho"], True), (["irb", "--noec"], False),
        (["bash", "--rcfile", "/tmp/rc", "-ic", "true"], True), (["bash", "--rcfile", "/root/rc", "-ic", "true"], False),
    ],
)  # fmt: skip
def test_what_a_program_would_run_of_its_line(argv: list[str], runs: bool) -> None:
    assert (detect(Execution(argv=tuple(argv), stdin="pipe", stdin_text="TEXT")) is not None) is runs


def test_files_are_found_by_the_names_that_gawk_tries() -> None:
    files = {"/tmp/d/x": FileFact(kind="missing"), "/tmp/d/x.awk": FileFact(kind="regular")}
    assert texts(["gawk", "-i", "x", "BEGIN{}"], files, {"AWKPATH": "/tmp/d"}) == [("environment", None)]


def test_sqlite_reads_commands_from_what_is_no_file() -> None:
    assert texts(["sqlite3", ":memory:", ".read p"], {"p": FIFO}) == [("descriptor", None)]
    assert texts(["sqlite3", ":memory:", ".read x.sql"], {}) == []
