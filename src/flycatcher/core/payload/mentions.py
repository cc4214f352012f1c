"""What a layer names without calling it, and the literals in it that read as commands or as code.

A function that starts programs or runs text may be called where nobody sees it: by a library that gets it as an argument, under
another name, through a decorator. So a *mention* yields the capability of a call, and where a layer holds one, or calls something
that cannot be resolved, its literals are read as a shell and as the language itself would read them: those that turn out
risky are layers of their own. Nothing here is charged twice: a function that is mentioned and called counts as called.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Protocol

from flycatcher.core.interpreters.names import base, grammar_of, is_shell
from flycatcher.core.payload import ir, rules
from flycatcher.core.payload.language import language_named
from flycatcher.core.payload.model import MENTIONED
from flycatcher.core.payload.names import PURE_CALLS, PURE_ROOTS
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.findings import Findings
    from flycatcher.core.payload.language import Language
    from flycatcher.core.payload.model import Layer


class Scan(Protocol):
    """A layer that is being read, as it is seen from here."""

    scan: Findings
    layer: Layer
    language: Language | None
    index: rules.Index
    mentions: Mentions

    def name(self, capability: str, node: ir.Node, paths: Sequence[str] = ()) -> None:
        """Report a capability by its id."""

    def report(self, rule: rules.Rule, node: ir.Node, paths: Sequence[str] = ()) -> None:
        """Report a capability."""

    def pass_on(self, text: str, language: str, made: tuple[str, ...], node: ir.Node, *, handed: bool = True) -> None:
        """Add a layer below this one."""

    def worth(self, text: str, language: str) -> int:
        """Return the points that a text is worth as a layer of a language; 0 where it cannot be read whole."""


LITERALS = 64
"""Literals of a layer that are kept for reading."""
GUESSES = 8
"""Literals of a layer that are read."""
LINES = 16
"""Line ends in a literal of shell text that is read: scripts that a script writes to files are longer."""
LONGEST = 8192
"""Characters of a literal that is read."""
RISKY = 25
"""Points that a literal must be worth as a shell's text: many sentences are commands to a shell."""
_CALL = lazy(r"""[\w"'][\s\])]*\(|\w\s*['"`]""")
"""What the text of a call holds: a bracket, or (Ruby, Perl, Lua) a string right behind a name."""
_NAME = lazy(r"\w{2,64}")
_JOINT = lazy(r"""["'] ?(?:\.\.|[+.,])? ?["']""")
"""What stands between the pieces of a string that is put together."""
_COMPUTED = lazy(r"""[\w\])]\[[^\]\n]{1,4096}\]\s*\(""")
"""The call of what a computed name leads to: ``os["\x65xecute"](``."""
_THROUGH_VALUE = lazy(r"^\$|[?)\]]")
"""What the name of something holds that is called through a value: a variable of PHP or Perl, a result, an entry."""
_PROMPT = lazy(r"(?m)^\s*(?:>>>|\.\.\.) ?")
"""What stands before code that was copied from a session: doctests."""
_QUOTED = lazy(r'"([^"\\]{4,})"')
"""A string in JSON, or in YAML."""
_HOLDS = '{[!"-'
"""What a text begins with that holds strings."""
_GIVEN = lazy(r"(?m)^[A-Za-z_]\w*=(.{4,})$")
"""A word, or a line, that gives a variable a value: ``awk -v c=...``."""
_WORD = lazy(r"[\w./+-]{2,64}")
_COMMON = frozenset(
    {"run", "call", "spawn", "exec", "start", "open", "execute", "Command", "system_info", "eval", "load"}
)
"""Last parts of dotted names that many objects have as methods: they mean nothing without what stands before them."""


