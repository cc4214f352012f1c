"""What perl's own library reads as program text: import lists, the debugger's options, and the names that ``<>`` opens.

Source: O.pm and autouse.pm (each writes an import into a text that it evaluates), perl5db.pl (parse_options, LineInfo,
setterm), perlop(1) on ``<>`` and open's two-argument form; checked with marker code against perl 5.36.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROTOTYPE = re.compile(r"[\s$@%&*;\\+_\[\]]*")
_BACKEND = re.compile(r"[\w:']*")
_DIAMOND = re.compile(r"(?<!<)<(?:ARGV)?>(?!>)|\breadline\s*(?:\(\s*(?:\*?ARGV)?\s*\)|\*?ARGV\b|;|$)|\beof\s*\(\s*\)")
_VALUED = (
    "dumpDepth", "arrayDepth", "hashDepth", "LineInfo", "maxTraceLen", "ornaments", "windowSize", "pager", "quote", "ReadLine",
    "recallCommand", "RemotePort", "ShellBang", "TTY", "CommandSet",
)  # fmt: skip
_DEBUGGER = (
    *_VALUED, "HistFile", "HistSize", "HistItemMinLength", "DumpDBFiles", "DumpPackages", "DumpReused", "compactDump",
    "veryCompact", "HighBit", "undefPrint", "globPrint", "PrintRet", "UsageOnly", "frame", "AutoTrace", "noTTY", "NonStop",
    "tkRunning", "signalLevel", "warnLevel", "dieLevel", "inhibit_exit", "ImmediateStop", "bareStringify", "CreateTTY",
    "DollarCaretP",
)  # fmt: skip
_OPTION = re.compile(r"\s*(\w+)(\W?)")
_QUOTED = re.compile(r"""(["'])(?P<quoted>(?:\\.|(?!\1)[^\\])*)\1""", re.DOTALL)
_BARE = re.compile(r"\S*")
_CLOSES = {"(": ")", "[": "]", "<": ">", "{": "}"}


def import_runs(module: str, value: str) -> bool:
    """Whether ``-MMODULE=LIST`` puts more than names into a text that the module evaluates: O's back end, a prototype."""
    words = value.split(",")
    if module == "O":
        backend = next((word for word in words if word not in ("-q", "-qq")), "")
        return _BACKEND.fullmatch(backend) is None
    if module == "autouse":
        prototypes = (word[word.index("(") + 1 : -1] for word in words[1:] if "(" in word and word.endswith(")"))
        return any(_PROTOTYPE.fullmatch(prototype) is None for prototype in prototypes)
    return False


def reads_operands(text: str) -> bool:
    """Whether a program opens its operands: ``<>`` does it with the open that starts commands, ``<<>>`` does not."""
    return _DIAMOND.search(text) is not None


def command_in(name: str) -> str:
    """Return the command that the two-argument open starts for a name, empty for a file's."""
    name = name.strip(" \t\n\v\f\r")
    command = name[1:] if name.startswith("|") else "" if name[:1] in "<>+" else name[:-1] if name.endswith("|") else ""
    return command if command.strip() not in ("", "-") else ""


class Value(Struct, frozen=True):
    """An option's value in PERLDB_OPTS, and where it begins."""

    text: str
    offset: int


def debugger_options(text: str) -> dict[str, Value]:
    """Read PERLDB_OPTS as the debugger does: names may be abbreviated, and what follows a mistake is not read."""
    found: dict[str, Value] = {}
    for name, value in _debugger_options(text):
        fits = [o for o in _DEBUGGER if o.startswith(name)] or [
            o for o in _DEBUGGER if o.lower().startswith(name.lower())
        ]
        if len(fits) == 1 and not (value is None and fits[0] in _VALUED):
            found[fits[0]] = value or Value("1", 0)
    return found


def _debugger_options(text: str) -> Iterator[tuple[str, Value | None]]:
    """Yield each name with its value, None where it has none. A quoted value is taken from wherever it stands (5.36)."""
    rest = text
    while match := _OPTION.match(rest):
        name, sign, rest = match[1], match[2], rest[match.end() :]
        if not sign.strip():
            yield name, None
        elif sign == "=":
            taken = _QUOTED.search(rest) or _BARE.match(rest)
            if taken is not None:
                inner = re.sub(r"\\(.)", r"\1", taken["quoted"]) if "quoted" in taken.groupdict() else taken[0]
                yield name, Value(inner, max(text.find(inner), 0))
                rest = rest[: taken.start()] + rest[taken.end() :]
        elif sign != "?":
            end = re.escape(_CLOSES.get(sign, sign))
            delimited = re.match(rf"((?:[^\\{end}]|\\[\\{end}])*){end}(?:$|\s+)", rest)
            if delimited is None:
                return
            yield name, Value(delimited[1], max(text.find(delimited[1]), 0))
            rest = rest[delimited.end() :]
