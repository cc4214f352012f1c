"""Vim and Neovim: Ex commands on the command line, among them ``!``, ``:py3`` and ``:lua``.

Source: src/main.c (command_line_scan, exe_pre_commands, source_startup_scripts) of Vim, main.c of Neovim; checked with
marker code against vim 9.0 and nvim 0.7.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, classify

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_LOAD = Option("value", "load")
_SHORT: dict[str, Option] = {"c": _CODE, **each("Sus", _LOAD), **each("tTUwWiP", VALUE), "h": EXIT}
_LONG: dict[str, Option] = {
    "--cmd": _CODE,
    **each(("--startuptime", "--servername", "--listen", "--log", "--socketid", "--windowid"), VALUE),
    **each(("--help", "--version"), EXIT),
}
_RANGE = (
    r"[\s:]*+(?:[%.$,;+\d-]|'.|/(?:\\.|[^/\\]){0,200}/){0,32}\s*+"
    r"(?:(?:sil|silent|verb\w{0,9}|noa\w{0,9}|keep\w{0,9}|lock\w{0,9}|con\w{0,9}|unsil\w{0,9}|tab)!?\s++){0,8}"
)
"""What may stand before a command's name. Bounded, each way with characters of its own: the time is linear, whatever the text."""
_COMMANDS = (
    ("shell", re.compile(_RANGE + r"!!?")),
    ("shell", re.compile(_RANGE + r"(?:r|re|read|w|wr|write)\s*!")),
    ("shell", re.compile(_RANGE + r"(?:ter|term|terminal)\b(?:\s*\+\+\S+)*\s*")),
    ("python", re.compile(_RANGE + r"(?:py|pyt\w*|pyx|py3|py3do|pydo|pyxdo|python3?)\b\s*(?:<<)?\s*")),
    ("lua", re.compile(_RANGE + r"(?:lua|luado)\b\s*=?\s*")),
    ("perl", re.compile(_RANGE + r"(?:pe|perl|perldo)\b\s*")),
    ("ruby", re.compile(_RANGE + r"(?:rub|ruby|rubydo)\b\s*")),
    ("tcl", re.compile(_RANGE + r"(?:tcl|tcldo)\b\s*")),
    ("vim", re.compile(r"(?=(?:[^|]*\|)*[\s:]*(?:sil\w*!?\s+)?sh(?:e(?:ll?)?)?\s*(?:\||$))", re.DOTALL)),
    ("vim", re.compile(
        r"(?=.*(?:\b(?:system|systemlist|job_start|jobstart|termopen|term_start|libcall(?:nr)?|py3?eval|pyxeval)\s*\("
        r"|\b(?:luaeval|rubyeval|perleval|nvim_\w+)\s*\("
        r"|(?:^|[|'\"]|(?<![\s:])[\s:])" + _RANGE + r"(?:!|(?:r|re|read|w|wr|write)\s*!|(?:ter|term|terminal)\s+\S"
        r"|(?:py3?|pyx|python[3x]?|lua|perl|ruby|tcl)\s+\S)"
        r"|\b(?:mak|make|lmak|lmake)\b|\b(?:norm|normal|feedkeys)\b[^!]{0,400}+!))", re.DOTALL)),
)  # fmt: skip
_COMMAND_VARIABLES = ("VIMINIT", "EXINIT")
"""Of which vim runs the first that is set."""


