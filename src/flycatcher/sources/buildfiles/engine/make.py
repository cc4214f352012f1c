"""How make reads lines and expands references (GNU make manual, 3.1.1, 6.1 to 6.5 and 8)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.located import Builder, Located, Segment, unplaced, without_nul

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document

MAX_DEPTH = 12
MAX_VALUE = 1 << 16
MAX_CALLS = 200
_ASSIGN = lazy(r"\s*(?:(?:export|override|private|unexport)\s+)*([\w.%/$(){}-]+)\s*(::?:?=|\?=|\+=|!=|=)", re.DOTALL)
_TARGET_ASSIGN = lazy(r"[^:=#\t]+?:\s*((?:export|override|private)\s+)*([\w.-]+)\s*(:?:?=|\?=|\+=|!=)(?!=)")
_DEFINE = lazy(r"\s*(?:(?:export|override)\s+)*define\s+([\w.-]+)\s*(:?:?=|\?=|\+=|!=)?")
_EXPORT = lazy(r"\s*export\s+([\w\s.-]+)$|\s*export\s+([\w.-]+)\s*(?::?:?=|\?=|\+=)")
_FUNCTIONS = frozenset(
    "subst patsubst strip findstring filter filter-out sort word wordlist words firstword lastword dir notdir suffix basename "  # noqa: SIM905
    "addsuffix addprefix join wildcard realpath abspath if or and intcmp foreach file call value eval origin flavor shell "
    "error warning info guile let".split()
)


_OF_TARGET = lazy(r"([^\s:=#][^:=#]*?)\s*::?\s*(?:(?:export|private|override)\s+)*(?:SHELL|\.SHELLFLAGS)\s*[:?+!]*=")
_LOOKUP = lazy(r"(?:which|command[ \t]+-v|type[ \t]+-[pP]|whereis[ \t]+-b)[ \t]+([\w./+-]+)")
_NUL = re.compile("\0[^\n]*\n?|\r\n")
"""GNU make 4.3 goes on with the next line behind a NUL byte, in the same one."""


class Logical(Struct, frozen=True):
    """One line as make sees it: ``kind`` is recipe, variable or other."""

    kind: str
    text: Located
    name: str = ""
    operator: str = ""
    value: Located = Located("", [])
    exported: bool = False


def logical(document: Document) -> Iterator[Logical]:
    """Yield a makefile's lines, continuations joined; in a recipe they are left for the shell (5.1.1)."""
    lines = (without_nul(document.text, _NUL) if "\0" in document.text else document.located).lines()
    number, prefix = 0, "\t"
    in_rule = False
    while number < len(lines):
        first = lines[number].text
        recipe = first.startswith(prefix) and in_rule
        group = [lines[number]]
        while _continues(lines[number].text) and number + 1 < len(lines):
            number += 1
            group.append(lines[number])
        number += 1
        if recipe:
            yield Logical("recipe", _joined_recipe(group, prefix))
            continue
        if not first.strip() or first.lstrip().startswith("#"):
            continue
        match = _DEFINE.match(first)
        if match:
            body, number = _define(lines, number)
            yield Logical("variable", body, match[1], match[2] or "=", body, "export" in first[: match.start(1)])
            continue
        line = _made(_joined(group))
        if line.name == ".RECIPEPREFIX":
            prefix = line.value.text.strip()[:1] or "\t"
        if line.kind == "other":
            in_rule = (
                in_rule
                if re.match(r"\s*(?:ifn?eq|ifn?def|else|endif|-?include)\b", first)
                else ":" in first or "$" in first
            )
        yield line


def _made(text: Located) -> Logical:
    """Distinguish assignments from rules."""
    match = _ASSIGN.match(text.text)
    if match:
        value = text.part(match.end(), len(text.text)).strip()
        return Logical("variable", text, match[1], match[2], value, "export" in text.text[: match.start(1)])
    match = _TARGET_ASSIGN.match(text.text)
    if match:
        value = text.part(match.end(), len(text.text)).strip()
        return Logical("variable", text, match[2], match[3], value, "export" in (match[1] or ""))
    return Logical("other", text)


def _continues(line: str) -> bool:
    """Whether a line ends with an odd number of backslashes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _joined(group: list[Located]) -> Located:
    """Join continuations, and cut a comment off."""
    return _uncommented(_collapsed(group))


def _collapsed(group: list[Located]) -> Located:
    """Join continuations: backslash, line end and the white space around become one blank."""
    if len(group) == 1:
        return group[0]
    builder = Builder()
    for index, line in enumerate(group):
        text = line.text
        start = len(text) - len(text.lstrip()) if index else 0
        last = index == len(group) - 1
        stop = len(text) if last else len(text[:-1].rstrip())
        builder.take(line, start, stop)
        if not last:
            builder.replace(line, max(stop, start), len(text), " ")
    return builder.done()


def _uncommented(text: Located) -> Located:
    """Cut a comment off; a ``#`` in a reference or behind a backslash begins none."""
    depth = 0
    for match in re.finditer(r"\\#|\$[({]|[(){}]|#", text.text):
        found = match[0]
        if found in ("$(", "${"):
            depth += 1
        elif found in (")", "}"):
            depth = max(0, depth - 1)
        elif found == "#" and not depth:
            return text.part(0, match.start())
    return text


