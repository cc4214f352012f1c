"""The programs that come with perl and ruby and that run text, started by their own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.grammars import perl, ruby
from tests.oracle.harness import Case, Grammar, Marks, which

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


class _Tool(Grammar):
    """A script with a line of its interpreter in front: the tool's words begin behind its name."""

    share = 0.1
    commands: tuple[str, ...] = ()
    make: Callable[[Case, random.Random, Marks, str], None]

    def programs(self) -> list[str]:
        """Return the program."""
        return which(*self.commands)[:1]

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make the interpreter's line, and keep what is the tool's."""
        del program
        case = Case([self.id])
        type(self).make(case, rng, marks, self.id)
        at = next(index for index, word in enumerate(case.argv) if word.startswith("/usr/bin/"))
        case.argv = [self.id, *case.argv[at + 1 :]]
        return case


class _OfPerl(_Tool):
    """Its text is Perl."""

    template = perl.BODY
    refusal = perl.Perl.refusal
    make = staticmethod(perl.tool)

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Also give a script."""
        case = super().case(rng, marks, program)
        case.files = {"script.pl": marks() + "\n"}
        return case


class JsonPp(_OfPerl):
    """json_pp."""

    id = "json_pp"
    commands = ("json_pp",)


class Prove(_OfPerl):
    """prove."""

    id = "prove"
    commands = ("prove",)


class Xsubpp(_OfPerl):
    """xsubpp."""

    id = "xsubpp"
    commands = ("xsubpp",)


class _OfRuby(_Tool):
    """Its text is Ruby."""

    template = ruby.BODY
    refusal = ruby.Ruby.refusal
    make = staticmethod(ruby.tool)


class Erb(_OfRuby):
    """erb."""

    id = "erb"
    commands = ("erb",)


class Gem(_OfRuby):
    """gem."""

    id = "gem"
    commands = ("gem",)


class Rdbg(_OfRuby):
    """rdbg."""

    id = "rdbg"
    commands = ("rdbg", "rdbg3.1")
