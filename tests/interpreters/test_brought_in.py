"""Indirect code entry: a debugger's options, a module's list, a variable of a library, a file that a tool evaluates."""

from __future__ import annotations

from typing import Any

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

Found = list[tuple[str, str | None]]


def snippets(*words: str, **more: Any) -> Found:
    reading = read(Execution(argv=words, **more))
    assert reading is not None
    return [(s.vector, s.text if s.text is not None else s.path or s.url) for s in reading.snippets]


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ("trace -r -f /dev/stdin", "pipe", [("descriptor", None)]),
        ("trace -c --file=/dev/fd/0 s.py", "pipe", [("descriptor", None)]),
        ("trace -c -f counts s.py", "pipe", []),
        ("pydoc /dev/stdin", "file", [("descriptor", None)]),
        ("pydoc /dev/stdin", "pipe", []),
        ("mailcap text/plain x", "pipe", [("descriptor", None)]),
        ("mailcap", "pipe", []),
    ],
)
def test_modules_that_run_a_file_besides_the_program(words: str, stdin: str, expected: Found) -> None:
    found = snippets("python3.11", "-m", *words.split(), stdin=stdin, env={"MAILCAPS": "x:/dev/stdin"})
    assert found == expected


def test_asyncio_reads_pythonstartup_from_3_13_on() -> None:
    env = {"PYTHONSTARTUP": "/tmp/start.py"}
    assert snippets("python3.13", "-m", "asyncio", stdin="null", env=env) == [("environment", "/tmp/start.py")]
    assert snippets("python3.12", "-m", "asyncio", stdin="null", env=env) == []
    assert snippets("python3.13", "-I", "-m", "asyncio", stdin="null", env=env) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-MO=Deparse;A()", "-e", "B"], [("module-option", "O=Deparse;A()")]),
        (["-MO=-q,Deparse,-x7", "-e", "B"], []),
        (["-mO=Deparse", "-e", "B"], []),
        (["-MO qw(Deparse)", "-e", "B"], []),
        (["-d", "-MO=Deparse", "-Mx", "-e", "B"], []),
        (["-d", "-Mx", "-MO=Deparse", "-e", "B"], [("stdin", None)]),  # where x fails, the debugger reads commands
        (["-dc", "-Mx", "-MO=Deparse", "-e", "B"], []),
        (["-I.", "-MO=Deparse", "-e", "B"], [("argument", "B")]),  # another O may lie there
        (["-Mautouse=F,b($){};A();sub($)", "-e", "B"], [("module-option", "autouse=F,b($){};A();sub($)"), ("argument", "B")]),
        (["-Mautouse=F,b($$)", "-e", "B"], [("argument", "B")]),
        (["-e", "while(<>){}", "cmd|"], [("argument", "while(<>){}"), ("argument", "cmd")]),
        (["-e", "print<ARGV>", "--", "| cmd"], [("argument", "print<ARGV>"), ("argument", " cmd")]),
        (["-e", "print <<>>", "cmd|"], [("argument", "print <<>>")]),
        (["-ne", "1", "<cmd|"], [("argument", "1")]),
    ],
)  # fmt: skip
def test_perl_evaluates_what_some_imports_and_operands_hold(words: list[str], expected: Found) -> None:
    assert snippets("perl", *words, stdin="pipe") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('LineInfo="|cmd" NonStop', [("environment", "cmd")]),
        ("N L='|cmd a'", [("environment", "cmd a")]),
        ("lineinfo=|cmd", [("environment", "cmd"), ("stdin", None)]),
        ("LineInfo(|cmd a) N", [("environment", "cmd a")]),
        ("LineInfo=db.out NonStop=1", []),
        ("NonStop=1 L='|cmd'", []),  # the quoted value is taken for the first option's
        ("RemotePort=h:1", [("url", "h:1")]),
        ("x='|cmd'", [("stdin", None)]),
        ("TTY=/dev/fd/7", [("descriptor", None)]),
    ],
)
def test_perls_debugger_reads_its_options(options: str, expected: Found) -> None:
    found = snippets("perl", "-d", "x.pl", stdin="pipe", env={"PERLDB_OPTS": options})
    assert found == expected


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ("perl /usr/bin/json_pp -f eval", "pipe", [("stdin", None)]),
        ("json_pp --f=eval", "pipe", [("stdin", None)]),
        ("json_pp -f eval -f json", "pipe", []),
        ("json_pp -v -f eval", "pipe", []),
        ("prove -v /dev/stdin", "file", [("descriptor", None)]),
        ("prove /dev/stdin", "pipe", []),
        ("prove --exec cat /dev/stdin", "file", []),
        ("xsubpp -prototypes /dev/stdin", "pipe", [("descriptor", None)]),
        ("xsubpp /dev/stdin -output x.c", "file", [("descriptor", None)]),
        ("perl -U -T -ne 1 x|", "null", [("argument", "1"), ("argument", "x")]),
        ("perl -T -ne 1 x|", "null", [("argument", "1")]),
        ("ruby /usr/bin/erb -T -", "pipe", [("stdin", None)]),
        ("erb -x", "pipe", []),
        ("erb -T1", "pipe", []),
        ("erb x=1 -", "pipe", [("stdin", None)]),
        ("erb page.erb /dev/fd/0", "pipe", [("descriptor", None)]),
        ("gem build /dev/stdin", "file", [("descriptor", None)]),
        ("gem build /dev/stdin", "pipe", []),
        ("gem install -g /dev/stdin", "pipe", [("descriptor", None)]),
        ("gem list /dev/stdin", "file", []),
        ("rdbg -e A s.rb", "pipe", [("argument", "A"), ("stdin", None)]),
        ("rdbg -e A -e c -- -e B", "pipe", [("argument", "B"), ("argument", "A"), ("argument", "c")]),
        ("rdbg -n -e A s.rb", "pipe", []),
        ("bundle install --gemfile=/dev/stdin", "file", [("descriptor", None)]),
        ("ruby -rdebug/start s.rb", "pipe", [("stdin", None)]),
        ("ruby s.rb", "pipe", []),
    ],
)
def test_tools_that_evaluate(words: str, stdin: str, expected: Found) -> None:
    assert snippets(*words.split(), stdin=stdin) == expected


