"""PowerShell: pwsh on every system, and Windows PowerShell (powershell.exe), which build files name too.

Source: CommandLineParameterParser.cs of PowerShell 7 (ParseHelper, GetSwitchKey, MatchSwitch, ParseCommand, ParseFile) and
about_PowerShell_exe of 5.1. Unverified: no package registry here has a PowerShell that runs on Linux.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Given, Option, Options

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_COMMAND = Option("value", "code", last=True)
_ONE = Option("value", "code", detail="one", last=True)
_ENCODED = Option("value", "code", detail="encoded")
_FILE = Option("value", "file", last=True)
_EXIT = Option(role="exit", last=True)
_SWITCHES: tuple[tuple[str, str, Option], ...] = (
    ("version", "v", _EXIT),
    ("help", "h", _EXIT),
    ("?", "?", _EXIT),
    ("login", "l", FLAG),
    ("noexit", "noe", Option(role="interactive")),
    ("noprofile", "nop", FLAG),
    ("nologo", "nol", FLAG),
    ("noninteractive", "noni", FLAG),
    ("socketservermode", "so", FLAG),
    ("servermode", "s", FLAG),
    ("namedpipeservermode", "nam", FLAG),
    ("sshservermode", "sshs", FLAG),
    ("noprofileloadtime", "noprofileloadtime", FLAG),
    ("interactive", "i", FLAG),
    ("configurationfile", "configurationfile", VALUE),
    ("configurationname", "config", VALUE),
    ("custompipename", "cus", VALUE),
    ("command", "c", _COMMAND),
    ("commandwithargs", "commandwithargs", _ONE),
    ("cwa", "cwa", _ONE),
    ("windowstyle", "w", VALUE),
    ("file", "f", _FILE),
    ("outputformat", "o", VALUE),
    ("of", "o", VALUE),
    ("inputformat", "inp", VALUE),
    ("if", "if", VALUE),
    ("executionpolicy", "ex", VALUE),
    ("ep", "ep", VALUE),
    ("encodedcommand", "e", _ENCODED),
    ("ec", "e", _ENCODED),
    ("encodedarguments", "encodeda", VALUE),
    ("ea", "ea", VALUE),
    ("settingsfile", "settings", VALUE),
    ("sta", "sta", FLAG),
    ("mta", "mta", FLAG),
    ("workingdirectory", "wo", VALUE),
    ("wd", "wd", VALUE),
)
"""In the parser's own order: the whole name, its shortest beginning, what it takes. The first that fits is the one."""
_OLD: tuple[tuple[str, str, Option], ...] = (("version", "v", VALUE), ("psconsolefile", "p", VALUE), *_SWITCHES[1:])
"""Windows PowerShell: -Version takes a value."""
_DASHES = "-\u2013\u2014\u2015"


def _switch(word: str, *, old: bool) -> Option | None:
    """Return what a word switches, None where it begins the file (or, in Windows PowerShell, the command)."""
    key = word.strip().lower()
    dashes = 2 if key[:1] in _DASHES and key[1:2] == key[:1] else 1
    key = key[dashes:]
    for name, shortest, option in _OLD if old else _SWITCHES:
        if len(key) >= len(shortest) and name.startswith(key):
            return option
    return None


def decoded(text: str) -> str | None:
    """Return the text of -EncodedCommand: UTF-16LE in Base64; None where it is not that."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-16-le")
    except (ValueError, binascii.Error):
        return None


class PowerShell(Interpreter):
    """``-``, ``--``, a long dash or ``/`` before a name in any case, or its beginning; -Command takes all that follows."""

    id = "pwsh"
    language = "powershell"
    technique = "T1059.001"
    grammar = "pwsh"
    in_variables = True
    names = (r"(?i:pwsh(?:-preview|-lts|-?\d[\d.]*)?|powershell)(?i:\.exe)?",)
    install = "no registry here; github.com/PowerShell"
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words."""
        words, line, index = execution.argv, CommandLine([], []), 1
        old = words[0].replace("\\", "/").rpartition("/")[2].lower().startswith("powershell")
        while index < len(words):
            word = words[index]
            if not word.strip():
                break
            option = _switch(word, old=old) if word.strip()[0] in _DASHES + "/" else None
            if option is None:
                self._plain(words, index, line, old=old)
                break
            if option.takes != "value":
                line.given.append(Given(option, word, None, index, index, 0))
            elif index + 1 >= len(words):
                line.error = f"option {word} needs a value"
                break
            else:
                line.given.append(Given(option, word, words[index + 1], index, index + 1, 0))
                index += 1
            index += 1
            if option.last:
                line.operands = list(range(index, len(words)))
                break
        return line

    @staticmethod
    def _plain(words: tuple[str, ...], index: int, line: CommandLine, *, old: bool) -> None:
        """Read the first word that is not a switch: the file, or in Windows PowerShell the command."""
        line.given.append(Given(_COMMAND if old else _FILE, "", words[index], index, index, 0))
        line.operands = list(range(index + 1, len(words)))

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the command, the encoded one, the file, or stdin."""
        code, file = command.first("code"), command.first("file")
        if code is not None:
            self._code(reading, code)
        elif file is not None:
            reading.program(file.at, option=file.name)
        else:
            reading.stdin(explicit=False)
        if code is not None and command.first("interactive") and reading.outcome != "refuses":
            reading.stdin(explicit=False)
        return reading

    @staticmethod
    def _code(reading: Reading, given: Given) -> None:
        """Record the text of a command: all words that follow, joined by blanks, or ``-`` for stdin."""
        words, text, note = reading.execution.argv, given.value or "", ""
        if given.option.detail == "encoded":
            plain = decoded(text)
            if plain is None:
                reading.refuse("the command is not Base64 of UTF-16LE")
                return
            text, note = plain, "decoded from Base64 of UTF-16LE"
        elif text == "-" and not given.option.detail:
            if given.at + 1 < len(words):
                reading.refuse("nothing may follow -Command -")
            else:
                reading.stdin(explicit=True, index=given.at, option=given.name)
            return
        elif not given.option.detail:
            text = " ".join(words[given.at :])
        reading.add("argument", text, index=given.at, option=given.name, note=note)
