"""Word expansion (POSIX XCU 2.6; bash manual 3.5): from a word to the fields that a program is given.

Pathname expansion is left out (no directory is looked at), and so is tilde expansion: both stay as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flycatcher.core.shell.expand import arithmetic as arith
from flycatcher.core.shell.expand.braces import expand_braces
from flycatcher.core.shell.expand.parameters import parameter
from flycatcher.core.shell.expand.zsh import separate, shaped
from flycatcher.core.shell.syntax.nodes import Arith, Lit, Param, Part, Proc, Script, Sub, Word
from flycatcher.core.unknown import LIKELY, UNKNOWN, bounded, strip_marks

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.collector import Collector
    from flycatcher.core.shell.interp.state import State

GLOB = frozenset("*?[]\\")


class Host(Protocol):
    """What expansion needs from the machine."""

    state: State
    collector: Collector

    def substitute(self, script: Script, raw: str) -> str:
        """Return what a command substitution prints, trailing newlines removed."""

    def replied(self, script: Script) -> str:
        """Return what REPLY holds once commands have run."""

    def process_substitution(self, part: Proc) -> str:
        """Return the /dev/fd path of a process substitution."""

    def prompt(self, text: str) -> None:
        """Run the substitutions of a text that is expanded as a prompt is."""

    def evaluate(self, expression: str) -> None:
        """Run the substitutions in the subscripts of an arithmetic expression, and of the values that it names."""

    def again(self, text: str) -> str:
        """Expand a text once more, as if it stood in double quotes."""

    def discipline(self, name: str) -> None:
        """Run ksh93's function that makes a variable's value when it is asked for."""


class _Fields:
    """Fields as they grow: a field begins with its first character or quote."""

    def __init__(self, ifs: str) -> None:
        self.done: list[str] = []
        self.current: list[str] | None = None
        self.ifs = ifs
        self.white = "".join(char for char in ifs if char in " \t\n")

    def add(self, text: str) -> None:
        if self.current is None:
            self.current = []
        self.current.append(text)

    def close(self) -> None:
        if self.current is not None:
            self.done.append(bounded("".join(self.current)))
            self.current = None

    def whole(self, text: str) -> None:
        """Add the result of an unquoted expansion that is not split; one that is empty makes no field."""
        if text:
            self.add(text)

    def split(self, text: str) -> None:
        """Add the result of an unquoted expansion: split at IFS."""
        if not self.ifs or not text:
            if text:
                self.add(text)
            return
        run: list[str] = []
        after_white = False
        for char in text:
            if char not in self.ifs:
                run.append(char)
                after_white = False
                continue
            if run:
                self.add("".join(run))
                run = []
                after_white = False
            if char in self.white:
                after_white = self.current is not None or after_white
                self.close()
            elif after_white:
                after_white = False
            else:
                self.add("")
                self.close()
        if run:
            self.add("".join(run))


class Expander:
    """Expands words with the values that a state knows."""

    def __init__(self, host: Host) -> None:
        """Keep the machine that runs substitutions."""
        self.host = host
        self.supposed = 0
        """How many words stand in for a variable that may be set, or not (``${x+word}``)."""
        self.without = False
        """Such a variable is taken to be unset."""

    @property
    def state(self) -> State:
        """The variables that hold now."""
        return self.host.state

    def fields(self, words: list[Word]) -> list[str]:
        """Return the fields that the words expand to."""
        out: list[str] = []
        for word in words:
            only = word.literal()
            if only is not None and "{" not in only:  # nearly every word
                out.append(only)
                continue
            for each in expand_braces(word) if self.state.extended else [word]:
                out.extend(self._fields(each))
        return out

    def _fields(self, word: Word) -> list[str]:
        only = word.literal()
        if only is not None:
            return [only]
        fields = _Fields(self.state.ifs())
        for part in word.parts:
            if isinstance(part, Lit):
                fields.add(part.text)
            elif isinstance(part, Param):
                self._param_fields(part, fields)
            elif isinstance(part, Proc):
                fields.add(self.host.process_substitution(part))
            elif part.quoted:
                fields.add(self.part_text(part))
            else:
                fields.split(self.part_text(part))
        fields.close()
        self.host.collector.step(len(word.parts) // 8 + sum(map(len, fields.done)) // 1000)
        return fields.done

    def _param_fields(self, part: Param, fields: _Fields) -> None:
        value = self._value(part)
        if isinstance(value, Word):
            self._default_fields(part, value, fields)
        elif isinstance(value, str):
            if part.quoted:
                fields.add(value)
            elif part.form is not None and not (part.form.split or self.state.splits):
                fields.whole(value)
            else:
                fields.split(value)
        elif part.quoted and not _separate(part):
            fields.add((self.state.ifs()[:1]).join(value))
        else:
            for index, item in enumerate(value):
                if index:
                    fields.close()
                if part.quoted:
                    fields.add(item)
                elif part.form is not None and not self.state.splits:
                    fields.whole(item)
                else:
                    fields.split(item)

    def _value(self, part: Param) -> str | list[str] | Word:
        """Return a parameter's value, by zsh's rules where it is written in zsh's form."""
        return parameter(self, part) if part.form is None else shaped(self, part)

    def _default_fields(self, part: Param, word: Word, fields: _Fields) -> None:
        """Add the word of ``${x:-word}``: quoted parts of it stay whole."""
        for inner in word.parts:
            if isinstance(inner, Param) and not part.quoted:
                self._param_fields(inner, fields)
                continue
            text = self.part_text(inner)
            if part.quoted or getattr(inner, "quoted", False):
                fields.add(text)
            else:
                fields.split(text)

    def part_text(self, part: Part) -> str:
        """Return one part's text, not split."""
        match part:
            case Lit():
                return part.text
            case Param():
                value = self._value(part)
                if isinstance(value, Word):
                    return self.text(value)
                joiner = self.state.ifs()[:1] if part.name == "*" else " "
                return value if isinstance(value, str) else joiner.join(value)
            case Sub():
                return self.host.replied(part.body) if part.reply else self.host.substitute(part.body, part.raw)
            case Arith():
                return self.arithmetic(part.word)
            case Proc():
                return self.host.process_substitution(part)

    def text(self, word: Word) -> str:
        """Return a word's text without splitting (assignments, here-documents, redirection targets)."""
        text = bounded("".join(self.part_text(part) for part in word.parts))
        self.host.collector.step(len(word.parts) // 8 + len(text) // 1000)
        return text

    def pattern(self, word: Word) -> str:
        """Return a word's text as a pattern: what is quoted matches itself."""
        out = []
        for part in word.parts:
            text = self.part_text(part)
            if getattr(part, "quoted", False):
                text = "".join("\\" + char if char in GLOB else char for char in text)
            out.append(text)
        return bounded("".join(out))

    def arithmetic(self, word: Word) -> str:
        """Return the value of ``$((word))`` as text, a hole where it is not known."""
        return self.number(self.text(word))

    def number(self, text: str) -> str:
        """Return the value of an expression that is expanded already; what stands in its subscripts runs."""
        text = strip_marks(text)
        self.host.evaluate(text)
        if UNKNOWN in text:
            return UNKNOWN
        value = arith.evaluate(text, self._number)
        return UNKNOWN if value is None else str(value)

    def prompt(self, text: str) -> None:
        """Run the substitutions of a text that is expanded as a prompt is."""
        self.host.prompt(text)

    def again(self, text: str) -> str:
        """Expand a text once more, as if it stood in double quotes."""
        return self.host.again(text)

    def discipline(self, name: str) -> None:
        """Run ksh93's function that makes a variable's value when it is asked for."""
        self.host.discipline(name)

    def _number(self, name: str) -> str | None:
        value = self.state.scalar(name)
        if value is None:
            return None if self.state.open else "0"
        value = value.removeprefix(LIKELY)
        return None if UNKNOWN in value else value or "0"


def _separate(part: Param) -> bool:
    """Tell ``"$@"`` and ``"${a[@]}"`` (one field each) from ``"$*"``."""
    if part.form is not None:
        return separate(part)
    if part.index is not None:
        return part.index.literal() != "*"
    return part.name != "*"
