"""Hosts, case by case: text that starts a command or runs an embedded language. Each line was run with marker code."""

from __future__ import annotations

import json
import time

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import by_name, read
from flycatcher.core.interpreters.text_tools.sed import Sed, starts_command, walk


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("gdb", "-batch", "-ex", "shell id"), [(3, 6, "shell", "id")]),
        (("gdb", "-ex=python go()"), [(1, 11, "python", "go()")]),
        (("gdb", "--eval-c", "!id"), [(2, 1, "shell", "id")]),
        (("gdb", "-iex", "pipe help | sh"), [(2, 12, "shell", "sh")]),
        (("gdb", "-ex", 'call (int)system("id")'), [(2, 0, "gdb", 'call (int)system("id")')]),
        (("gdb", "-ex", "info registers"), []),
        (("gdb", "--args", "prog", "-ex", "shell no"), []),
        (("gdb", "--version", "-ex", "shell no"), []),
        (("vim", "-c", ":!id"), [(2, 2, "shell", "id")]),
        (("vim", "-c", "py3 go()"), [(2, 4, "python", "go()")]),
        (("vim", "+lua go()"), [(1, 5, "lua", "go()")]),
        (("vim", "--cmd", "silent %!id"), [(2, 0, "vim", "silent %!id")]),
        (("vim", "-c", "call system('id')"), [(2, 0, "vim", "call system('id')")]),
        (("vim", "-S", "-c", "!id"), [(3, 1, "shell", "id")]),  # the session's own file
        (("vim", "-c", "set number", "+12", "f"), []),
        (("vim", "--", "-c", "!no"), []),
        (("rvim", "-c", "!no"), []),
        (("nvim", "--headless", "-c", "lua go()"), [(3, 4, "lua", "go()")]),
        (("sed", "1e id", "f"), [(1, 0, "sed", "1e id")]),
        (("sed", "-n", "-es/.*/id/e", "f"), [(2, 2, "sed", "s/.*/id/e")]),
        (("sed", "s/.*/id/eg", "f"), [(1, 0, "sed", "s/.*/id/eg")]),
        (("sed", "s/.*/id/pee2", "f"), [(1, 0, "sed", "s/.*/id/pee2")]),
        (("sed", "p", "f", "-e", "e id"), [(4, 0, "sed", "e id")]),
        (("sed", "-e", "s/e/x/g", "-i", "file.e"), []),
        (("sed", "--sandbox", "e no", "f"), []),
        (("sed", "e no", "f", "--posix"), []),
        (("sed", "-e", "e id", "--sandbox", "f"), [(2, 0, "sed", "e id")]),
        (("sed", "-es/a/b/;p", "-e", "1e id", "f"), [(3, 0, "sed", "1e id")]),
        (("sed", "-e", "a\\", "-e", "e no", "f"), []),
        (("sed", "-e", "a x", "-e", "e id \\", "-e", "-u", "f"), [(4, 0, "sed", "e id \\"), (6, 0, "sed", "-u")]),
        (("sed", "sxaxidxe", "f"), [(1, 0, "sed", "sxaxidxe")]),
        (("split", "--fil", "id", "-l1", "f"), [(2, 0, "shell", "id")]),
        (("split", "-l", "--filter=no", "f"), []),
        (("zip", "a.zip", "f", "-T", "-TTid"), [(4, 3, "shell", "id")]),
        (("zip", "a.zip", "f", "-qT", "--unzip-command=id"), [(4, 16, "shell", "id")]),
        (("zip", "a.zip", "f", "-TT", "no"), []),
        (("dpkg", "--pre-invoke=id", "-i", "x.deb"), [(1, 13, "shell", "id")]),
        (("dpkg", "--pre-invoke=no", "-l"), []),
        (("dc", "-e", "[#]p !id"), [(2, 0, "dc", "[#]p !id")]),
        (("dc", "-e", "# !no", "-e", "q", "-e", "!no"), []),
        (("dc", "-e", "!id", "--zz"), [(2, 0, "dc", "!id")]),
        (("m4", "-Dx=builtin(`sys'`cmd',id)"), [(1, 2, "m4", "x=builtin(`sys'`cmd',id)")]),
        (("m4", "-Dx=syscmd(no)", "-Dx=y", "f.m4"), []),
        (("m4", "-P", "-Dx=syscmd(no)", "-Dy=m4_syscmd(id)"), [(3, 2, "m4", "y=m4_syscmd(id)")]),
        (("tar", "cf", "x", "--checkpoint=1", "--checkpoint-action=exec=id", "."), [(4, 25, "shell", "id")]),
        (("tar", "xf", "x", "--to-command", "id"), [(4, 0, "shell", "id")]),
        (("tar", "-I", "sh -c id", "-cf", "x", "."), [(2, 0, "shell", "sh -c id")]),
        (("tar", "-I", "zstd -19", "-cf", "x", "."), []),
        (("tar", "cIf", "id;cat", "x", "."), [(2, 0, "shell", "id;cat")]),
        (("make", "--eval=$(shell id)"), [(1, 7, "make", "$(shell id)")]),
        (("make", "all", "CC=$(shell id)"), [(2, 3, "make", "$(shell id)")]),
        (("make", "CC=gcc", "-j4"), []),
        (("git", "-c", "alias.x=!id", "x"), [(2, 9, "shell", "id")]),
        (("git", "-c", "alias.x=!id", "status"), []),
        (("git", "-c", "core.sshCommand=id;", "fetch"), [(2, 16, "shell", "id;")]),
        (("git", "-c", "core.sshCommand=ssh -i key", "fetch"), []),
        (("git", "-c", "core.sshCommand=id;", "status"), []),
        (("git", "rebase", "--exec", "make test"), [(3, 0, "shell", "make test")]),
        (("git", "commit", "-m", "-c alias.x=!id"), []),
        (("git", "-c", "tar.z.command=id;", "archive", "--format=z", "HEAD"), [(2, 14, "shell", "id;")]),
        (("git", "-c", "tar.z.command=no;", "status"), []),
        (("git", "clone", "-c", "core.sshCommand=id;", "h.invalid:x"), [(3, 16, "shell", "id;")]),
        (("git", "clone", "-qu", "id;", "."), [(3, 0, "shell", "id;")]),
        (("git", "grep", "-nOid;", "a"), [(2, 3, "shell", "id;")]),
        (("git", "grep", "--open=id;", "a"), [(2, 7, "shell", "id;")]),
        (("git", "grep", "-e", "-Ono;"), []),
        (("git", "archive", "--exec=no;", "HEAD"), []),
        (("git", "archive", "--remote=.", "--exec=id;", "HEAD"), [(3, 7, "shell", "id;")]),
        (("git", "ls-remote", "--ex=no;", "."), []),
        (("git", "-c", "submodule.s.update=!id", "submodule", "update"), [(2, 20, "shell", "id")]),
        (("git", "-c", "core.editor=id;", "commit"), [(2, 12, "shell", "id;")]),
        (("git", "-c", "core.editor=no;", "commit", "-am", "x"), []),
        (("git", "-c", "diff.external=no;", "diff", "--stat"), []),
        (("git", "-c", "gpg.program=no;", "commit", "-S", "-m", "x"), []),
        (("git", "-c", "alias.y=x", "-c", "alias.x=!id", "y"), [(4, 9, "shell", "id")]),
        (("git", "-c", "protocol.ext.allow=never", "fetch", "ext::sh -c no"), []),
        (("git", "-c", "protocol.ext.allow=user", "fetch", "ext::sh -c id"), [(4, 5, "shell", "sh -c id")]),
        (("make", ".SHELLFLAGS=-e -c 'id'"), [(1, 18, "make", "'id'")]),
        (("make", ".SHELLFLAGS=-eu -o pipefail -c"), []),
        (("emacs", "--batch", "--eval", "(go)"), [(3, 0, "elisp", "(go)")]),
        (("emacs", "--ev=(go)"), [(1, 5, "elisp", "(go)")]),
        (("emacs", "--", "--eval", "(no)"), []),
        (("emacsclient", "-e", "(go)"), [(2, 0, "elisp", "(go)")]),
        (("sqlite3", ":memory:", ".shell id"), [(2, 7, "shell", "id")]),
        (("sqlite3", "-cmd", ".sy id", ":memory:"), [(2, 4, "shell", "id")]),
        (("sqlite3", "x.db", ".once |id"), [(2, 7, "shell", "id")]),
        (("sqlite3", "x.db", "select 1", ".schema"), []),
        (("sqlite3", "-safe", "x.db", ".shell no"), []),
        (("socat", "-lf", "log", "SYSTEM:id", "STDIO"), [(3, 7, "shell", "id")]),
        (("socat", "-ly", "SYSTEM:id", "STDIO"), [(2, 7, "shell", "id")]),
        (("apt-get", "-y", "1", "update", "-o", "APT::Update::Pre-Invoke::=id"), [(5, 26, "shell", "id")]),
        (("apt-get", "update", "yes", "-o", "APT::Update::Pre-Invoke::=id"), [(4, 26, "shell", "id")]),
        (("apt-get", "no", "update", "-o", "APT::Update::Pre-Invoke::=id"), []),  # a command of that name
        (("rpm", "--eval", "%(id)"), [(2, 0, "rpm", "%(id)")]),
        (("rpm", "-E", "%{lua:go()}"), [(2, 6, "lua", "go()")]),
        (("rpm", "--eval", "%_libdir"), []),
        (("ssh", "-oProxyCommand=id", "h"), [(1, 15, "shell", "id")]),
        (("ssh", "h", "-o", "proxycommand id"), [(3, 13, "shell", "id")]),
        (("ssh", "-o", "ProxyCommand=none", "h"), []),
        (("ssh", "-G", "-o", "ProxyCommand=no", "h"), []),
        (("ssh", "-o", "LocalCommand=no", "h"), []),
        (("ssh", "h", "id"), []),
        (("psql", "-c", "\\! id"), [(2, 3, "shell", "id")]),
        (("psql", "-c", "select 1"), []),
        (("luatex", "\\directlua{go()}\\end"), [(1, 11, "lua", "go()")]),
        (("pdftex", "-shell-escape", "\\write18{id}"), [(2, 0, "tex", "\\write18{id}")]),
        (("pdftex", "\\write18{no}"), []),
    ],
)
def test_words(words, expected) -> None:
    found = read(Execution(argv=words, stdin="null"))
    assert found is not None
    assert [(s.argv_index, s.offset, s.language, s.text) for s in found.snippets] == expected


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (("vim", "f"), {"VIMINIT": "silent !id"}, ["VIMINIT"]),
        (("vim", "-es"), {"VIMINIT": "silent !id"}, []),
        (("vim", "f"), {"VIMINIT": "set number"}, []),
        (("tar", "cf", "x", "."), {"TAR_OPTIONS": "--checkpoint=1 '--checkpoint-action=exec=id'"}, ["TAR_OPTIONS"]),
        (("zip", "-T", "a.zip", "f"), {"ZIPOPT": "-TT id"}, ["ZIPOPT"]),
        (("less", "f"), {"LESSOPEN": "|id; cat %s"}, ["LESSOPEN"]),
        (("less", "f"), {"LESSOPEN": "| /usr/bin/lesspipe %s"}, []),
        (("less", "-L", "f"), {"LESSOPEN": "|id; cat %s"}, []),
        (("sed", "e id", "-e", "p"), {"POSIXLY_CORRECT": "1"}, [None]),
        (("sed", "e no", "-e", "p"), {}, []),
        (("make",), {"MAKEFLAGS": "--eval=$(shell\\ id)"}, ["MAKEFLAGS"]),
        (("make",), {"MAKEFLAGS": "-j4 --no-print-directory"}, []),
        (("make",), {"MAKEFILES": "/tmp/x.mk"}, ["MAKEFILES"]),
        (("make", "--version"), {"MAKEFLAGS": "--eval=$(shell id)"}, ["MAKEFLAGS"]),
        (("make",), {"CFLAGS": "$(shell id)"}, ["CFLAGS"]),
        (("make", "CFLAGS=-O2"), {"CFLAGS": "$(shell no)", "PS1": "$(no)"}, []),
        (("git", "fetch"), {"GIT_SSH_COMMAND": "id;"}, ["GIT_SSH_COMMAND"]),
        (("git", "fetch", "https://h.invalid/x"), {"GIT_SSH_COMMAND": "no;"}, []),
        (("git", "x"), {"GIT_CONFIG_PARAMETERS": "'alias.x'='!id'"}, ["GIT_CONFIG_PARAMETERS"]),
        (("git", "x"), {"GIT_CONFIG_PARAMETERS": "'alias.x=!id'"}, ["GIT_CONFIG_PARAMETERS"]),
        (("git", "--config-env=alias.x=Z", "x"), {"Z": "!id"}, ["Z"]),
        (("git", "commit"), {"EDITOR": "id;", "GIT_EDITOR": "vi"}, []),
        (("git", "commit"), {"EDITOR": "id;"}, ["EDITOR"]),
        (("git", "rebase", "-i", "x"), {"GIT_SEQUENCE_EDITOR": "id;"}, ["GIT_SEQUENCE_EDITOR"]),
        (("git", "diff"), {"GIT_EXTERNAL_DIFF": "id;"}, ["GIT_EXTERNAL_DIFF"]),
        (("git", "log", "-p"), {"GIT_EXTERNAL_DIFF": "no;"}, []),
        (("git", "fetch"), {"GIT_SSH_COMMAND": "ssh -i key"}, []),
        (
            ("git", "x"),
            {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "alias.x", "GIT_CONFIG_VALUE_0": "!id"},
            ["GIT_CONFIG_VALUE_0"],
        ),
    ],
)
def test_variables(words, env, expected) -> None:
    found = read(Execution(argv=words, env=env, stdin="null"))
    assert found is not None
    assert [s.variable for s in found.snippets] == expected


