"""The command lines of OCaml, Octave, Erlang and Elixir."""

from __future__ import annotations

import random
import re
from typing import ClassVar

from tests.oracle.harness import Marks, which
from tests.oracle.tables import TableGrammar

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
    )

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
    )

    def programs(self) -> list[str]:
        """Return octave-cli."""
        return which("octave-cli")


class ErlGrammar(TableGrammar):
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
        ("-run", "os", "cmd", "echo {n}>>$FC_MARK;"), ("+B",), ("--", "x"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "ERL_AFLAGS": ("-eval '{code}'", "-noinput"),
        "ERL_FLAGS": ("-noshell",),
    }

    def programs(self) -> list[str]:
        """Return erl."""
        return which("erl")

    def _tail(self, rng: random.Random, marks: Marks) -> list[str]:
        del marks
        return [*rng.choice(([], [], ["x"], [self.script])), "-eval", "timer:sleep(1500),halt()."]


class ElixirGrammar(TableGrammar):
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
        "--logger-otp-reports", "--logger-sasl-reports", "--app", "--dot-iex", "--no-pry", "-S",
    })  # fmt: skip
    values = ("none.exs",)
    more = (
        ("-e", "{code}"),
        ("--eval", "{code}"),
        ("-r", "script.exs"),
        ("--erl", "-noinput"),
        ("-e{code}",),
        ("--", "-e", "{code}"),
    )

    def programs(self) -> list[str]:
        """Return elixir."""
        return which("elixir")
