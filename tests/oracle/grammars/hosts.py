"""More hosts: dc, m4 and rake, on which text starts a command or runs Ruby; and the smaller shells."""

from __future__ import annotations

import random

from tests.oracle.grammars.embedded import _Hosts
from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import Marks


class Dc(_Hosts):
    """dc."""

    id = "dc"
    commands = ("dc",)
    _some = (
        ("-e", "!{code}"), ("-e!{code}",), ("--expression=!{code}",), ("--expr", "!{code}"), ("-e", "1 2+p"), ("-e", "# !{code}"), ("-e", "5 !<a"), ("-V",),
        ("-e", "[x]p !{code}"), ("f.dc",), ("-f", "f.dc"),
    )  # fmt: skip
    lines = (_some, ((), *_some))
    files = {"f.dc": "1 p\n"}  # noqa: RUF012 - never changed


class M4(_Hosts):
    """m4."""

    id = "m4"
    commands = ("m4",)
    lines = (
        (("-Dx=syscmd({code})",), ("-D", "x=esyscmd({code})"), ("--define=x=syscmd({code})",), ("-Dy=z",), ("-P",), ("--version",), ()),
        (("f.m4",), ("f.m4", "-Dx=syscmd({code})"), ("none.m4",)),
    )  # fmt: skip
    files = {"f.m4": "x y\n"}  # noqa: RUF012 - never changed
    template = "echo {n} >>$FC_MARK"


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
    )


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
