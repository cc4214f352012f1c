"""The command lines of OCaml, Octave, Erlang and Elixir."""

from __future__ import annotations

import random
import re
from typing import ClassVar

from tests.oracle.harness import Marks, which
from tests.oracle.tables import TableGrammar

PLAIN = r'file:write_file(os:getenv("FC_MARK"),"{n}\n",[append]).'
"""Erlang in which no blank stands."""
ESCAPED = PLAIN.replace("\\", r"\\").replace('"', r"\"")
"""The same for a variable that the emulator reads."""
ERROR = re.compile(
    r"(?i)usage|error|unknown|unrecognized|invalid|ambiguous|requires|cannot|no such|not found|missing|no file|crash|could ?n.t|"
    r"exception|"
    r"expects"
)


class OcamlGrammar(TableGrammar):
    """ocaml."""

    id = "ocaml"
    template = (
        "let () = let c = open_out_gen [Open_append; Open_creat] 0o644 "
        '(Sys.getenv "FC_MARK") in output_string c "{n}\\n"; close_out c;;'
    )
    script = "script.ml"
    share = 0.4
    refusal = ERROR
    never = frozenset({"-e", "-ppx", "-args", "-args0", "-color", "-error-style", "-nopervasives", "-nostdlib"})
    values = ("none.ml",)
    more = (
        ("-stdin",),
        ("-stdin",),
        ("-init", "script.ml"),
        ("-w", "a"),
        ("-", "script.ml"),
        ("-I", "."),
        ("-noinit",),
        ("-open", "List"),
        ("-init", "/dev/stdin"),
        ("-noprompt",),
        ("-version",),
        ("-warn-help",),
        ("-unsafe", "-short-paths"),
        ("-=x",),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"OCAMLRUNPARAM": ("b", "s=64k"), "OCAML_COLOR": ("never",)}

    def programs(self) -> list[str]:
        """Return ocaml."""
        return which("ocaml")


class OctaveGrammar(TableGrammar):
    """octave-cli."""

    id = "octave"
    template = 'fid=fopen(getenv("FC_MARK"),"a");fprintf(fid,"{n}\\n");fclose(fid);'
    script = "script.m"
    share = 0.2
    refusal = ERROR
    never = frozenset({
        "-d", "--debug", "--gui", "--server", "--experimental-terminal-widget", "-p", "--path", "--image-path",
        "--exec-path", "--no-init-path",
        "--texi-macros-file", "--force-gui", "--braindead", "--debug-jit", "--jit-compiler", "--no-fork",
    })  # fmt: skip
    values = ("none.m",)
    more = (
        ("--eval", "{code}"),
        ("--eval={code}",),
        ("--ev", "{code}"),
        ("--persist",),
        ("-q",),
        ("-i",),
        ("-qf", "--eval", "{code}"),
        ("-W",),
        ("--norc",),
        ("--no-site-file",),
        ("--no-init-file",),
        ("--traditional",),
        ("-x",),
        ("--no-history",),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "OCTAVE_SITE_INITFILE": ("script.m", "/dev/stdin"),
        "OCTAVE_VERSION_INITFILE": ("script.m",),
        "OCTAVE_INITFILE": ("script.m", "/dev/fd/0"),
        "OCTAVE_PATH": (".",),
    }

    def programs(self) -> list[str]:
        """Return octave-cli."""
        return which("octave-cli")


class _Erlang(TableGrammar):
    """What runs on the emulator: ``{plain}`` and ``{escaped}`` stand for Erlang without a blank."""

    def _filled(self, word: str, rng: random.Random, marks: Marks) -> str:
        for name, text in (("{plain}", PLAIN), ("{escaped}", ESCAPED)):
            if name in word:
                return word.replace(name, marks(text))
        return super()._filled(word, rng, marks)


class ErlGrammar(_Erlang):
    """erl."""

    id = "erl"
    template = 'file:write_file(os:getenv("FC_MARK"),"{n}\\n",[append]).'
    script = "script.erl"
    share = 0.2
    soup = 0.0
    refusal = ERROR
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "file")
    more = (
        ("-noshell",), ("-noinput",), ("-eval", "{code}"), ("-eval", "{code}"), ("-noshell", "-eval", "{code}"),
        ("-run", "os", "cmd", "echo {n}>>$FC_MARK;"), ("+B",), ("--", "x"), ("-s", "os", "cmd", "x"), ("-hidden",), ("-pa", "."), ("-config", "none"),
        ("-eval", "ok,", "{code}"), ("+P", "2000"), ("-env", "A", "b"), ("-extra", "-eval", "{code}"), ("-args_file", "none"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "ERL_AFLAGS": ("-eval '{code}'", "-noinput"),
        "ERL_FLAGS": ("-noshell", "-noinput -eval {escaped}"),
        "ERL_ZFLAGS": ("-eval {escaped}", "+B"),
        "ERL_OTP25_FLAGS": ("-eval '{code}'",),
    }

    def programs(self) -> list[str]:
        """Return erl."""
        return which("erl")

    def _tail(self, rng: random.Random, marks: Marks) -> list[str]:
        del marks
        return [*rng.choice(([], [], ["x"], [self.script])), "-eval", "spawn(fun()->timer:sleep(2500),halt()end)."]


class ElixirGrammar(_Erlang):
    """elixir."""

    id = "elixir"
    template = 'File.write!(System.get_env("FC_MARK"), "{n}\\n", [:append])'
    script = "script.exs"
    share = 0.2
    refusal = ERROR
    soup = 0.1
    stdins: ClassVar[tuple[str, ...]] = ("pipe", "file", "null")
    never = frozenset({
        "--no-halt", "--cookie", "--name", "--sname", "--boot", "--vm-args", "--remsh", "--erl-config", "--hidden",
        "--werl", "+iex", "--erl",
        "--logger-otp-reports", "--logger-sasl-reports", "--app", "--dot-iex", "--no-pry", "-S", "--rpc-eval", "--boot-var", "--pipe-to", "+elixirc",
    })  # fmt: skip
    values = ("none.exs",)
    more = (
        ("-e", "{code}"),
        ("--eval", "{code}"),
        ("-r", "script.exs"),
        ("--erl", "-noinput"),
        ("-e{code}",),
        ("--", "-e", "{code}"),
        ("--erl", "-eval {plain}"),
        ("--erl", "-noinput -eval {plain}"),
        ("-pa", "."),
        ("-x", "{code}"),
        ("-pr", "script.exs"),
        ("-r", "/dev/stdin"),
        ("--eval={code}",),
        ("--short-version",),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "ELIXIR_ERL_OPTIONS": ("-eval {plain}", "-noinput", "-hidden"),
        "ERL_FLAGS": ("-eval {escaped}",),
        "ERL_AFLAGS": ("-eval {escaped}",),
        "ERL_ZFLAGS": ("-hidden",),
    }

    def programs(self) -> list[str]:
        """Return elixir."""
        return which("elixir")
