"""More hosts: dc, m4 and rake, on which text starts a command or runs Ruby; and the smaller shells."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import ClassVar

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import Case, Marks


class _Fed(_Hosts):
    """A host that reads stdin too, and reports only text that starts a command."""

    tells_stdin = True
    share = 0.1
    fed: tuple[str, ...] = ("!{code}",)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Give text on stdin."""
        case = super().case(rng, marks, program)
        case.stdin = rng.choice(("pipe", "file", "null"))
        case.stdin_text = (
            "" if case.stdin == "null" else re.sub(r"\{code\}", lambda _: marks(), rng.choice(self.fed)) + "\n"
        )
        return case


class Dc(_Fed):
    """dc."""

    id = "dc"
    commands = ("dc",)
    fed = (
        "!{code}",
        "1 p",
        "[!{code}\n]x",
        "# !{code}",
        "[#] !{code}",
        "1 2 !=a",
        "! {code}",
        "5 !<a\n!{code}",
        "q\n",
        "[a]p!{code}",
    )
    _some = (
        ("-e", "!{code}"), ("-e!{code}",), ("--expression=!{code}",), ("--expr", "!{code}"), ("-e", "1 2+p"), ("-e", "# !{code}"), ("-e", "5 !<a"), ("-V",),
        ("-e", "[x]p !{code}"), ("f.dc",), ("-f", "f.dc"), ("-e", "[#]p !{code}"), ("-e", "[!{code}\n]x"), ("-e", "?"), ("-e", "[?]x"), ("-e", "# ?"), ("-",),
        ("/dev/stdin",), ("-f", "-"), ("-f/dev/fd/0",), ("--file=/dev/stdin",), ("--",), ("-e",), ("-x",), ("-h",), ("none.dc",), ("-e", "! {code}"), ("-e", "[a[b#]c]p\n!{code}"),
        ("--he",), ("-eq",), ("-fnone",), ("-e", "!{code}\n!{code}"), ("-e", "1\\!{code}"),
    )  # fmt: skip
    lines = (_some, ((), *_some), ((), *_some))
    files = {"f.dc": "1 p\n"}  # noqa: RUF012 - never changed


class M4(_Fed):
    """m4."""

    id = "m4"
    commands = ("m4",)
    fed = (
        "syscmd({code})",
        "y x",
        "esyscmd(`{code}')",
        "dnl syscmd",
        "builtin(`syscmd', `{code}')",
        "indir(`sys'`cmd', `{code}')",
        "m4_syscmd({code})",
        "x(`{code}')",
    )
    lines = (
        (
            ("-Dx=syscmd({code})",), ("-D", "x=esyscmd({code})"), ("--define=x=syscmd({code})",), ("-Dy=z",), ("-P",), ("--version",), (), (), ("-Dx=syscmd($@)",), ("-s",), ("-i",),
            ("-Dx=builtin(`sys'`cmd',`{code}')",), ("-D", "x=indir(`sys'`cmd', `{code}')"), ("--def", "x=syscmd({code})"), ("-Ux", "-Dx=syscmd({code})"), ("-G",), ("-tx",), ("-I.",),
            ("-PDx=m4_syscmd({code})",), ("-gDx=syscmd({code})",), ("-d",), ("-E",), ("--",), ("-Dx",),
        ),
        (
            ("f.m4",), ("f.m4", "-Dx=syscmd({code})"), ("none.m4",), ("-",), ("/dev/stdin",), (), ("f.m4", "-"), ("-Dx=syscmd({code})", "/dev/fd/0"), ("-Dx=syscmd({code})",),
            ("-Dx=syscmd({code})", "f.m4"),
        ),
    )  # fmt: skip
    files = {"f.m4": "x y\n"}  # noqa: RUF012 - never changed
    template = "echo {n} >>$FC_MARK"

    def woken(self, case: Case) -> Case:
        """Have every text use what is defined."""
        return replace(case, stdin="pipe", stdin_text=f"x\n{case.stdin_text}", files={**case.files, "none.m4": "x"})


class Rake(Small):
    """rake."""

    id = "rake"
    template = 'system("echo {n} >>$FC_MARK")'
    script = "Rakefile"
    share = 0.05
    never = frozenset(
        {
            "-r",
            "--require",
            "-f",
            "--rakefile",
            "-C",
            "--directory",
            "-I",
            "-R",
            "--libdir",
            "--rakelibdir",
            "--rakelib",
        }
    )
    values = ("none",)
    more = (
        ("-e", "{code}"),
        ("-p", "{code}"),
        ("-E", "{code}"),
        ("-e{code}",),
        ("--execute={code}",),
        ("--execute-p", "{code}"),
        ("-q",),
        ("-n",),
        ("-T",),
        ("-v", "-t"),
        ("-V",),
        ("-Ee", "{code}"),
        ("-j", "2"),
        ("-m",),
        ("x",),
    )
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "RAKEOPT": ("-q", "-e '{code}'", "-E '{code}' -n", "--execute-print='{code}'", "-V", "-E'{code}'"),
    }


class SmallShell(Small):
    """A small shell."""

    template = "echo {n} >>$FC_MARK"
    more = (("-c", "{code}"), ("-c", "{code}", "x"), ("-e",), ("script.sh",), ("-x",), ("-ec", "{code}"), ("-c{code}",))
    script = "script.sh"

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return self._words(rng, marks)


class Yash(SmallShell):
    """yash."""

    id = "yash"


class Posh(SmallShell):
    """posh."""

    id = "posh"


class Rc(SmallShell):
    """rc."""

    id = "rc"


class Elvish(SmallShell):
    """elvish."""

    id = "elvish"
    template = "echo {n} >>$E:FC_MARK"
    share = 0.05
