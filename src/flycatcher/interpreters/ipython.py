"""IPython, and the consoles beside it: ptpython, bpython, jupyter console.

Source: IPython/core/shellapp.py and terminal/ipapp.py (traitlets' command line); tried by hand against IPython 9.18.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_TRAIT = re.compile(r"--(?:[A-Za-z]*IPythonApp|InteractiveShellApp)\.(code_to_run|exec_lines)(?:=|$)")


class IPython(Interpreter):
    """ipython runs the text of -c, a module of -m, a file, or a session on stdin."""

    id = "ipython"
    language = "python"
    technique = "T1059.006"
    names = (r"ipython(?:3|-?\d[\d.]*)?",)
    runs_on = ("python",)
    install = "pip: ipython"
    options = Options(
        short={"c": CODE, "m": Option("value", "module"), "i": Option(role="interactive"), **each("hV", EXIT)},
        long={
            **each(
                ("--profile", "--ext", "--gui", "--pylab", "--matplotlib", "--colors", "--theme", "--logfile"), VALUE
            ),
            **each(("--logappend", "--autocall", "--cache-size", "--config", "--ipython-dir", "--log-level"), VALUE),
            **each(("--no-banner", "--banner", "--quick", "--quiet", "--debug", "--simple-prompt", "--pdb"), FLAG),
            **each(("--help", "--help-all", "--version", "--show-config", "--show-config-json"), EXIT),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution; a trait may hold text too, ``-c=TEXT`` is ``-c TEXT``."""
        if execution.argv[1:2] and execution.argv[1] in ("profile", "locate", "history", "kernel", "nbconvert"):
            return Reading(self, execution).end("prints")
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        self._texts(reading, command)
        if reading.snippets and not command.first("interactive"):
            return reading
        if command.first("module"):
            return reading.end("module")
        if command.operands and not reading.snippets:
            reading.program(command.operands[0], dash=False)
        elif not command.operands or command.first("interactive"):
            reading.stdin(explicit=False)
        return reading

    @staticmethod
    def _texts(reading: Reading, command: CommandLine) -> None:
        """Record the texts of -c and of traits."""
        for given in command.given:
            if given.option.role == "code":
                skip = int(given.at == given.index and (given.value or "").startswith("="))
                text = (given.value or "")[skip:]
                IPython._text(reading, text, given.at, given.offset + skip, given.name)
        for index, word in enumerate(reading.execution.argv):
            if match := _TRAIT.match(word):
                text, option = word[match.end() :], match[0].strip("=")
                IPython._text(reading, text, index, match.end(), option)

    @staticmethod
    def _text(reading: Reading, text: str, index: int, offset: int, option: str) -> None:
        """Record one text; behind ``!`` it is a shell's."""
        shell = text.startswith("!")
        language = "shell" if shell else "python"
        reading.add("argument", text[shell:], index=index, offset=offset + shell, option=option, language=language)


class JupyterConsole(Interpreter):
    """jupyter console and jupyter run: sessions and files; what they read on stdin runs. Unverified."""

    id = "jupyter"
    language = "python"
    technique = "T1059.006"
    names = (r"jupyter(?:-console|-run|-execute)?",)
    runs_on = ("python",)
    install = "pip: jupyter-console"

    def read(self, execution: Execution) -> Reading:
        """Read ``jupyter console`` and ``jupyter run``; the other subcommands run notebooks, or none."""
        words = execution.argv
        name = words[0].rpartition("/")[2]
        sub = name.partition("-")[2] or (words[1] if len(words) > 1 else "")
        reading = Reading(self, execution)
        if sub not in ("console", "run") or any(word in ("-h", "--help", "--version") for word in words):
            return reading.end("nothing")
        first = 1 + (name == "jupyter")
        files = [index for index in range(first, len(words)) if not words[index].startswith("-")]
        if sub == "run" and files:
            reading.program(files[0])
        else:
            reading.stdin(explicit=False)
        return reading


class BPython(Interpreter):
    """bpython and ptpython: consoles with files. Unverified: both ask for a terminal."""

    id = "bpython"
    language = "python"
    technique = "T1059.006"
    names = (r"bpython(?:-curses|-urwid)?(?:\d[\d.]*)?", r"pti?python(?:\d[\d.]*)?", r"pti?python-repl")
    runs_on = ("python",)
    install = "pip: bpython"
    options = Options(
        short={"c": CODE, **each("iqV", FLAG), "h": EXIT, "l": VALUE, "L": VALUE},
        long={
            **each(("--config", "--config-file", "--log-file", "--log-level", "--history-file"), VALUE),
            **each(("--help", "--version"), EXIT),
        },
        unknown="skip",
    )