def test_variables_of_rubys_libraries() -> None:
    assert snippets("irb", stdin="null", env={"IRBRC": "/dev/fd/9"}) == [("descriptor", None)]
    assert snippets("irb", "-f", stdin="null", env={"IRBRC": "/dev/fd/9"}) == []
    env = {"RUBYOPT": "-rdebug/start", "RUBY_DEBUG_COMMANDS": "p A;;c"}
    assert snippets("ruby", "s.rb", stdin="pipe", env=env) == [("environment", "p A;;c")]
    env = {"RUBYOPT": "-rbundler/setup", "BUNDLE_GEMFILE": "/dev/stdin"}
    assert snippets("ruby", "s.rb", stdin="file", env=env) == [("descriptor", None)]
    assert snippets("bundle", "list", stdin="file", env={"BUNDLE_GEMFILE": "/dev/stdin"}) == [("descriptor", None)]
    assert snippets("bundle", "config", stdin="file", env={"BUNDLE_GEMFILE": "/dev/stdin"}) == []
    assert snippets("ruby", "/usr/bin/rake", stdin="file", env={"RUBYGEMS_GEMDEPS": "/dev/stdin"}) == [
        ("descriptor", None)
    ]


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ("--env-file=/dev/stdin -e 1", "pipe", [("descriptor", None), ("argument", "1")]),
        ("s.js --env-file /dev/stdin", "pipe", [("descriptor", None)]),
        ("s.js -- --env-file=/dev/stdin", "pipe", []),
        ("--watch /dev/stdin", "file", [("descriptor", None)]),
        ("--watch s.js", "file", []),
        ("--test --test-isolation=none /dev/stdin", "file", [("descriptor", None)]),
        ("--test /dev/stdin", "file", []),
    ],
)
def test_node_looks_for_environment_files_everywhere(words: str, stdin: str, expected: Found) -> None:
    assert snippets("node", *words.split(), stdin=stdin) == expected


def test_php_finds_relative_names_in_include_path_and_mails_by_a_command() -> None:
    words = ("-d", "include_path=/x:/dev/fd", "-d", "auto_prepend_file=0", "f.php")
    assert snippets("php", *words, stdin="file") == [("descriptor", None)]
    assert snippets("php", *words, stdin="pipe") == []
    mail = "mail('a','b','c');"
    assert snippets("php", "-d", "sendmail_path=cmd x", "-r", mail) == [("argument", mail), ("argument", "cmd x")]
    assert snippets("php", "-d", "sendmail_path=cmd x", "-r", "1;") == [("argument", "1;")]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (". /dev/stdin", [("descriptor", None)]),
        ("if x; then source '/dev/fd/0'; fi", [("descriptor", None)]),
        ("echo . /dev/stdin", []),
        ('eval "$1"', [("argument", "A")]),
        ("eval $EV ${NO}", [("environment", "B")]),
        ("eval '$EV'", []),
        ('eval "$@"', [("argument", "A"), ("argument", "C")]),
        ('eval "$(cat)"', [("stdin", None)]),
        ("read -r l; eval $l", [("stdin", None)]),
        ("echo $1 $EV", []),
    ],
)
def test_a_shells_command_brings_text_in(command: str, expected: Found) -> None:
    words = ("dash", "-c", command, "x", "A", "C")
    assert snippets(*words, stdin="pipe", env={"EV": "B"}) == [("argument", command), *expected]


def test_another_processs_descriptor_is_not_this_ones_stdin() -> None:
    assert snippets("python3", "/proc/4711/fd/0", stdin="null") == [("descriptor", None)]
    assert snippets("python3", "/proc/self/fd/0", stdin="null") == []
