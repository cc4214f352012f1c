"""Perl 5: ``perl``, ``perl5.36.0``, ``debugperl``.

Source: perl.c (parse_body, moreswitches, open_script), toke.c (the preamble that -M, -d, -n, -p and -F write in front of
the program) and perlrun(1); checked with marker code against perl 5.36.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import planted_path
from flycatcher.core.interpreters.perl.operands import Value, command_in, debugger_options, import_runs, reads_operands
from flycatcher.core.snippet import NOTHING_TO_READ, Load

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading
    from flycatcher.core.snippet import Vector

_STOP = Option(role="exit", last=True)
_MODULE = Option("attached", "module")

OPTIONS = Options(
    parser="own",
    short={
        **each("acfgnpsStTuUwWX", FLAG),
        **each("h?v", _STOP),
        **each("eE", CODE),
        **each("Mm", _MODULE),
        **each("Fi", Option("attached", pattern=r"[^ \t\n\v\f\r]*")),
        "0": Option("attached", pattern=r"x(?:0?[xX])?[0-9A-Fa-f]+\Z|[0-7]{0,3}"),
        "l": Option("attached", pattern=r"0[0-7]{0,3}|[1-7][0-7]{0,2}"),
        "C": Option("attached", pattern=r"[^ \t\n\v\f\r]*"),
        "D": Option("attached", pattern=r"[A-Za-z0-9_]*"),
        "d": Option("attached", "load", pattern=r"(?:t(?![A-Za-z0-9_]))?(?:[:=](?s:.*))?"),
        "I": VALUE,
        "V": Option("attached", pattern=r"(?::(?s:.*))?"),
        "x": Option("attached"),
        # within a word: " -e" goes on as -e would, any other blank ends the word, and "-w-" is "-w --"
        " ": Option("attached", pattern=r"(?s) *-|.*"),
        "\r": Option("attached"),
        "-": Option("attached", last=True),
    },
)
_ENVIRONMENT = "CDIMUdmtwW"
"""The switches that PERL5OPT may hold; of each word only the first switch counts."""
_WIDE = re.compile(r"\d+|[IOEioADSLa]*")
_LIB = re.compile(r"lib=(.+)", re.DOTALL)
"""-Mlib=FOLDER puts a folder in front of the others (lib.pm)."""
_NAME = re.compile(r"(?:[A-Za-z0-9_]|::)+")
_QW = r"qw\s*+(?:\([^()]*+\)|\[[^][]*+\]|\{[^{}]*+\}|<[^<>]*+>|/[^/]*+/|'[^']*+'|\"[^\"]*+\"|\|[^|]*+\|)"
_ITEM = rf"""(?:{_QW}|'[^'\\]*+'|"[^"\\$@]*+"|-\w++|\w++\s*+=>|[\d._]++)"""
_PLAIN = re.compile(rf"(?:\.[\d._]++)?(?:\s++v?[\d._]++)?[\s,()]*+(?:{_ITEM}[\s,()]*+)*(?:;\s*+)?")
"""What may follow a module's name in ``use NAME ...`` without being program text: a version, and a list of constants."""
_COMPILED = re.compile(r"\b(?:BEGIN|UNITCHECK|CHECK)\s*\{")
_USE = re.compile(r"\b(?:use|no)\s+((?:[A-Za-z0-9_]|::)+)([^;]*)")
_KEYED = re.compile(r"\{\w+\}")
"""``$ENV{NAME}``; any other closing brace may end the loop of -n and start what runs after it."""
_BACK_END = re.compile(r"O(?:=|\s+(?:qw\b|['\"(\w]))")
_DESCRIPTOR = re.compile(r"(/dev/fd/\d{1,9})/.")


