"""Guile, SBCL, Racket, OCaml, Octave, Julia, Erlang, Elixir, Groovy, Scala and jshell, case by case."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

Found = list[tuple[str, str | None]]
STDIN: Found = [("stdin", None)]
BEAM = ("beam.smp", "--", "-root", "/usr/lib/erlang", "-noshell", "-s", "elixir", "start_cli", "-elixir", "x", "-extra")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("guile", "-c", "A", "-c", "B"), [("argument", "A")]),  # -c ends the options
        (("guile", "-q"), STDIN),
        (("guile", "--", "f"), STDIN),
        (("guile", "-s", "f", "-c", "A"), []),
        (("guile", "-e", "main", "f"), []),
        (("guile", "-e", "(system A)", "f"), []),  # a list of symbols names a module
        (("guile", "-e", '(system "A")', "f"), [("argument", '(system "A")')]),
        (("sbcl", "--eval", "A", "--eval", "B", "--quit"), [("argument", "A"), ("argument", "B")]),
        (("sbcl", "--eval", "A"), [("argument", "A"), ("stdin", None)]),
        (("sbcl", "--script"), STDIN),
        (("sbcl", "--script", "f", "--eval", "A"), []),
        (("sbcl", "--unknown", "--eval", "A"), STDIN),  # the user's words begin there
        (("racket", "-e", "A"), [("argument", "A")]),
        (("racket", "-fe", "f", "A"), [("argument", "A")]),  # letters share the words that follow
        (("racket", "-eA"), []),
        (("racket",), STDIN),
        (("racket", "f", "-e", "A"), []),
        (("racket", "-v"), []),
        (("ocaml", "-e", "A"), [("argument", "A")]),
        (("ocaml", "-ppx", "A", "f.ml"), [("argument", "A")]),
        (("ocaml", "a.cma", "f.ml"), []),
        (("ocaml", "a.cma"), STDIN),
        (("ocaml", ""), STDIN),
        (("ocaml", "-=f.ml"), []),
        (("ocaml", "-", ""), STDIN),
        (("ocaml", "-", "f.ml"), []),
        (("octave", "--eval", "A"), [("argument", "A")]),
        (("octave-cli", "-q", "--ev=A", "--persist"), [("argument", "A"), ("stdin", None)]),
        (("octave", "f.m", "--eval"), []),
        (("octave", "--eval", ""), STDIN),
        (("julia", "-e", "A", "-E", "B"), [("argument", "A"), ("argument", "B")]),
        (("julia", "-O3", "--eval=A"), [("argument", "A")]),
        (("julia", "--project=x"), STDIN),
        (("julia", "f", "-e", "A"), []),
        (("erl", "-noshell", "-eval", "A", "B", "-s", "init", "stop"), [("argument", "A B")]),
        (("erl", "-noinput", "-run", "os", "cmd", "id"), [("runner", "id")]),
        (("erl",), STDIN),
        (("erl", "-noshell", "-extra", "-eval", "A"), []),
        ((*BEAM, "-e", "A", "f"), [("argument", "A")]),
        ((*BEAM, "f", "-e", "A"), []),
        ((*BEAM, "+iex"), STDIN),
        (("elixir", "-e", "A", "--eval", "B"), [("argument", "A"), ("argument", "B")]),
        (("elixir", "f.exs", "-e", "A"), []),
        (("iex",), STDIN),
        (("escript", "f", "-e", "A"), []),
        (("escript", "/dev/stdin"), [("descriptor", None)]),
        (("groovy", "-e", "A", "-e", "B"), [("argument", "A")]),  # the first one
        (("groovy", "f.groovy", "-e", "A"), []),
        (("groovy",), []),
        (("groovysh", "-e", "A"), [("argument", "A"), ("stdin", None)]),
        (("groovysh", "f.groovy", "-e", "A"), [("argument", "A"), ("stdin", None)]),
        (("scala", "-nc", "-e", "A"), [("argument", "A")]),
        (("scala",), STDIN),
        (("jshell", "-"), STDIN),
        (("jshell", "-s"), STDIN),
        (("jshell", "f.jsh"), STDIN),  # behind the file
        (("jshell", "--version"), []),
    ],
)
def test_lines(words: tuple[str, ...], expected: Found) -> None:
    reading = read(Execution(argv=words, stdin="pipe"))
    assert reading is not None
    assert [(s.vector, s.text) for s in reading.snippets] == expected


def test_flags_of_the_emulator_in_variables() -> None:
    reading = read(Execution(argv=("erl", "-noinput"), env={"ERL_AFLAGS": "-kernel x 'y z' -eval 'io:put(\"a b\").'"}))
    assert reading is not None
    found = [(s.vector, s.text, s.variable) for s in reading.snippets]
    assert found == [("environment", 'io:put("a b").', "ERL_AFLAGS")]


def test_an_unquoted_variable_without_end_takes_no_time() -> None:
    reading = read(Execution(argv=("erl", "-noinput"), env={"ERL_FLAGS": "'" * 99_999 + '"' * 99_999 + "\\" * 99_999}))
    assert reading is not None
    assert reading.snippets == []


def test_the_place_of_a_command_for_os_cmd() -> None:
    reading = read(Execution(argv=("erl", "-noinput", "-run", "os", "cmd", "id", "-u")))
    assert reading is not None
    (snippet,) = reading.snippets
    assert (snippet.language, snippet.argv_index, snippet.option) == ("shell", 5, "-run")


@pytest.mark.parametrize(
    "program", ["lua", "tclsh", "expect", "guile", "sbcl", "racket", "ocaml", "octave", "erl", "iex", "jshell"]
)
def test_a_session_at_a_terminal_is_no_detection(program: str) -> None:
    reading = read(Execution(argv=(program,), stdin="tty"))
    assert reading is not None
    assert (reading.snippets, reading.outcome) == ([], "interactive")


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        (("rake", "-E", "B"), {"RAKEOPT": "-E 'a b' -n"}, [("environment", "a b"), ("argument", "B")]),
        (("rake", "-e", "B"), {"RAKEOPT": "-e A"}, [("environment", "A")]),  # rake ends behind it
        (("rake", "-e", "B"), {"RAKEOPT": "'"}, [("argument", "B")]),
        (("rake", "-T", "-e", "A"), {}, [("argument", "A")]),  # what begins with a dash is no value that may be missing
        (("csi", "-b"), {"CSI_OPTIONS": "-e (go)"}, [("environment", "(go)")]),
        (("csi", "-s", "f.scm"), {"CSI_OPTIONS": "-e (go)"}, []),
        (("csi", "--", "f.scm"), {}, STDIN),
        (("octave", "f.m"), {"OCTAVE_SITE_INITFILE": "/tmp/x.m"}, [("environment", None)]),
        (("octave", "-f", "f.m"), {"OCTAVE_SITE_INITFILE": "/tmp/x.m"}, []),
        (("octave", "--no-init-file", "f.m"), {"OCTAVE_INITFILE": "/tmp/x.m"}, []),
        (("pike", "f.pike"), {"PIKE_MASTER": "/tmp/m.pike"}, [("environment", None)]),
        (("elixir", "f.exs"), {"ELIXIR_ERL_OPTIONS": "-noinput -eval go()."}, [("environment", "go().")]),
        (
            ("erl", "-noinput"),
            {"ERL_OTP27_FLAGS": "-eval go().", "ERL_ZFLAGS": "-eval b()."},
            [("environment", "go()."), ("environment", "b().")],
        ),
        (("elixir", "f.exs"), {"ERL_AFLAGS": "-eval 'go(), ok.'"}, [("environment", "go(), ok.")]),
        (("elixir", "f.exs"), {"ERL_FLAGS": "-eval go()."}, []),  # not reached: Elixir has ended by then
        (("elixir", "--no-halt", "f.exs"), {"ERL_FLAGS": "-eval go()."}, [("environment", "go().")]),
        (("elixir", "--erl", "-eval go().", "f.exs"), {}, []),
        (("iex", "--erl", "-eval go()."), {}, [("stdin", None), ("argument", "go().")]),
        (("elixir", "f.exs", "--erl", "-eval go()."), {}, []),
        (("elixir", "-", "-=x", "/dev/stdin"), {}, [("descriptor", None)]),  # what is not known is passed over
        (("elixir", "-e", "A", "-x", "-e", "B"), {}, [("argument", "A")]),  # but behind a text
        (("elixir", "--rpc-eval", "node", "A"), {}, [("argument", "A")]),
        (("elixir", "--", "f.exs"), {}, []),
        (("elixir", "--rpc-eval", "node", "A", "/dev/stdin"), {}, [("argument", "A"), ("descriptor", None)]),
        (("elixir", "--help", "-e", "A"), {"ERL_AFLAGS": "-eval go()."}, [("environment", "go().")]),
        (("elixir", "--help"), {}, []),
        (("ecl", "-h", "--foo", "--eval", "A", "--eval", "(quit)"), {}, [("argument", "A"), ("argument", "(quit)")]),
        (("ecl", "--version", "--eval", "A"), {}, [("argument", "A")]),
        (("ecl", "--eval", "A", "--help", "--eval", "B"), {}, [("argument", "A")]),
        (("ecl", "--eval", "A"), {}, [("argument", "A"), ("stdin", None)]),
        (("ecl", "f.lisp"), {}, STDIN),
        (("ecl", "--shell", "f.lisp"), {}, []),
        (("nim", "--EVAL:A"), {}, [("argument", "A")]),
        (("nim", "--e_va_l=A", "secret"), {}, [("argument", "A")]),
        (("nim", "secret", "--eval:A"), {}, STDIN),
        (("raku", "-eA", "--version"), {}, []),
        (("raku", "-e", "A", "--version"), {}, [("argument", "A")]),  # in a word of its own it ends the options
        (("raku", "-eA", "-e", "B"), {}, []),
        (("raku", "--target=parse", "-e", "A"), {}, []),
        (("rc", "-s", "x"), {}, STDIN),
        (("newlisp", "-h1"), {}, STDIN),
        (("clisp", "-Lenglish"), {}, STDIN),
        (("clisp", "-i"), {}, STDIN),
        (("clisp", "-repl", "f.lisp"), {}, STDIN),
        (("clisp", "f.lisp"), {}, []),
        (("gjs", "--profile", "file"), {}, STDIN),
        (("gjs", "--profile", "-c", "A"), {}, [("argument", "A")]),
        (("newlisp", "-h"), {}, []),
        (("swipl", "-d", "1"), {}, STDIN),
        (("elvish", "-compileonly"), {}, STDIN),  # no text, so a session
        (("elvish", "-compileonly", "-c", "A"), {}, []),
        (("m4", "--nesting-limit", "1", "-Dx=syscmd(A)", "f"), {}, [("argument", "x=syscmd(A)")]),
        (("zip", "-sp", "--tes", "-TT", "A", "a.zip", "f"), {}, [("argument", "A")]),
        (("zip", "--before-date", "-T", "-TT", "A", "a.zip", "f"), {}, []),
        (("raku", "--encoding", "utf8", "-e", "A"), {}, [("argument", "A")]),
        (("raku", "--profile-kind=x", "--tracing", "-e", "A"), {}, [("argument", "A")]),
        (("raku", "--profile-compile", "-e", "A"), {}, [("argument", "A")]),
        (("ninja", "-f", "x", "-f", "/dev/stdin"), {}, [("descriptor", None)]),  # the last file counts
        (("ninja", "-f", "/dev/stdin", "-f", "x"), {}, []),
        (("ocaml", "-init", "/dev/stdin", "f.ml"), {}, []),  # of a session only
        (("pike", "--info", "-e", "A"), {}, [("argument", "A")]),
        (("pike", "--info", "f.pike"), {}, []),
        (("pike", "/dev/stdin"), {}, []),  # a pipe is no regular file
        (("R", "--interactive", "--no-save", "-e", "A"), {}, STDIN),
        (("R", "--no-save", "-e", "A", "--interactive", "-e", "B"), {}, [("argument", "A")]),
        (("Rscript", "--interactive", "f.R"), {}, STDIN),
        (("Rscript", "--help=1", "/dev/stdin"), {}, [("descriptor", None)]),  # R warns of them, and goes on
        (("R", "--args=1", "--no-save"), {}, STDIN),
        (("R", "--file", "1", "--no-save"), {}, STDIN),
        (("R", "--debugger-args", "--no-save"), {}, STDIN),
        (
            ("gawk", "-f", "/proc/self/cmdline", "BEGIN{print>1}"),
            {},
            [("memory", "gawk\0-f\0/proc/self/cmdline\0BEGIN{print>1}\0")],
        ),
    ],
)
def test_variables_and_odd_words(words: tuple[str, ...], env: dict[str, str], expected: Found) -> None:
    reading = read(Execution(argv=words, stdin="pipe", env=env))
    assert reading is not None
    assert [(s.vector, s.text) for s in reading.snippets] == expected
