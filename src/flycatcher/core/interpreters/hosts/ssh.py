"""OpenSSH's clients: settings whose value is a command for the local shell.

Source: readconf.c (process_config_line) and ssh.c (main); checked with marker code against OpenSSH 9.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_SETTING = re.compile(r"\s*(proxycommand|localcommand|knownhostscommand)\s*(?:=|\s)\s*", re.IGNORECASE)

_SETTING_OPTION = {"o": Option("value", detail="setting")}
_COMMANDS = re.compile(
    r"(?im)^[ \t]*(?:proxycommand|localcommand|knownhostscommand|match[ \t].*\bexec)(?:[ \t]+|[ \t]*=[ \t]*)(?!none\s*$)(\S[^\n]*)"
)
"""Lines of a configuration that hold a command (ssh_config(5))."""
_KEPT = 2
_OTHERS = {
    "sftp": Options(
        parser="getopt",
        short={**_SETTING_OPTION, **each("bBcDFiJlPRsSX", VALUE), **each("1246AafhNpqrvC", FLAG)},
        unknown="skip",
    ),
    "scp": Options(
        parser="getopt",
        short={**_SETTING_OPTION, **each("cDFiJlPSX", VALUE), **each("12346ABCTdfOpqRrstv", FLAG)},
        unknown="skip",
    ),
}


class Ssh(Host):
    """ssh, scp and sftp: ProxyCommand, LocalCommand where it is permitted, KnownHostsCommand."""

    id = "ssh"
    names = (r"ssh|scp|sftp|slogin",)
    install = "apt: openssh-client"
    verified = ("9.2",)
    hint = re.compile(r"(?i:command)|\n-\w*F")
    options = Options(
        parser="getopt",
        short={
            "o": Option("value", detail="setting"), **each("BbcDEeFIiJLlmOPpQRSWwX", VALUE),
            **each("1246AaCfGgKkMNnqsTtvXxYy", FLAG),
            "V": EXIT, "r": FLAG,
        },
        unknown="skip",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: ssh takes options behind the host, too, and behind nothing else; the others take none there."""
        words = execution.argv
        name = words[0].rpartition("/")[2]
        line = parse(_OTHERS.get(name, self.options), words)
        if name not in _OTHERS and line.operands and words[line.operands[0] - 1] != "--":
            more = parse(self.options, words, line.operands[0] + 1)
            line = CommandLine([*line.given, *more.given], [line.operands[0], *more.operands], line.error or more.error)
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the settings; ``-G`` only prints them, ``-J`` leaves no room for a ProxyCommand, the first one counts."""
        if command.has("-G"):
            return reading.finish("prints")
        permitted = any("permitlocalcommand" in (g.value or "").lower() for g in command.given)
        self.configuration(reading, command)
        seen = {"proxycommand"} if command.has("-J") else set()
        for given in command.given:
            value = given.value or ""
            match = _SETTING.match(value) if given.option.detail == "setting" else None
            if match is None or match[1].lower() in seen or (match[1].lower() == "localcommand" and not permitted):
                continue
            seen.add(match[1].lower())
            text = value[match.end() :]
            if text.strip().lower() not in ("", "none"):
                reading.add("argument", text, index=given.at, offset=given.offset + match.end(), option="-o")
        return reading.finish("nothing")

    @staticmethod
    def configuration(reading: Reading, command: CommandLine) -> None:
        """Read the file of -F: its text where it is known, or that it is no file, or lies where anyone may write."""
        given = command.last("-F")
        path = given.value if given is not None else ""
        if given is None or not path or path == "none":
            return
        own, number = reading.execution.argv[0].rpartition("/")[2], descriptor_of(path, reading.execution)
        if number is not None and (number > _KEPT or own in _OTHERS):
            return  # ssh closes the others at its start, and scp and sftp start an ssh with another standard input
        before = len(reading.snippets)
        reading.load_given(given)
        text = reading.snippets[-1].text if len(reading.snippets) > before else None
        if text is not None:
            reading.snippets.pop()
            for found in _COMMANDS.finditer(text):
                reading.add("descriptor", found[1].strip(), index=given.at, option="-F", path=path)
