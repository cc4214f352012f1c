"""What shells run, case by case; each line was run with the real shell and marker code."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read


def reading(*words: str, **surroundings):
    found = read(Execution(argv=words, **surroundings))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("bash", "-c", "go"), [(2, "go")]),
        (("bash", "-c", "-x", "go"), [(3, "go")]),
        (("bash", "-euo", "pipefail", "-c", "go", "name"), [(4, "go")]),
        (("bash", "-c", "-o", "posix", "--", "go"), [(5, "go")]),
        (("bash", "+c", "go"), [(2, "go")]),
        (("bash", "-oOe", "vi", "extglob", "-c", "go"), [(5, "go")]),
        (("bash", "-login", "--rcfile", "f", "-c", "go"), [(5, "go")]),
        (("bash", "-x", "--posix", "-c", "no"), []),
        (("bash", "-c"), []),
        (("bash", "-nc", "no"), []),
        (("bash", "-D", "-c", "no"), []),
        (("bash", "--pretty-print", "prog"), []),
        (("bash", "--version", "-c", "no"), []),
        (("bash", "prog", "-c", "no"), []),
        (("bash", "--", "-c", "no"), []),
        (("sh", "-c", "-", "go"), [(3, "go")]),
        (("sh", "--posix", "-c", "go"), [(3, "go")]),
        (("dash", "--posix", "-c", "no"), []),
        (("dash", "-o", "posix", "-c", "go"), [(4, "go")]),
        (("zsh", "-onounset", "-c", "go"), [(3, "go")]),
        (("zsh", "-b", "-c", "no"), []),
        (("zsh", "+b", "-c", "no"), []),
        (("zsh", "--no-exec", "+o", "noexec", "-c", "go"), [(5, "go")]),
        (("zsh", "-bc", "go"), [(2, "go")]),
        (("zsh", "-cb", "-", "no"), [(2, "-")]),
        (("zsh", "-cb", "--", "no"), [(2, "--")]),
        (("zsh", "-c-", "go"), [(2, "go")]),
        (("zsh", "+c-", "go", "-x"), [(2, "go")]),
        (("zsh", "-e-c", "no"), []),
        (("zsh", "--emulate", "sh", "-c", "go"), [(4, "go")]),
        (("zsh", "--no-exec", "-c", "no"), []),
        (("mksh", "+c", "no"), []),
        (("mksh", "-T", "x", "-c", "go"), [(4, "go")]),
        (("ksh93", "-xo", "-c", "go"), [(3, "go")]),
        (("ksh93", "echo go; id"), [(1, "echo go; id")]),
        (("ksh93", "prog"), []),
        (("ksh93", "-bl-c", "go"), [(2, "go")]),
        (("ksh93", "-h+pcc", "go"), [(2, "go")]),
        (("ksh93", "eval", "go", "on"), [(2, "go"), (3, "on")]),
        (("ksh93", "command", "eval", "go"), [(3, "go")]),
        (("ksh93", "true; eval", "go"), [(1, "true; eval"), (2, "go")]),
        (("ksh93", "eval; true", "no"), [(1, "eval; true")]),
        (("ksh93", "python3", "-c", "go"), [(3, "go")]),
        (("ksh93", "exec", "perl", "-e", "go"), [(4, "go")]),
        (("ksh93", "./python3", "-c", "no"), []),
        (("fish", "-C", "first", "-c", "go"), [(2, "first"), (4, "go")]),
        (("fish", "--comm=go"), [(1, "go")]),
        (("fish", "-n", "-c", "no"), []),
        (("tcsh", "-fc", "go"), [(2, "go")]),
        (("tcsh", "-c", "lost", "-c", "go"), [(4, "go")]),
        (("csh", "-b", "-c", "no"), []),
    ],
)
def test_words(words, expected) -> None:
    found = reading(*words)
    assert [(s.argv_index, s.text) for s in found.snippets] == expected
    assert all(s.vector == "argument" for s in found.snippets)


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        (("bash",), "pipe", ["stdin"]),
        (("bash", "-"), "unknown", ["stdin"]),
        (("bash", "-s", "x"), "unknown", ["stdin"]),
        (("bash", "+s", "x"), "pipe", ["stdin"]),
        (("dash", "+s", "x"), "pipe", []),
        (("dash", "-cs", "go"), "pipe", ["argument", "stdin"]),
        (("bash", "-cs", "go"), "pipe", ["argument"]),
        (("sh",), "unknown", []),
        (("sh",), "tty", []),
        (("bash", "/dev/stdin"), "pipe", ["descriptor"]),
        (("bash", "/dev/fd/63"), "tty", ["descriptor"]),
        (("bash", "/dev/stdin"), "socket", []),
        (("ksh93", "--c=false"), "pipe", ["stdin"]),
        (("ksh93", "-o-noexec"), "pipe", ["stdin"]),
        (("ksh93", "-onoexec"), "pipe", []),
        (("ksh93", "--c"), "pipe", []),
        (("ksh93", "-s", "echo go; id"), "pipe", ["stdin"]),
        (("ksh93", "-es", "echo go; id"), "pipe", ["stdin"]),
        (("ksh93", "-s--", "echo go; id"), "pipe", ["argument"]),
        (("ksh93", "-s", "-e+b", "echo go; id"), "pipe", ["argument"]),
        (("ksh93", "-aG-e", "-is", "echo go; id"), "pipe", ["argument"]),
        (("ksh93", "--s=false", "echo go; id"), "pipe", ["argument"]),
        (("ksh93", "--noexec=true", "echo go; id"), "pipe", ["argument"]),
        (("ksh93", "--noexec", "echo go; id"), "pipe", []),
        (("ksh93", "-noexec", "-c", "echo go"), "pipe", ["argument"]),
        (("ksh93", "-n", "-c", "echo go"), "pipe", []),
        (("ksh93", "--copyright=false"), "pipe", []),
        (("ksh93", "/dev/stdin"), "socket", ["descriptor"]),
        (("ksh93", "/dev/stdin"), "pipe", ["descriptor"]),
        (("ksh93", "/dev/fd/00"), "socket", ["descriptor"]),
        (("ksh93", "/dev/fd/ +0"), "file", ["descriptor"]),
        (("ksh93", "//dev/stdin"), "socket", []),
        (("ksh93", "/proc/self/fd/0"), "socket", []),
        (("ksh93", "-lkc", "/dev/stdin", "x"), "socket", ["argument", "descriptor"]),
        (("ksh93", "-c", "V=1; exec /dev/fd/0"), "socket", ["argument", "descriptor"]),
        (("ksh93", "-c", "cat /dev/stdin"), "socket", ["argument"]),
        (("ksh93", "-c", "/dev/stdin"), "pipe", ["argument"]),
        (("ksh93", "-c", "/dev/stdin"), "file", ["argument"]),
        (("ksh93", "/dev/tcp/127.0.0.1/9"), "null", ["url"]),
        (("ksh93", "-c", "/dev/tcp/127.0.0.1/9"), "null", ["argument"]),
        (("bash", "/dev/tcp/127.0.0.1/9"), "null", []),
        (("fish",), "socket", []),
        (("tcsh", "-i", "prog"), "pipe", ["stdin"]),
    ],
)
def test_stdin(words, stdin, expected) -> None:
    assert [s.vector for s in reading(*words, stdin=stdin).snippets] == expected


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (("bash", "-c", ":"), {"BASH_ENV": "$(go)"}, ["BASH_ENV"]),
        (("bash", "-c", ":"), {"BASH_ENV": "/tmp/x"}, ["BASH_ENV"]),
        (("bash", "-c", ":"), {"BASH_ENV": "/etc/x"}, []),
        (("bash", "-p", "-c", ":"), {"BASH_ENV": "`go`"}, []),
        (("bash", "--posix", "-c", ":"), {"BASH_ENV": "`go`"}, []),
        (("bash", "-c", ":"), {"BASH_ENV": "`go`", "POSIXLY_CORRECT": ""}, []),
        (("bash", "-ic", ":"), {"ENV": "`go`"}, []),
        (("bash", "--posix", "-ic", ":"), {"ENV": "`go`"}, ["ENV"]),
        (("dash", "-ic", ":"), {"ENV": "${x:-$(go)}"}, ["ENV"]),
        (("dash", "-c", ":"), {"ENV": "$(go)"}, []),
        (("dash", "-xc", ":\n:"), {"PS4": "$(go)"}, ["PS4"]),
        (("dash", "-xc", ":"), {"PS4": "$(go)"}, []),
        (("mksh", "-xc", ":"), {"PS4": "$(go)"}, ["PS4"]),
        (("dash", "-xc", ":"), {"PS4": "$((1+1)) "}, []),
        (("dash", "-c", ":"), {"PS4": "$(go)"}, []),
        (("dash", "+l", "-xc", ":"), {"PS4": "$(go)"}, ["PS4"]),
        (("bash", "+l", "-x"), {"PS4": "$(go)"}, ["PS4"]),
        (("bash", "--login", "-x"), {"PS4": "$(go)"}, ["PS4"]),
        (("bash", "-x"), {"PS4": "$(go)"}, []),
        (("bash", "-c", ":"), {"SHELLOPTS": "xtrace", "PS4": "$(go)"}, ["PS4"]),
        (("bash", "-c", "echo hi"), {"BASH_FUNC_echo%%": "() { go; }"}, ["BASH_FUNC_echo%%"]),
        (("bash", "-c", "eval '$EV'"), {"EV": "echo hi", "BASH_FUNC_echo%%": "() { go; }"}, ["BASH_FUNC_echo%%"]),
        (("bash", "-c", "$EV"), {"EV": "make hi", "BASH_FUNC_echo%%": "() { go; }"}, []),
        (("bash", "-c", "make"), {"BASH_FUNC_echo%%": "() { go; }"}, []),
        (("bash", "prog"), {"BASH_FUNC_module%%": "() { go; }"}, []),
        (("zsh", "-c", ":"), {"ZDOTDIR": "/tmp/z"}, ["ZDOTDIR"]),
        (("zsh", "-fc", ":"), {"ZDOTDIR": "/tmp/z"}, []),
    ],
)
def test_variables(words, env, expected) -> None:
    found = reading(*words, env=env, stdin="null")
    assert [s.variable for s in found.snippets if s.variable] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/dev/stdin", [("descriptor", None), ("argument", None)]),
        ("/dev/tcp/127.0.0.1/9", [("url", "/dev/tcp/127.0.0.1/9"), ("argument", None)]),
        ("/proc/self/fd/0", [("argument", None)]),
    ],
)
def test_ksh93_opens_devices_itself_for_env_too(value, expected) -> None:
    found = reading("ksh93", "-ic", ":", env={"ENV": value}, stdin="socket")
    assert [(s.vector, s.url) for s in found.snippets] == expected


def test_prompts_run_commands_in_a_session() -> None:
    env = {"PROMPT_COMMAND": "go"}
    assert [s.variable for s in reading("bash", "-i", env=env, stdin="pipe").snippets] == [None, "PROMPT_COMMAND"]
    assert [s.variable for s in reading("bash", env=env, stdin="tty").snippets] == ["PROMPT_COMMAND"]
    assert [s.variable for s in reading("dash", env={"PS1": "$(go)"}, stdin="tty").snippets] == ["PS1"]
    assert reading("bash", env=env, stdin="pipe").snippets[0].vector == "stdin"
    assert reading("bash", "prog", env=env, stdin="tty").snippets == []


def test_dash_goes_on_at_the_terminal_behind_its_command_and_traces_there() -> None:
    env = {"PS4": "$(go)"}
    assert [s.variable for s in reading("dash", "-s", "-cx", ":", env=env, stdin="tty").snippets] == [None, "PS4"]
    assert [s.variable for s in reading("dash", "-cx", ":", env=env, stdin="tty").snippets] == [None]


def test_noexec_by_the_environment_runs_nothing() -> None:
    assert reading("bash", "-c", "no", env={"SHELLOPTS": "errexit:noexec"}).outcome == "checks"


def test_the_name_sh_makes_bash_ignore_bash_env() -> None:
    found = reading("sh", "-c", ":", exe="/usr/bin/bash", env={"BASH_ENV": "$(go)"})
    assert [s.text for s in found.snippets] == [":"]


@pytest.mark.parametrize(
    "words", [("busybox", "ash", "-c", "go"), ("/usr/bin/busybox", "sh"), ("busybox", "ash", "-s")]
)
def test_the_shell_in_busybox_is_called_busybox(words: tuple[str, ...]) -> None:
    found = reading(*words, stdin="pipe")
    assert (found.interpreter.id, [snippet.interpreter for snippet in found.snippets]) == ("busybox", ["busybox"])


def test_tcsh_reads_stdin_by_the_descriptors_that_it_copies_it_to():
    for path in ("/dev/fd/16", "/proc/self/fd/19"):
        execution = Execution(argv=("tcsh", path), stdin="pipe", stdin_text="echo in", descriptors={16: "echo else"})
        (snippet,) = read(execution).snippets
        assert snippet.text == "echo in"
