"""Makefiles: recipes, ``$(shell ...)``, ``!=``, SHELL, .ONESHELL (GNU make manual, chapters 3, 5, 6 and 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from msgspec import structs

from flycatcher.core.interpreters.names import BOURNE, base, grammar_of
from flycatcher.core.launchers.unwrap import names as launchers
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.lines import configured
from flycatcher.sources.buildfiles.engine.make import Expander, Variables, calls, logical, of_target
from flycatcher.sources.buildfiles.engine.shells import program_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sources.buildfiles.engine.located import Located
    from flycatcher.sources.buildfiles.engine.make import Logical

_RULE = lazy(r"(?P<targets>[^:=#\t][^:=#]*?)\s*&?::?(?![:=])(?P<rest>.*)", re.DOTALL)
_TARGET_VARIABLE = lazy(r"\s*(?:(?:export|private|override)\s+)*[\w.-]+\s*(?:[:?+!]|::)?=")
_EXPANDED = lazy(r"\$[({](?:call[ \t]+|value[ \t]+)?([\w.-]+)")
_CONDITION = lazy(r"(?:ifn?eq|ifn?def|else|endif)\b|-?s?include\b|vpath\b")


class Makefile(FileType):
    """GNU make's and its relatives' files, and automake's."""

    id = "makefile"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "Makefile", "makefile", "GNUmakefile", "*.mk", "*.mak", "*.make", "Makefile.*", "makefile.*", "*.Makefile", "Kbuild",
        "debian/rules",
    )  # fmt: skip
    shebangs: ClassVar[tuple[str, ...]] = ("g?make",)
    nul = True

    def accepts(self, document: Document) -> bool:
        """``Makefile.py`` and its like are no makefiles."""
        suffix = document.name.rpartition(".")[2]
        return suffix not in {"py", "sh", "pl", "PL", "md", "txt", "yml", "json", "js", "SH", "rb"}

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read the file twice: for its variables, then for what runs."""
        document = configured(document)
        lines = list(logical(document))
        variables = Variables(lines)
        expander = Expander(variables)
        shell = expander.value("SHELL") or "sh"
        flags = expander.value(".SHELLFLAGS") or "-c"
        one = any(line.kind == "other" and re.match(r"\.ONESHELL\s*:", line.text.text) for line in lines)
        writer = _Writer(expander, shell, flags.split(), dict(variables.exports(expander)))
        for line in lines:
            for each in of_target(line):
                writer.own.setdefault(each, {})[line.name] = expander.expand(line.value).text
        recipe: list[Located] = []
        target = ""
        for line in lines:
            if line.kind == "recipe":
                if one:
                    recipe.append(line.text)
                else:
                    yield from writer.command(line.text, target)
                continue
            if line.kind == "other" and not _CONDITION.match(line.text.text):
                yield from self._flush(writer, recipe, target)
                recipe = []
                target, inline = _target(line)
                if inline is not None:
                    recipe.append(inline)
                    if not one:
                        yield from self._flush(writer, recipe, target)
                        recipe = []
            yield from writer.definition(line)
        yield from self._flush(writer, recipe, target)
        yield from _unused(document, lines, writer)

    @staticmethod
    def _flush(writer: _Writer, recipe: list[Located], target: str) -> Iterator[Region | Start]:
        """Hand on the recipe of a rule whose lines one shell gets together."""
        if recipe:
            first, last = recipe[0], recipe[-1]
            joined = writer.expander.join(recipe) if len(recipe) > 1 else first
            del last
            yield from writer.command(joined, target)


def _unused(document: Document, lines: list[Logical], writer: _Writer) -> Iterator[Region | Start]:
    """Yield the commands of a ``define`` that this file never expands: a file that includes it does (``X_BUILD_CMDS``)."""
    expanded = set(_EXPANDED.findall(document.text))
    for line in lines:
        if line.kind != "variable" or line.operator == "!=" or line.name in expanded:
            continue
        if _KBUILD.match(line.name):
            for found in writer.command(line.value, ""):
                yield structs.replace(found, symbol=("variable " + line.name,), confidence="medium")
        elif line.value is line.text:
            for part in _commands(line.value):
                for found in writer.command(part, ""):
                    yield structs.replace(found, symbol=("variable " + line.name,), confidence="medium")


_KBUILD = re.compile(r"(?:rule_)?cmd_\w+\Z")
"""What the kernel's build calls a command; ``$(call cmd,NAME)`` runs it (kbuild/makefiles, command change detection)."""