class Perl(Interpreter):
    """perl 5. A switch word goes on behind a blank, ``-x-`` ends the switches, and ``-i``, ``-F``, ``-M`` eat their word."""

    id = "perl"
    language = "perl"
    in_variables = True
    names = (r"perl(?:5[\d.]*)?(?:-[a-z0-9_]+-linux[a-z0-9-]*)?(?:\.exe)?", r"debugperl|miniperl|cperl|suidperl")
    wakes = (("script",), ("-d", "script"))
    variables = ("PERL5OPT", "PERL5DB", "PERLDB_OPTS", "PERL5LIB", "PERLLIB", "PERL_SIGNALS")
    options = OPTIONS
    verified = ("5.36.0",)
    install = "apt: perl"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the switches of the line up to one that ends it, then those of PERL5OPT (their index is -1)."""
        command = parse(OPTIONS, execution.argv)
        for at, given in enumerate(command.given):
            if given.option.role == "exit" or _ends(given):
                return CommandLine([_printing(given)], [])
            trouble = _trouble(given)
            if trouble:
                return CommandLine(command.given[:at], command.operands, trouble)
        if not command.error:
            extra, command.error = _surroundings(command, execution)
            command.given += extra
        return command

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as perl.c does: what stands in front of the program, then -e, the script or stdin."""
        line = _Line(reading, command.given, command.operands)
        line.preamble()
        line.main()
        return reading


def _ends(given: Given) -> bool:
    """Whether a switch is ``--version`` or ``--help``."""
    return given.name == "--" and given.value in ("version", "help")


def _printing(given: Given) -> Given:
    """Return the switch as one that prints and exits."""
    return Given(_STOP, given.name, given.value, given.index, given.at, given.offset)


def _surroundings(command: CommandLine, execution: Execution) -> tuple[list[Given], str]:
    """Return the switches of PERL5OPT, and why perl would run nothing of a line that is right by itself."""
    extra: list[Given] = []
    trouble = ""
    if "PERL5OPT" in execution.env and not command.has("-T", "-t"):
        extra, trouble = _perl5opt(execution.env.get("PERL5OPT", ""))
    first = execution.argv[command.operands[0]] if command.operands else ""
    if not trouble and execution.env.get("PERL_SIGNALS", "safe") not in ("safe", "unsafe"):
        trouble = "PERL_SIGNALS is illegal"
    if not trouble and command.has("-x") and (command.has("-e", "-E", "-V")):
        trouble = "-x finds no script in -e"
    if not trouble and command.has("-x") and _DESCRIPTOR.match(first):
        trouble = "-x is not allowed with /dev/fd/N/NAME"
    return extra, trouble


def _trouble(given: Given) -> str:  # noqa: PLR0911 - one answer a switch
    """Say why perl stops at a switch, empty where it goes on."""
    value = given.value or ""
    match given.name[1]:
        case "-":
            if not value or value[0].isspace():
                return ""
            return f"unrecognized switch --{value}"
        case "I" if not value:
            return "no directory specified for -I"
        case "C" if not _WIDE.fullmatch(value):
            return f"unknown Unicode option {value}"
        case "M" | "m":
            name, rest = _module(value)
            if not name or name.replace("::", "").count(":"):
                return f"module name required with {given.name}"
            if given.name == "-m" and rest and rest[0] != "=":
                return "nothing may follow -mNAME"
    return ""


def _module(value: str) -> tuple[str, str]:
    """Split the value of -M into the module's name and the rest."""
    value = value.removeprefix("-")
    match = _NAME.match(value)
    return (match[0], value[match.end() :]) if match else ("", value)


def _perl5opt(value: str) -> tuple[list[Given], str]:
    """Return the switches in PERL5OPT, and perl's refusal."""
    found: list[Given] = []
    if value.lstrip(" \t\n\v\f\r").startswith("-T"):
        return [], ""  # perl turns tainting on and leaves the rest unread
    for match in re.finditer(r"[^ \t\n\v\f\r]+", value):
        word = match[0].removeprefix("-")
        if not word:
            continue
        if word[0] not in _ENVIRONMENT:
            return [], f"illegal switch in PERL5OPT: -{word[0]}"
        first = parse(OPTIONS, ("", "-" + word)).given[:1]
        offset = match.end() - len(word) + 1
        for given in first:
            trouble = _trouble(given)
            if trouble:
                return [], trouble
            found.append(Given(given.option, given.name, given.value, -1, -1, offset))
        if not first:
            return [], "no directory specified for -I"
    return found, ""


def _compiles(text: str) -> bool:
    """Whether compiling alone runs a part of this text: a BEGIN block, or an expression in an import list."""
    return _COMPILED.search(text) is not None or any(
        not _PLAIN.fullmatch(match[2].strip()) for match in _USE.finditer(text)
    )


