"""file-rename, exiftool, latexmk and GNU parallel: programs in Perl whose words hold Perl that they evaluate.

Source: File/Rename.pm, exiftool, latexmk.pl and parallel themselves; checked with marker code against 2.01, 12.57, 4.79 and
20221122.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.hosts.host import Host, shellish
from flycatcher.core.interpreters.perl.text import does
from flycatcher.core.snippet import NOTHING_TO_READ

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine

_CODE = Option("value", "code")


class Rename(Host):
    """rename in Perl: its first operand, or ``-e``; util-linux has another program of this name, whose words are no Perl.

    Releases before 1 take clusters and beginnings of names, later ones names behind one dash; what either takes is read.
    """

    id = "rename"
    language = "perl"
    names = (r"rename|prename|file-rename|perl-rename",)
    runs_on = ("perl",)
    install = "apt: rename"
    verified = ("2.01",)
    options = Options(
        parser="getopt::long bundling",
        short={"e": _CODE, "E": _CODE, "u": Option("optional"), **each("vnf0d", FLAG), **each("hm?V", EXIT)},
        long={
            "--unicode": Option("optional"),
            **each(
                ("--verbose", "--null", "--nono", "--force", "--filename", "--path", "--fullpath", "--no-path"), FLAG
            ),
            **each(("--help", "--man", "--version"), EXIT),
        },
        unknown="skip",
        posixly=False,
        cased=True,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the expressions."""
        execution = reading.execution
        codes = command.every("code")
        empty = len(command.operands) <= (not codes) and execution.stdin == "null"  # no name to change
        note = NOTHING_TO_READ if empty else ""
        for given in codes:
            if does(given.value or ""):
                reading.code(given, note=note)
        if not codes and command.operands and does(execution.argv[command.operands[0]]):
            reading.add("argument", execution.argv[command.operands[0]], index=command.operands[0], note=note)
        return reading.finish("nothing")


_CONDITION = re.compile(r"-if\d*", re.IGNORECASE)
_FORMAT = re.compile(r"-(?:p|printformat|api)", re.IGNORECASE)
_INSIDE = re.compile(r"\$\{[^;}]*;|(?i:filter)\s*=")


class Exiftool(Host):
    """exiftool: conditions, the expressions in ``${TAG;EXPRESSION}``, and the API's filter."""

    id = "exiftool"
    language = "perl"
    names = (r"exiftool",)
    runs_on = ("perl",)
    install = "apt: libimage-exiftool-perl"
    verified = ("12.57",)
    hint = re.compile(r"(?i)\n-if|\$\{|filter|\n-config")
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Look at each word: there are no clusters, and a tag may be given any name."""
        reading, words = Reading(self, execution), execution.argv
        for at in range(1, len(words)):
            before, word = words[at - 1], words[at]
            if _CONDITION.fullmatch(before) and does(word):
                reading.add("argument", word, index=at, option=before)
            elif before == "-config" and at == 2:
                reading.load(word, vector="argument", index=at, option=before)
            elif _FORMAT.fullmatch(before) or re.match(r"-[\w:]+<", word):
                inside = _INSIDE.search(word)
                if (
                    inside is not None
                    and "=" in inside[0]
                    and ("-n" in words or _INSIDE.search("\n".join(words[at + 1 :])))
                ):
                    continue  # a filter changes what is printed, and the last one counts
                if inside is not None and does(word[inside.end() :]):
                    reading.add("argument", word[inside.end() :], index=at, offset=inside.end(), option=before)
        return reading.finish("nothing")


_COMMAND = re.compile(
    r"--?(?:pdf|dvi|ps|xdv)?(?:lua|xe)?(?:la)?tex=|--?(?:pdf|lua|xe|dvilua|hnt)?latex=|--?(?:new-viewer|print)="
)


_LAST = re.compile(r"--?(?:h|help|v|version|commands)")


class Latexmk(Host):
    """latexmk: ``-e`` is Perl, ``-pdflatex=`` and its like are commands, ``-r`` is a file of Perl."""

    id = "latexmk"
    language = "perl"
    names = (r"latexmk(?:\.pl)?",)
    runs_on = ("perl",)
    install = "apt: latexmk"
    verified = ("4.79",)
    hint = re.compile(r"\n--?(?:e\n|r\n|[a-z]*tex=)")
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words in their order; one that prints ends the line, but Perl before it has run."""
        reading, words = Reading(self, execution), execution.argv
        at = 1
        while at < len(words):
            word = words[at]
            at += 1
            if _LAST.fullmatch(word):
                break
            if word in ("-e", "--e") and at < len(words):
                reading.add("argument", words[at], index=at, option="-e")
                at += 1
            elif word in ("-r", "--r") and at < len(words):
                reading.load(words[at], vector="argument", index=at, option="-r")
                at += 1
            elif (match := _COMMAND.match(word)) is not None and shellish(word[match.end() :]):
                reading.add("argument", word[match.end() :], index=at - 1, offset=match.end(), language="shell")
        return reading.finish("nothing")


_BRACES = re.compile(r"\{=(.*?)=\}", re.DOTALL)
_REPLACED = re.compile(r"\S+\s+")


class Parallel(Host):
    """GNU parallel: ``{= PERL =}``, ``--rpl`` and ``--filter``. What it starts are commands of their own."""

    id = "parallel"
    language = "perl"
    names = (r"parallel|sem",)
    runs_on = ("perl",)
    install = "apt: parallel"
    verified = ("20221122",)
    hint = re.compile(r"\{=|\n--(?:rpl|filter)")
    options = Options(parser="getopt::long bundling")

    def read(self, execution: Execution) -> Reading:
        """Read the words in front of the inputs."""
        reading, words = Reading(self, execution), execution.argv
        end = next((at for at, word in enumerate(words) if word.startswith((":::", "::::"))), len(words))
        for at in range(1, end):
            before, word = words[at - 1], words[at]
            for match in _BRACES.finditer(word):
                if does(match[1]):
                    reading.add("argument", match[1], index=at, offset=match.start(1))
            lead = _REPLACED.match(word) if before == "--rpl" else None
            short = word.split()[0] if lead is not None else ""
            if lead is not None and does(word[lead.end() :]) and any(short in other for other in words[at + 1 : end]):
                reading.add("argument", word[lead.end() :], index=at, offset=lead.end(), option="--rpl")
            elif before == "--filter" and does(word):
                reading.add("argument", word, index=at, option="--filter")
        return reading.finish("nothing")