def _commands(text: Located) -> Iterator[Located]:
    """Yield the lines of a canned recipe, each with its continuations."""
    at = 0
    for match in re.finditer(r"(?:\\\n|[^\n])*\n?", text.text):
        if match[0].strip():
            yield text.part(at, match.end()).strip()
        at = match.end()


def _target(line: Logical) -> tuple[str, Located | None]:
    """Return a rule's targets, and the recipe that stands on the same line behind a semicolon."""
    text = line.text.text
    match = _RULE.match(text)
    if match is None:
        return "", None
    rest = match["rest"]
    if _TARGET_VARIABLE.match(rest):
        return match["targets"].strip(), None
    at = rest.find(";")
    inline = line.text.part(match.start("rest") + at + 1, len(text)).strip() if at >= 0 else None
    return match["targets"].strip(), inline


def _unsilenced(text: Located) -> Located:
    """Return the text without an unknown value glued to its first word: ``$(Q)`` and its like are empty or an ``@``."""
    start = 0
    while text.text.startswith(UNKNOWN, start) and text.text[start + 1 : start + 2].strip():
        start += 1
    return text.part(start, len(text.text)).strip() if start else text


class _Writer:
    """Makes regions of commands."""

    def __init__(self, expander: Expander, shell: str, flags: list[str], env: dict[str, str]) -> None:
        """Keep the shell that make calls, and the exported variables."""
        self.expander = expander
        self.shell = shell
        self.flags = flags
        self.env = env
        self.values = expander.variables.places(env)
        self.own: dict[str, dict[str, str]] = {}
        """By target: the shell and the options that it has for itself."""

    def command(self, text: Located, target: str) -> Iterator[Region | Start]:
        """Yield a recipe line, and what make itself runs while it expands it."""
        symbol = ("target " + target,) if target else ()
        yield from self.functions(text, symbol)
        own = next((self.own[each] for each in target.split() if each in self.own), {})
        stripped = text.strip()
        prefix = len(stripped.text) - len(stripped.text.lstrip("@-+ \t"))
        expanded = _unsilenced(self.expander.expand(stripped.part(prefix, len(stripped.text))))
        yield from self._shelled(expanded, symbol, own)

    def functions(self, text: Located, symbol: tuple[str, ...]) -> Iterator[Region | Start]:
        """Yield each ``$(shell ...)``."""
        for inner in calls(text, "shell"):
            yield from self._shelled(self.expander.expand(inner), (*symbol, "$(shell)"))

    def definition(self, line: Logical) -> Iterator[Region | Start]:
        """Yield what a line that is no recipe makes make run."""
        symbol = ("variable " + line.name,) if line.name else ()
        yield from self.functions(line.text, symbol)
        if line.kind == "variable" and line.operator == "!=":
            yield from self._shelled(self.expander.expand(line.value), symbol)

    def _shelled(
        self, text: Located, symbol: tuple[str, ...], own: Mapping[str, str] | None = None
    ) -> Iterator[Region | Start]:
        """Hand text to make's shell, or to the target's own."""
        if not text.text.strip():
            return
        shell = (own or {}).get("SHELL", self.shell)
        flags = own[".SHELLFLAGS"].split() if own and ".SHELLFLAGS" in own else self.flags
        program = program_of(shell) or "sh"
        grammar = grammar_of(program)
        if grammar in BOURNE or base(program) in launchers() or not program.isascii():
            dialect = "bash" if "bash" in shell else grammar or "sh"
            yield Region(
                text=text,
                dialect=dialect,
                symbol=symbol,
                env=self.env,
                origins=self.expander.origins,
                values=self.values,
            )
        elif grammar:
            yield Region(text=text, dialect="pwsh", symbol=symbol, env=self.env, confidence="low")
        else:
            span = (text.start(0), text.end(len(text.text)))
            yield Start(argv=(*shell.split(), *flags, text.text), span=span, payload=span, env=self.env, symbol=symbol)