def test_a_lone_e_of_sed_runs_the_lines_that_it_reads() -> None:
    for words, vectors in (
        (("sed", "1e"), ["argument", "stdin"]),
        (("sed", "-n", "-e", "/a/e", "-"), ["argument", "stdin"]),
        (("sed", "1e", "f"), ["argument"]),
        (("sed", "s/a/id/;e"), ["argument"]),
        (("sed", "e id"), ["argument"]),
    ):
        found = read(Execution(argv=words, stdin="pipe"))
        assert found is not None
        assert [s.vector for s in found.snippets] == vectors, words


def test_text_on_stdin_counts_where_it_is_known_to_start_a_command() -> None:
    for words, text, vectors in (
        (("dc", "-e", "?"), "!id\n", ["stdin"]),
        (("dc", "-e", "?"), "1\n!id\n", []),
        (("dc", "-f", "-"), "1\n!id\n", ["stdin"]),
        (("dc", "/dev/stdin"), "5 !<a\n", []),
        (("m4", "/dev/stdin"), "syscmd(id)", ["stdin"]),
        (("m4", "-G"), "esyscmd(id)", []),
        (("m4", "-Dx=syscmd($@)"), "x(id)", ["argument", "stdin"]),
    ):
        found = read(Execution(argv=words, stdin="pipe", stdin_text=text))
        assert found is not None
        assert [s.vector for s in found.snippets] == vectors, words