def _joined_recipe(group: list[Located], prefix: str) -> Located:
    """Join a recipe's continuations as make does: the shell gets them, without the recipe prefix of each line."""
    builder = Builder()
    for index, line in enumerate(group):
        if index:
            before = group[index - 1]
            builder.put("\n", before.end(len(before.text)), before.end(len(before.text)) + 1)
        builder.take(line, len(prefix) if line.text.startswith(prefix) else 0)
    return builder.done()


def _define(lines: list[Located], number: int) -> tuple[Located, int]:
    """Read up to ``endef``; continued lines are joined as outside of recipes, whatever they are for (read.c, do_define)."""
    group = []
    depth = 1
    while number < len(lines):
        word = lines[number].text.strip().split(" ")[0]
        number += 1
        depth += (word == "define") - (word == "endef")
        if not depth:
            break
        continued = [lines[number - 1]]
        while _continues(continued[-1].text) and number < len(lines):
            continued.append(lines[number])
            number += 1
        group.append(_collapsed(continued))
    return _joined_recipe(group, "") if group else Located("", []), number


def of_target(line: Logical) -> tuple[str, ...]:
    """Return the targets for which alone a line sets the shell or its options (GNU make manual, 6.11); none for other lines."""
    if line.name not in ("SHELL", ".SHELLFLAGS") or (match := _OF_TARGET.match(line.text.text)) is None:
        return ()
    return tuple(match[1].split())


def _found(command: str) -> str:
    """Return the program that a command looks for in PATH (``command -v python3 || command -v python``), empty for none."""
    match = _LOOKUP.match(command.strip())
    return match[1] if match else ""


def _extent(text: Located) -> tuple[int, int]:
    """Return the span of a text."""
    return text.start(0), text.end(len(text.text))