class Mentions:
    """What one layer mentions and calls."""

    def __init__(self, language: str) -> None:
        """Start with nothing met."""
        self.pure = PURE_CALLS.get(language)
        self.roots = PURE_ROOTS.get(language, ("\0",))
        self.named: dict[str, ir.Node] = {}
        """Capable functions by name, where each is first mentioned."""
        self.called: set[str] = set()
        self.literals: dict[str, ir.Node] = {}
        self.textual: dict[str, ir.Node] = {}
        """Texts that are a function's name, where the language may call by one."""
        self.times: Counter[str] = Counter()
        """How often each literal stands in the layer."""
        self.loads: dict[str, ir.Node] = {}
        """Files that are run, which the text itself may have written."""
        self.unresolved = False
        """Something is called that is not known, or a known function with what is not known."""

    def mention(self, name: str, node: ir.Node) -> None:
        """Take a capable function's name; what stands in an import counts less than what is handed about."""
        if isinstance(self.named.get(name), (ir.Import, type(None))):
            self.named[name] = node

    def load(self, file: str | None, node: ir.Node) -> None:
        """Take a file that is run; None: which one is not known."""
        if file is None:
            self.unresolved = True
        else:
            self.loads.setdefault(file, node)

    def loaded_and_named(self) -> ir.Node | None:
        """Return where a file is loaded that a literal beside names too: as far as can be told, one that the text has written."""
        for file, node in self.loads.items():
            name = file.removeprefix("./")
            if name.endswith(".json"):  # Node reads it as data
                continue
            if (
                self.times[file] > 1
                or (name != file and self.times[name])
                or any(file != text and name in text for text in self.literals)
            ):
                return node
        return None

    def named_file(self, file: str) -> ir.Node | None:
        """Return where a text names a file."""
        named = (node for text, node in self.literals.items() if len(file) > 2 and file in text)
        return next(named, None)

    def literal(self, text: str, node: ir.Node) -> None:
        """Keep a literal, or a text that was put together."""
        if 3 < len(text) <= LONGEST and len(self.literals) < LITERALS:
            self.literals.setdefault(text, node)

    def call(self, name: str, *, known: bool) -> None:
        """Take a call; ``known``: rules or tables of the language speak of it."""
        self.called.add(name)
        if known:
            return
        if _THROUGH_VALUE.search(name):
            self.unresolved = True
        elif self.pure is not None and name != "import":
            tail = "*." + name.rpartition(".")[2]
            self.unresolved = self.unresolved or not (
                name in self.pure or tail in self.pure or name.startswith(self.roots)
            )


def resolved(scan: Scan, name: str) -> str:
    """Return the part of a dotted name that is capable: ``random._os.system`` is ``os.system``; empty where none is."""
    parts = name.rsplit(".", 4)
    for first in range(max(len(parts) - 1, 1)):
        suffix = ".".join(parts[first:])
        if capable(scan, suffix) or capable(scan, suffix := suffix.lstrip("_")):
            return suffix
    return ""


def capable(scan: Scan, name: str) -> bool:
    """Whether a call of ``name`` starts programs, runs text, or is a capability whatever its arguments are."""
    language = scan.language
    if language is None:
        return False
    return name in language.starts or name in language.runs or any(when is None for _, when in scan.index.calls(name))


def is_function_name(scan: Scan, text: str) -> bool:
    """Whether a text can only be the name of a capable function: one that starts programs, or a long one."""
    how = scan.language.starts.get(text) if scan.language is not None else None
    return how.kind != "piped" if how is not None else len(text) > 8 and text.isidentifier() and capable(scan, text)


def finish(scan: Scan) -> None:
    """Report what the layer mentions and does not call, and read its literals where something may run them."""
    mentions = scan.mentions
    language = scan.language
    if language is None:
        return
    mentions.unresolved |= "eval.deserialise" in scan.scan.found
    if language.id == "shell":
        if mentions.unresolved and mentions.literals:
            _read_literals(scan)
        return
    if "file.write" in scan.scan.found and (loaded := mentions.loaded_and_named()) is not None:
        mentions.unresolved = True
        scan.name("eval.dynamic", loaded)
    if mentions.unresolved and language.text_names:
        mentions.named = mentions.textual | mentions.named
    only = {name: node for name, node in mentions.named.items() if name not in mentions.called}
    if only:
        scan.scan.notes[MENTIONED] = None
    for name, node in mentions.named.items():
        _report(scan, name, node)
    loose = (name for name, node in mentions.named.items() if name in only or not isinstance(node, ir.Import))
    armed = (
        mentions.unresolved
        or language.tolerant
        or any(name in language.starts or name in language.runs for name in loose)
    )
    found = armed and mentions.literals and _read_literals(scan)
    runners = [node for name, node in only.items() if name in language.runs]
    if runners and not found:
        scan.name("eval.dynamic", runners[0])