class Vim(Host):
    """Vim, in each of its names; the restricted ones run no command."""

    id = "vim"
    language = "vim"
    names: ClassVar[tuple[str, ...]] = (
        r"r?(?:g?vim|gview|view)(?:diff)?(?:\.(?:basic|tiny|nox|gtk\d?|athena|huge))?",
        r"ex|e?vi|evim|vimx",
    )
    install = "apt: vim"
    verified = ("9.0",)
    hint = re.compile(r"\n[-+]|VIMINIT|VIMRUNTIME")
    variables = (*_COMMAND_VARIABLES, "VIMRUNTIME")
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read ``+command``, clusters whose last letter takes the rest or the next word, and files between them."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words) and not line.error:
            word = words[index]
            index += 1
            if word == "--":
                line.operands.extend(range(index, len(words)))
                break
            if word.startswith("--"):
                index = self._long(words, index, line)
            elif word[:1] == "+":
                line.given.append(Given(_CODE, "+", word[1:], index - 1, index - 1, 1))
            elif word[:1] == "-" and len(word) > 1:
                index = self._cluster(words, index, line)
            else:
                line.operands.append(index - 1)
        return line

    def _long(self, words: tuple[str, ...], index: int, line: CommandLine) -> int:
        """Read one long option; ``--remote`` and its kin leave the rest to another vim."""
        name = words[index - 1].partition("=")[0]
        option = _LONG.get(name, FLAG)
        if option.takes == "value" and index < len(words):
            line.given.append(Given(option, name, words[index], index - 1, index, 0))
            return index + 1
        line.given.append(Given(option, name, None, index - 1, index - 1, 0))
        return len(words) if name.startswith("--remote") else index

    def _cluster(self, words: tuple[str, ...], index: int, line: CommandLine) -> int:
        """Read one cluster of letters."""
        word, position = words[index - 1], 1
        while position < len(word):
            letter = word[position]
            position += 1
            silent = letter == "s" and any(given.name in ("-e", "-E") for given in line.given)
            option = FLAG if silent or (letter == "s" and self.is_ex(words[0])) else _SHORT.get(letter, FLAG)
            if option.takes != "value":
                line.given.append(Given(option, "-" + letter, None, index - 1, index - 1, 0))
                if letter in "VopONrLqd" and not word[position:].isalpha():
                    break
                continue
            if position < len(word):
                line.given.append(Given(option, "-" + letter, word[position:], index - 1, index - 1, position))
            elif letter == "S" and words[index : index + 1] and words[index].startswith("-"):
                break  # the session's own file
            elif index < len(words):
                line.given.append(Given(option, "-" + letter, words[index], index - 1, index, 0))
                index += 1
            elif letter != "S":
                line.error = f"option -{letter} needs a value"
            break
        return index

    @staticmethod
    def is_ex(name: str) -> bool:
        """Whether the program's name alone asks for Ex mode."""
        return name.rpartition("/")[2] == "ex"

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what is sourced and run: the environment's command, ``--cmd``, ``-c`` and ``+``, and stdin in silent mode."""
        execution = reading.execution
        silent = command.has("-s") and (command.has("-e", "-E") or self.is_ex(execution.argv[0]))
        if not command.has("-u") and not silent:
            name = next((name for name in _COMMAND_VARIABLES if execution.env.get(name)), "")
            self.text(reading, execution.env.get(name, ""), None, name)
        plain = command.has("--clean", "--noplugin") or any(g.name == "-u" and g.value == "NONE" for g in command.given)
        if (folder := execution.env.get("VIMRUNTIME", "").rstrip("/")) and not plain:
            reading.load_seen("VIMRUNTIME", f"{folder}/plugin/*.vim")
        for given in command.given:
            if given.option.role == "load" and given.value and not (given.name == "-u" and given.value.isupper()):
                reading.load_given(given)
            elif given.option.role == "code" and given.value:
                self.text(reading, given.value, given, None)
        if silent and not self.restricted(reading):
            reading.stdin(explicit=True)
        return reading.finish("nothing")

    @staticmethod
    def restricted(reading: Reading) -> bool:
        """Whether it starts no shell: ``rvim``, ``rview``, ``-Z``. Perl runs all the same, and other languages before 8.2."""
        name = reading.execution.argv[0].rpartition("/")[2]
        return name.startswith("r") or (reading.command is not None and reading.command.has("-Z"))

    def text(self, reading: Reading, command: str, given: Given | None, variable: str | None) -> None:
        """Record an Ex command that starts a command or runs an embedded language."""
        found = classify(_COMMANDS, command)
        if found is None:
            return
        language, start = found
        note = ""
        if not command[start:] or (self.restricted(reading) and language in ("shell", "vim")):
            return
        if self.restricted(reading) and language != "perl":
            note = "vim 8.2 and later refuse it in restricted mode"
        if given is not None:
            reading.add(
                "argument", command[start:], index=given.at, offset=given.offset + start, option=given.name, language=language,
                note=note,
            )  # fmt: skip
        else:
            reading.add("environment", command[start:], offset=start, variable=variable, language=language)