def test_variables_that_lead_an_interpreter_to_its_files() -> None:
    for words, env, variables in (
        (("lua5.4", "-l", "x", "f"), {"LUA_PATH": "/dev/stdin"}, ["LUA_PATH"]),
        (("lua5.4", "-lx", "f"), {"LUA_PATH": "/tmp/?.lua;;"}, ["LUA_PATH"]),
        (("lua5.4", "-E", "-lx", "f"), {"LUA_PATH": "/tmp/?.lua;;"}, []),
        (("luajit", "-jx", "f"), {"LUA_PATH": "/dev/fd/0"}, ["LUA_PATH"]),
        (("tclsh", "f"), {"TCL_LIBRARY": "/tmp/x"}, ["TCL_LIBRARY"]),
        (("expect", "f"), {"DOTDIR": "/tmp/x"}, ["DOTDIR"]),
        (("slsh", "f"), {"SLSH_CONF_DIR": "/tmp/x"}, ["SLSH_CONF_DIR"]),
        (("gawk", "-f", "stdin"), {"AWKPATH": "/dev"}, ["AWKPATH"]),
    ):
        found = read(Execution(argv=words, env=env, stdin="pipe"))
        assert found is not None
        assert [s.variable for s in found.snippets] == variables, words


def test_text_on_stdin_that_a_host_is_told_to_run() -> None:
    for words in (("make", "-f", "-"), ("vim", "-es"), ("ex", "-s"), ("sed", "-f", "-"), ("gdb",)):
        found = read(Execution(argv=words, stdin="pipe"))
        assert found is not None
        assert [s.vector for s in found.snippets] == ["stdin"], words


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("e", True), ("$!{p;e id\n}", True), ("s/[/]e/x/;e id", True), ("\\,e,e id", True), ("0~2e id", True), ("s,a,b,2e", True),
        ("y/abe/xye/", False), ("a\\\ne id", False), ("i e id", False), ("# e", False), ("b e;:e", False), ("r e", False), ("s/a/\\/e/", False),
        (":a e id", True), ("v 4.2 e id", True), ("s/a/id/ g e", True), ("s/a/id/ew x", True), ("eid", True), ("1eid", True), ("none", False), ("# x\\\ne id", True), ("w x\\\ne id", True), ("y/[/x/;e id", True),
        ("s/[[:alpha:]/]/x/;e id", True), ("q;e id", False), ("2q;e id", True), ("b;e id\n:a", False), ("d;:a;e id", True), ("{d\n}\ne id", True),
        ("!e id", False), ("1!e id", True), ("s/a/b/w x;e id", False), ("s" * 50_000, False), ("sasa" * 50_000, False), ("s/[[.a" * 20_000, False),
        ("/e/p", False), ("w e id", False), ("s/a", False), ("", False), ("[" * 50_000, False), ("s/" * 50_000, False), ("\\" * 50_001, False),
    ],
)  # fmt: skip
def test_sed_scripts_that_start_a_command(script, expected) -> None:
    assert starts_command(script) is expected
    assert not (expected and Sed().skips(["sed", "-e", script], {}))