def _report(scan: Scan, name: str, node: ir.Node) -> None:
    """Report what calling a function would be, whatever its arguments are."""
    how = scan.language.starts.get(name) if scan.language is not None else None
    if how is not None and how.kind != "piped":
        scan.name("process.spawn", node)
    for rule, when in scan.index.calls(name):
        if when is None and not _is_class(name):
            scan.report(rule, node)


def _is_class(name: str) -> bool:
    """Whether a name is written as a class: in an annotation or an ``except`` it does nothing."""
    return name.rpartition(".")[2][:1].isupper()


def _read_literals(scan: Scan) -> bool:
    """Take on the literals that read as risky commands or as code; return whether there are any."""
    guesses, found = GUESSES, False
    own = scan.layer.language
    for text, node in _longest_first(scan.mentions.literals):
        for language, looks in {own: _looks_like_code, "shell": _looks_like_command}.items():
            if guesses <= 0 or len(scan.scan.seen) + scan.scan.tried >= scan.scan.limits.layers // 2:
                return found
            if (
                (language, text) in scan.scan.seen
                or not looks(text, own)
                or (own == "shell" and text.count("\n") > LINES)
            ):
                continue
            guesses -= 1
            text = text.lstrip("| ") if language == "shell" else _PROMPT.sub("", text)  # noqa: PLW2901 - open("|command")
            if scan.worth(text, language) >= (RISKY if language == "shell" else 1):
                scan.scan.notes[MENTIONED] = None
                scan.pass_on(text, language, ("literal",), node)
                if language == "shell" != own:
                    scan.name("process.spawn", node)
                found = True
                break
    return found


def _longest_first(literals: dict[str, ir.Node]) -> list[tuple[str, ir.Node]]:
    """Return literals, and the texts inside those that hold data (JSON, YAML) or give a name one (``c=text``), the longest first."""
    inner = {
        piece: node for text, node in literals.items() if text[0] in _HOLDS for piece in _QUOTED.findall(text)[:16]
    }
    given = {match[1]: node for text, node in literals.items() if (match := _GIVEN.search(text)) is not None}
    return sorted((given | inner | literals).items(), key=lambda item: -len(item[0]))


def _looks_like_command(text: str, _own: str) -> bool:
    """Whether a text has the words of a command that some rule looks at."""
    if "\0" in text or not re.search(r"[\s|;&<>$`{]", text):
        return False
    return "/dev/tcp/" in text or any(_spoken_of(word) for word in _WORD.findall(text)[:64])


@cache
def _spoken_of(word: str) -> bool:
    name = base(word)
    return is_shell(name) or bool(rules.index("shell").calls(name)) or (len(name) > 2 and grammar_of(name) != name)


def _looks_like_code(text: str, own: str) -> bool:
    """Whether a text calls something that starts programs, runs text or writes files in the language of its layer."""
    if _CALL.search(text) is None:
        return False
    words = _NAME.findall(_JOINT.sub("", text.lower()))[:256]
    computed = (own == "lua" and _COMPUTED.search(text) is not None) or (
        own == "php" and text.lstrip().startswith("<?")
    )
    return computed or not _callable(own).isdisjoint(words)


@cache
def _callable(language: str) -> frozenset[str]:
    """Return the last parts of the names that a language's tables and the rules speak of."""
    found = language_named(language)
    names = (*found.starts, *found.runs, *found.specials) if found is not None else ()
    ruled = (name for entry in rules.entries() for name in entry.names.split())
    parts = (re.split(r"\W+", name)[-1] for name in (*names, *ruled))
    return frozenset(part.lower() for part in parts if part)


@cache
def loaders(language: str) -> frozenset[str]:
    """Return the functions of a language that run a file."""
    rule = rules.named("eval.temporary-file")
    calls = rule.calls.get(language, ()) if rule is not None else ()
    return frozenset(name for each in calls for name in each.names.split() if not name.startswith("*"))


@cache
def distinct(language: str) -> dict[str, str]:
    """Return the full name by the last part, for functions that start programs and whose last part says so by itself."""
    found = language_named(language)
    full = (name for name, how in (found.starts if found is not None else {}).items() if how.kind != "piped")
    return {name.rpartition(".")[2]: name for name in full if name.rpartition(".")[2] not in _COMMON}
