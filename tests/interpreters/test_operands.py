"""What the path of a program or of a file that is loaded first leads to: a descriptor, a FIFO, procfs, memory."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flycatcher.core.execution import Execution, FileFact, Process
from flycatcher.core.interpreters import read
from flycatcher.core.operands import MAX_PATHS, paths_read

FAMILY = (
    ("python3", "x"), ("perl", "x"), ("ruby", "x"), ("php", "x"), ("lua5.4", "x"), ("bash", "x"), ("dash", "x"), ("zsh", "x"),
    ("ksh", "x"), ("mksh", "x"), ("fish", "x"), ("busybox", "sh", "x"), ("tclsh", "x"), ("expect", "x"), ("awk", "-f", "x"),
    ("gawk", "-f", "x"), ("sed", "-f", "x"), ("guile", "x"), ("Rscript", "x"), ("julia", "x"), ("elixir", "x"), ("racket", "x"),
    ("sbcl", "--script", "x"), ("clisp", "x"), ("ocaml", "x"), ("swipl", "x"), ("pwsh", "-File", "x"), ("xonsh", "x"),
    ("deno", "run", "x"), ("gdb", "-x", "x"), ("make", "-f", "x"), ("octave", "x"), ("groovy", "x"),
)  # fmt: skip
TEXT = 'BEGIN { system("id") }'
Found = list[tuple[str, str | None, int | None]]


def found(*argv: str, **more: object) -> Found:
    """Return vector, text and descriptor of each snippet."""
    reading = read(Execution(argv=argv, **{"cwd": "/home/u", **more}))  # type: ignore[arg-type]
    assert reading is not None, argv
    return [(s.vector, s.text, s.descriptor) for s in reading.snippets]


@pytest.mark.parametrize("argv", FAMILY, ids=" ".join)
def test_a_link_to_a_descriptor_is_read_like_the_descriptor_itself(argv: tuple[str, ...]) -> None:
    files = {"x": FileFact(kind="fifo", target="/proc/self/fd/0")}
    named = tuple("/proc/self/fd/0" if word == "x" else word for word in argv)
    for stdin in ("pipe", "file", "null", "tty", "socket"):
        expected = found(*named, stdin=stdin, stdin_text="TEXT" if stdin == "pipe" else None)
        assert found(*argv, stdin=stdin, stdin_text="TEXT" if stdin == "pipe" else None, files=files) == expected


@pytest.mark.parametrize("argv", FAMILY, ids=" ".join)
def test_a_fifo_as_the_program_is_code_on_the_fly(argv: tuple[str, ...]) -> None:
    for name in ("x", "/home/u/x"):
        assert found(*argv, stdin="null", files={name: FileFact(kind="fifo", text=TEXT)})[:1] == [
            ("descriptor", TEXT, None)
        ]


@pytest.mark.parametrize(
    ("kind", "vector"), [("tty", "descriptor"), ("device", "descriptor"), ("memfd", "memory"), ("deleted", "memory")]
)
def test_what_is_no_file_of_a_disk_has_the_vector_of_where_it_lies(kind: str, vector: str) -> None:
    assert found("perl", "x", files={"x": FileFact(kind=kind)}) == [(vector, None, None)]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["regular", "directory", "missing", "null", "unknown"])
def test_a_file_of_a_disk_is_a_script(kind: str) -> None:
    assert found("perl", "x", files={"x": FileFact(kind=kind)}) == []  # type: ignore[arg-type]


def test_a_socket_cannot_be_opened_by_its_path() -> None:
    reading = read(Execution(argv=("perl", "x"), files={"x": FileFact(kind="socket")}))
    assert reading is not None
    assert (reading.outcome, reading.error) == ("refuses", "a socket cannot be opened by its path")


def test_a_link_to_a_folder_of_descriptors_holds_for_what_lies_in_it() -> None:
    files = {"/home/u/d": FileFact(kind="directory", target="/dev/fd")}
    assert found("bash", "d/3", descriptors={3: "TEXT"}, files=files) == [("descriptor", "TEXT", 3)]
    assert found("bash", "./d/../d/3", descriptors={3: "TEXT"}, files={"d/3": FileFact(target="/proc/self/fd/3")}) == [
        ("descriptor", "TEXT", 3)
    ]


def test_terminals_are_known_by_their_path() -> None:
    assert found("python3", "/dev/tty") == found("python3", "/dev/pts/3") == [("descriptor", None, None)]
    assert found("python3", "/dev/null") == found("python3", "/dev/ttyp/x.py") == []


ENV = {"X": "<?php A;"}


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/proc/thread-self/environ", "/proc/self/task/7/environ", "/proc/9/environ"]
)
def test_the_environment_in_procfs_is_its_text(path: str) -> None:
    assert found("php", path, env=ENV, process=Process(pid=9)) == [("environment", "X=<?php A;\0", None)]


def test_words_and_name_in_procfs_are_their_text() -> None:
    assert found("bash", "/proc/self/cmdline", "A") == [("memory", "bash\0/proc/self/cmdline\0A\0", None)]
    assert found(
        "./a-name-that-is-cut", "/proc/self/comm", exe="/bin/bash-is-longer-than-that", interpreter="bash"
    ) == [("memory", "bash-is-longer-\n", None)]
    assert found("bash", "/proc/8/cmdline", process=Process(pid=9)) == [("memory", None, None)]
    assert found("bash", "/proc/self/exe") == found("bash", "/proc/self/root/home/u/x") == []


@pytest.mark.parametrize(
    ("argv", "env"),
    [
        (["node", "f.js"], {"NODE_OPTIONS": "--require /proc/self/environ"}),
        (["node", "-r", "/proc/self/environ", "f.js"], {}),
        (["bash", "f"], {"BASH_ENV": "/proc/self/environ"}),
        (["dash", "-i"], {"ENV": "/proc/self/environ"}),
        (["lua5.4", "f"], {"LUA_INIT": "@/proc/self/environ"}),
        (["python3", "-i"], {"PYTHONSTARTUP": "/proc/self/environ"}),
        (["php", "-d", "auto_prepend_file=/proc/self/environ", "f"], {}),
        (["perl", "-x", "/proc/self/environ"], {}),
        (["ruby", "-x", "/proc/self/environ"], {}),
    ],
    ids=" ".join,
)
def test_procfs_as_what_is_loaded_first(argv: list[str], env: dict[str, str]) -> None:
    assert [vector for vector, _, _ in found(*argv, env={"X": "A"} | env, stdin="null")] == ["environment"]


@pytest.mark.parametrize(
    ("argv", "env", "path"),
    [
        (["perl", "f"], {"PERL5LIB": "/tmp/d", "PERL5OPT": "-Mfoo::bar"}, "/tmp/d/foo/bar.pm"),
        (["perl", "-I", "/tmp/d", "-mfoo", "f"], {}, "/tmp/d/foo.pm"),
        (["perl", "-T", "-Mfoo", "f"], {"PERL5LIB": "/tmp/d"}, None),
        (["perl", "-Mfoo", "f"], {"PERL5LIB": "/opt/d"}, None),
        (["ruby", "-I/tmp/d", "-rlll", "f"], {}, "/tmp/d/lll.rb"),
        (["ruby", "f"], {"RUBYLIB": "/opt/d:/tmp/d", "RUBYOPT": "-rlll"}, "/tmp/d/lll.rb"),
        (["ruby", "-Ilib", "-rlll", "f"], {}, None),
        (["php", "-d", "include_path=.:/tmp/d", "-d", "auto_prepend_file=a.php", "f"], {}, "/tmp/d/a.php"),
    ],
    ids=str,
)
def test_a_name_that_is_looked_for_where_anyone_may_write(
    argv: list[str], env: dict[str, str], path: str | None
) -> None:
    for cwd in ("/home/u", "/tmp/build"):
        reading = read(Execution(argv=tuple(argv), env=env, cwd=cwd, stdin="null"))
        assert reading is not None
        assert [snippet.path for snippet in reading.snippets] == ([path] if path else [])


def test_a_folder_that_does_not_have_the_file_is_passed_over() -> None:
    execution = Execution(
        argv=("ruby", "-I/tmp/a:/tmp/b", "-rlll", "f"), files={"/tmp/a/lll.rb": FileFact(kind="missing")}
    )
    reading = read(execution)
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets] == ["/tmp/b/lll.rb"]


def test_a_source_is_told_which_paths_are_worth_a_look() -> None:
    assert paths_read(Execution(argv=("python3", "-u", "x", "y"), cwd="/home/u")) == ("/home/u/x",)
    assert paths_read(Execution(argv=("python3", "-c", "1", "y"), cwd="/home/u")) == ()
    assert paths_read(Execution(argv=("ls", "x"), cwd="/home/u")) == ()
    assert paths_read(Execution(argv=("ruby", "-C", "d", "-r./a", "x"), cwd="/home/u")) == (
        "/home/u/d/./a.rb",
        "/home/u/d/x",
    )
    assert paths_read(Execution(argv=("bash", "x"), env={"BASH_ENV": "/etc/e"}, cwd="/")) == ("/etc/e", "/x")
    many = tuple(f"-r./{number}" for number in range(1000))
    assert len(paths_read(Execution(argv=("ruby", *many, "x"), cwd="/"))) <= MAX_PATHS


def test_xsubpp_opens_the_last_name_of_a_path_whose_folder_is_missing() -> None:
    files = {"/home/u/none/../lk": FileFact(kind="missing"), "/home/u/lk": FileFact(target="/proc/self/fd/0")}
    assert found("xsubpp", "none/../lk", stdin="pipe", files=files) == [("descriptor", None, 0)]
    assert "/home/u/lk" in paths_read(Execution(argv=("xsubpp", "none/../lk"), cwd="/home/u"))


@pytest.mark.parametrize(
    ("argv", "env", "paths"),
    [
        (["python3", "f"], {"PYTHONPATH": "/tmp/a:/tmp/b"}, ("/tmp/a/sitecustomize/__init__.py", "/tmp/b/site.py")),
        (["perl", "-Mfoo", "f"], {"PERL5LIB": "/tmp/a:/tmp/b"}, ("/tmp/a/foo.pm", "/tmp/b/foo.pm")),
        (["ruby", "-rlll", "f"], {"RUBYLIB": "/tmp/a:/tmp/b"}, ("/tmp/a/lll.rb", "/tmp/b/lll.rb")),
        (["lua5.4", "-lfoo", "f"], {"LUA_PATH": "/tmp/a/?.lua;/tmp/b/?.lua"}, ("/tmp/a/foo.lua", "/tmp/b/foo.lua")),
        (["node", "-r", "foo", "f"], {"NODE_PATH": "/tmp/a:/tmp/b"}, ("/tmp/a/foo.js", "/tmp/b/foo.js")),
        (["gawk", "-f", "foo"], {"AWKPATH": "/tmp/a:/tmp/b"}, ("/tmp/a/foo", "/tmp/b/foo")),
        (["tclsh", "f"], {"TCLLIBPATH": "/tmp/a /tmp/b"}, ("/tmp/a/tclIndex", "/tmp/b/tclIndex")),
        (["guile", "f"], {"GUILE_LOAD_PATH": "/tmp/a:/tmp/b"}, ("/tmp/a/ice-9/boot-9.scm", "/tmp/b/ice-9/boot-9.scm")),
    ],
)
def test_each_place_of_a_search_is_worth_a_look(argv: list[str], env: dict[str, str], paths: tuple[str, ...]) -> None:
    execution = Execution(argv=tuple(argv), env=env, cwd="/home/u", stdin="null")
    asked = paths_read(execution)
    assert set(paths) <= set(asked)
    missing = replace(execution, files={path: FileFact(kind="missing") for path in asked if path.startswith("/tmp/")})
    reading = read(missing)
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets if (snippet.path or "").startswith("/tmp/")] == []
    reading = read(replace(missing, files={**missing.files, paths[1]: FileFact(kind="regular")}))
    assert reading is not None
    assert [snippet.path for snippet in reading.snippets if snippet.path] == [paths[1]]