def test_a_line_without_any_such_text_is_skipped() -> None:
    rows = [
        {"argv": ["git", "commit", "-m", "x"]},
        {"argv": ["sed", "s/a/b/g", "f.in"]},
        {"argv": ["tar", "xzf", "a.tgz"]},
        {"argv": ["make", "-j4", "all"]},
    ]
    for row in rows:
        found = by_name(row["argv"][0])
        assert found is not None
        assert found.skips(row["argv"], {}) is (found.id != "make"), row  # a makefile may be a FIFO, whatever the line
    out = [json.loads(line) for line in answers(json.dumps(row).encode() for row in rows)]
    assert [answer["code_on_the_fly"] for answer in out] == [False] * 4


@pytest.mark.parametrize("unit", [": ", "' ", "/ /", " /", "norm ", "sil! ", "1,", "| sil"])
def test_a_long_hostile_vim_command_is_read_in_the_time_of_its_length(unit):
    began = time.process_time()
    read(Execution(argv=("vim", "-c", unit * (120_000 // len(unit)))))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("script", "runs"),
    [
        ("e", True),
        ("p;e", True),
        ("s/a/b/;e", False),
        ("z;e", False),
        ("x;e", False),
        ("x;x;e", True),
        ("g;e", False),
        ("G;e", True),
        ("h;z;g;e", True),
        ("H;g;e", True),
        ("z;h;g;e", False),
        ("h;x;g;G;H;e", True),
    ],
)
def test_a_lone_e_of_sed_runs_the_line_while_it_is_as_it_was_read(script: str, runs: bool) -> None:
    assert [one.alone for one in walk(script) if one.letter == "e"] == [runs]