class _Line:
    """What perl makes of an accepted line: the preamble's text, then the program's."""

    def __init__(self, reading: Reading, given: list[Given], operands: list[int]) -> None:
        self.reading = reading
        self.given = given
        self.operands = operands
        names = {switch.name for switch in given}
        self.names = names
        self.check = bool(names & {"-c", "-u"}) or self.compiles_only()
        self.loop = bool(names & {"-n", "-p", "-a", "-F"})

    def compiles_only(self) -> bool:
        """Whether a back end of the compiler takes the program: perl's own O, and none from the caller's folders."""
        if "-I" in self.names or {"PERL5LIB", "PERLLIB"} & self.reading.execution.env.keys():
            return False
        return any(
            switch.name in ("-M", "-m") and _BACK_END.match(switch.value or "") is not None for switch in self.given
        )

    def may_fail_first(self) -> bool:
        """Whether a module stands before the back end: where its import fails, the debugger asks for commands after all."""
        modules = [switch.value or "" for switch in self.given if switch.name in ("-M", "-m")]
        return not self.names & {"-c", "-u"} and bool(modules) and not _BACK_END.match(modules[0])

    def text(self, switch: Given, offset: int = 0, *, compiled: bool | None = None, note: str = "") -> None:
        """Record a switch's value, or the end of it, as program text."""
        text = (switch.value or "")[offset:]
        if self.check and not (_compiles(text) if compiled is None else compiled):
            return
        place = switch.offset + offset
        if switch.index < 0:
            self.reading.add("environment", text, variable="PERL5OPT", offset=place, option=switch.name, note=note)
            return
        vector: Vector = "argument" if switch.option.role == "code" else "module-option"
        self.reading.add(vector, text, index=switch.at, offset=place, option=switch.name, note=note)

    def preamble(self) -> None:
        """Read what is written in front of the program: -M, -d, PERL5DB, and a pattern of -F that perl takes as it stands."""
        self.debugger()
        for switch in self.given:
            value = switch.value or ""
            if switch.name in ("-M", "-m"):
                name, rest = _module(value)
                if rest.startswith("=") and import_runs(name, rest[1:]):
                    self.text(switch, compiled=True)
                elif switch.name == "-m":
                    self.module(switch, name)
                elif not rest.startswith("=") and not _PLAIN.fullmatch(rest):
                    listed = not _PLAIN.fullmatch(rest.partition(";")[0])
                    self.text(switch, compiled=listed or _compiles(rest))
                else:
                    self.module(switch, name)
        patterns = [switch for switch in self.given if switch.name == "-F"][-1:]
        for switch in patterns:
            if _pattern_runs(switch.value or ""):
                self.text(switch, note=self.unread(switch.value or ""))

    def module(self, switch: Given, name: str, ending: str = ".pm") -> None:
        """Record a module's file where a folder of -I or of PERL5LIB, read before its own, is one that anyone may write to."""
        chosen = [one.value for one in self.given if one.name == "-I" and one.value]
        chosen += [found[1] for one in self.given if (found := _LIB.fullmatch(one.value or "")) and one.name == "-M"]
        variables = () if self.names & {"-T", "-t"} else ("PERL5LIB", "PERLLIB")
        path = next((self.reading.execution.env[one] for one in variables if one in self.reading.execution.env), "")
        file = name.replace("::", "/") + ending
        planted = planted_path((*chosen, *path.split(":")), (file,), self.reading.execution)
        variable = "PERL5OPT" if switch.index < 0 else None
        if planted:
            self.reading.load(
                planted, vector="environment" if variable else "module-option",
                index=None if variable else switch.at, option=switch.name, variable=variable,
            )  # fmt: skip
        elif variable and switch.name == "-M":
            load = Load(interpreter="perl", path=name, variable=variable, option=switch.name)
            self.reading.loads.append(load)

    def debugger(self) -> None:
        """Read -d, -d:MODULE and PERL5DB, which -d:MODULE replaces."""
        if "-d" not in self.names:
            return
        modules = [s for s in self.given if s.name == "-d" and (s.value or "").lstrip("t")]
        if modules:
            last = modules[-1]
            start = (last.value or "").find("t") + 2 if (last.value or "").startswith("t") else 1
            rest = _module((last.value or "")[start:])[1]
            if rest and not (_quoted(rest[1:]) if rest[0] == "=" else _PLAIN.fullmatch(rest)):
                self.text(last, start)
            else:
                self.module(last, "Devel::" + _module((last.value or "")[start:])[0])
        elif "PERL5DB" in self.reading.execution.env:
            text = self.reading.execution.env["PERL5DB"]
            if text and not (self.check and not _compiles(text)):
                self.reading.add("environment", text, variable="PERL5DB")
        else:
            self.module(next(switch for switch in self.given if switch.name == "-d"), "perl5db", ".pl")
            self.commanded()

    def commanded(self) -> None:
        """Read where perl5db.pl has its commands from, and what PERLDB_OPTS makes it start."""
        options = debugger_options(self.reading.execution.env.get("PERLDB_OPTS", ""))
        place, remote, terminal = (options.get(name) for name in ("LineInfo", "RemotePort", "TTY"))
        if place is not None and place.text.startswith("|"):
            self.reading.add(
                "environment", place.text[1:], variable="PERLDB_OPTS", offset=place.offset + 1, language="shell",
                note="opened as a pipe",
            )  # fmt: skip
        silent = self.check and not self.may_fail_first()
        if silent or "noTTY" in options or options.get("NonStop", Value("0", 0)).text not in ("0", ""):
            return
        # its commands, Perl statements among them, come from stdin where there is no terminal
        if remote is not None:
            self.reading.add("url", None, variable="PERLDB_OPTS", url=remote.text, note="debugger commands")
        elif terminal is not None:
            self.reading.load(terminal.text, variable="PERLDB_OPTS")
        else:
            self.reading.stdin(explicit=False, option="-d", note="debugger commands, where there is no terminal")

    def main(self) -> None:
        """Read the program itself: every -e, else the script, else stdin."""
        reading = self.reading
        codes = [switch for switch in self.given if switch.option.role == "code"]
        words = self.operands
        if codes:
            for switch in codes:
                self.text(switch, note=self.unread(switch.value or ""))
            if self.check:
                reading.finish("checks")
        elif "-V" in self.names:
            reading.finish("prints")
            words = words[1:]
        else:
            self.script(words[:1])
            words = words[1:]
        reads = self.loop or any(s.text is not None and reads_operands(s.text) for s in reading.snippets)
        refused = "-T" in self.names and "-U" not in self.names  # -U makes warnings of what taint checks refuse
        if reads and not self.check and not refused and "-i" not in self.names:
            self.commands(words)

    def unread(self, text: str) -> str:
        """Return the note of text that never runs, having no block of its own: the loop of -n has nothing to read."""
        if not self.loop or self.reading.execution.stdin != "null" or self.operands:
            return ""
        return "" if "}" in _KEYED.sub("", text) or _compiles(text) else NOTHING_TO_READ

    def script(self, words: list[int]) -> None:
        """Read the script's operand; an empty one, ``-`` and none are stdin, and /dev/fd/N/NAME is descriptor N."""
        reading = self.reading
        word = reading.execution.argv[words[0]] if words else ""
        before = len(reading.snippets)
        match = _DESCRIPTOR.match(word)
        if match:
            reading.descriptor(match[1], index=words[0], opened=False)
        elif word in ("", "-"):
            reading.stdin(explicit=bool(words), index=words[0] if words else None)
        else:
            reading.program(words[0])
        if self.check:
            known = [s for s in reading.snippets[before:] if s.text is None or _compiles(s.text)]
            reading.snippets[before:] = known
            if not reading.snippets:
                reading.outcome = "checks"

    def commands(self, words: list[int]) -> None:
        """Read the operands that -n, -p and ``<>`` open: ``cmd |`` and ``| cmd`` run through the shell."""
        for index in words:
            word = self.reading.execution.argv[index]
            command = command_in(word)
            if command:
                self.reading.add(
                    "argument",
                    command,
                    index=index,
                    offset=word.index(command),
                    language="shell",
                    note="opened as a pipe",
                )


def _pattern_runs(value: str) -> bool:
    """Whether the pattern of -F is more than a pattern: perl writes a quoted one into the program as it stands."""
    if value[:1] not in ("/", "'", '"') or value[0] not in value[1:]:
        return False
    body, _, rest = value[1:].rpartition(value[0]) if value.count(value[0]) == 2 else ("", "", value)
    return bool(rest.strip(",0123456789msixpodualngcer")) or (
        value[0] != "'" and bool(re.search(r"[$@]\{|\(\?\??\{", body))
    )


def _quoted(value: str) -> bool:
    """Whether ``q{VALUE}`` ends where it should: every brace has its partner."""
    depth = 1
    for brace in re.finditer(r"\\.|[{}]", value, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return False
    return True