class Variables:
    """What the file sets. Of several assignments the last counts, ``?=`` only where there is none."""

    def __init__(self, lines: Iterable[Logical]) -> None:
        """Gather the assignments."""
        self.values: dict[str, list[Located]] = {}
        self._exported: set[str] = set()
        for line in lines:
            if line.kind == "variable" and not of_target(line):
                self._assign(line)
            elif line.kind == "other" and (match := _EXPORT.match(line.text.text)):
                self._exported.update((match[1] or match[2] or "").split())

    def _assign(self, line: Logical) -> None:
        """Take one assignment."""
        if line.exported:
            self._exported.add(line.name)
        if line.operator == "!=" and (found := _found(line.value.text)):
            self.values[line.name] = [Located(found, [Segment(0, len(found), *_extent(line.value))])]
        elif line.operator == "+=":
            self.values.setdefault(line.name, []).append(line.value)
        elif line.operator == "!=":
            self.values[line.name] = [Located(UNKNOWN, line.value.segments[:1])]
        elif line.operator != "?=" or line.name not in self.values:
            self.values[line.name] = [line.value]

    def exports(self, expander: Expander) -> Iterator[tuple[str, str]]:
        """Yield the variables that recipes get in their environment."""
        for name in self._exported:
            if re.fullmatch(r"[A-Za-z_]\w*", name) and name in self.values:
                yield name, expander.value(name)

    def places(self, names: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return where the values of variables are written, of those that are set once."""
        found = {name: self.values.get(name, ()) for name in names}
        return {name: _extent(each[0]) for name, each in found.items() if len(each) == 1 and each[0].text}


class Expander:
    """Expands references. What the file does not tell becomes a hole."""

    def __init__(self, variables: Variables) -> None:
        """Keep the variables."""
        self.variables = variables
        self._cache: dict[str, str] = {}
        self._budget = 200_000
        self.origins: dict[tuple[int, int], tuple[int, int]] = {}
        """The span of each reference to a variable that is set once, and that of its value."""

    def value(self, name: str) -> str:
        """Return a variable's text, empty where it has none."""
        if name not in self._cache:
            self._cache[name] = UNKNOWN
            parts = [self.expand(value, depth=1).text for value in self.variables.values.get(name, ())]
            self._cache[name] = " ".join(parts)[:MAX_VALUE]
        return self._cache[name]

    def join(self, lines: list[Located]) -> Located:
        """Put lines under each other."""
        builder = Builder()
        for index, line in enumerate(lines):
            if index:
                builder.put("\n", lines[index - 1].end(len(lines[index - 1].text)), line.start(0))
            builder.take(line)
        return builder.done()

    def expand(self, text: Located, args: tuple[str, ...] = (), depth: int = 0) -> Located:
        """Return the text with its references replaced; what replaces one stands where the reference stands."""
        source = text.text
        if "$" not in source:
            return text
        builder = Builder()
        at = 0
        while True:
            dollar = source.find("$", at)
            if dollar < 0 or dollar + 1 >= len(source):
                break
            builder.take(text, at, dollar)
            end = reference_end(source, dollar)
            if source[dollar + 1] == "$":
                builder.replace(text, dollar, dollar + 2, "$")
            else:
                inner = source[dollar + 2 : end - 1] if source[dollar + 1] in "({" else source[dollar + 1]
                builder.replace(text, dollar, end, self._reference(inner, args, depth))
                if depth == 0:
                    self._remember(text, dollar, end, inner)
            at = end
        builder.take(text, at)
        return builder.done()

    def _remember(self, text: Located, dollar: int, end: int, inner: str) -> None:
        """Note where the value is written that stands in a reference's place."""
        name = inner.removeprefix("call ").partition(",")[0].strip()
        values = self.variables.values.get(name, ())
        if len(values) == 1 and values[0].text:
            value = values[0]
            self.origins[text.start(dollar), text.end(end)] = (value.start(0), value.end(len(value.text)))

    def _reference(self, inner: str, args: tuple[str, ...], depth: int) -> str:
        """Return what ``$(inner)`` expands to."""
        self._budget -= 1 + len(inner)
        if depth > MAX_DEPTH or self._budget < 0:
            return UNKNOWN
        word, _, rest = inner.partition(" ")
        if word in _FUNCTIONS and rest:
            return self._function(word, rest, args, depth)
        if inner.isdigit():
            return args[int(inner)] if int(inner) < len(args) else UNKNOWN
        if "$" in inner:
            plain = unplaced(inner)
            inner = self.expand(plain, args, depth + 1).text
        if inner in self.variables.values:
            value = self.value(inner) if depth == 0 and not args else " ".join(
                self.expand(v, args, depth + 1).text for v in self.variables.values[inner])  # fmt: skip
            return value[:MAX_VALUE]
        # the shell reader knows what a program is that a variable is named after
        return f"$({inner})" if interpreter_by_name(inner) else UNKNOWN

    def _function(self, name: str, rest: str, args: tuple[str, ...], depth: int) -> str:
        """Return what a function gives, where that is known."""
        if name in ("info", "warning", "error", "eval"):
            return ""
        if name == "strip":
            return " ".join(self.expand(unplaced(rest), args, depth + 1).text.split())
        if name == "shell":
            return _found(self.expand(unplaced(rest), args, depth + 1).text) or UNKNOWN
        if name in ("if", "foreach", "or", "and"):
            return self._either(name, _arguments(rest), args, depth)
        if name == "call":
            given = [self.expand(unplaced(part), args, depth + 1).text for part in _arguments(rest)]
            values = self.variables.values.get(given[0].strip())
            if values:
                return " ".join(self.expand(v, tuple(given), depth + 1).text for v in values)[:MAX_VALUE]
        return UNKNOWN

    def _either(self, name: str, given: list[str], args: tuple[str, ...], depth: int) -> str:
        """Return what a conditional function or a loop gives: its first text that is not empty, with what is not known as a hole."""
        texts = given[1:] if name == "if" else given[2:] if name == "foreach" else given
        said = [self.expand(unplaced(text.strip()), args, depth + 1).text for text in texts]
        known = (text for text in (said if name != "and" else said[::-1]) if text)
        return next((text for text in known if UNKNOWN not in text), next(filter(None, said), ""))


def _arguments(text: str) -> list[str]:
    """Split a function's arguments at the commas outside of references."""
    out, at, depth = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "({") - (char in ")}")
        if char == "," and depth == 0:
            out.append(text[at:index])
            at = index + 1
    return [*out, text[at:]]


def reference_end(text: str, dollar: int) -> int:
    """Return the offset behind a reference that begins with the ``$`` at ``dollar``."""
    opening = text[dollar + 1]
    if opening not in "({":
        return dollar + 2
    closing = ")" if opening == "(" else "}"
    depth = 0
    for index in range(dollar + 1, min(len(text), dollar + MAX_VALUE)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if not depth:
                return index + 1
    return len(text)


def calls(text: Located, name: str) -> Iterator[Located]:
    """Yield the argument of every call of a function, also inside other references."""
    for match in islice(re.finditer(r"\$[({]" + name + r"[ \t]+", text.text), MAX_CALLS):
        if (match.start() - len(text.text[: match.start()].rstrip("$"))) % 2:
            continue
        end = reference_end(text.text, match.start())
        yield text.part(match.end(), max(match.end(), end - 1))
