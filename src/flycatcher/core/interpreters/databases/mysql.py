r"""mysql and mariadb: ``\!`` and ``system`` in a statement start a command.

Source: client/mysql.cc (find_command, add_line, com_shell); checked with marker code against mariadb 10.11 and a server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


_NAMED = re.compile(r"\s*system\b[^ ]* (?=.)", re.IGNORECASE)
_OTHERS = re.compile(
    r"\s*(?:\?|clear|connect|delimiter|edit|ego|go|help|nopager|notee|pager|print|prompt|rehash|source|status|system|tee|use|charset|"
    r"warnings|nowarning)(?:\s|$)",
    re.IGNORECASE,
)
"""Commands by name: such a line begins no statement."""
_TAKES_LINE = "PTuRrCd."
_EMPTIES = "cgG"
_BEHIND = re.compile(r";\s*system\b[^ ;]* (?=[^;]*;)", re.IGNORECASE)
"""A statement of its own, which the next delimiter shows to be a command."""
_ENDS = re.compile(r"\s*(?:quit|exit)\s*;?\s*$", re.IGNORECASE)
_SIGN = re.compile(r"\\(.)|(['\"`])|(--(?:\s|$)|#)|(/\*)|(;)")
_VALUES = (
    "host", "port", "user", "database", "socket", "delimiter", "init-command", "character-sets-dir", "connect-timeout",
    "default-auth", "default-character-set", "max-allowed-packet", "max-join-size", "net-buffer-length", "plugin-dir",
    "prompt", "protocol", "quick-max-column-width", "select-limit", "server-arg", "ssl-ca", "ssl-capath", "ssl-cert",
    "ssl-cipher", "ssl-key", "ssl-crl", "ssl-crlpath", "tls-version", "tee", "defaults-file", "defaults-extra-file",
    "defaults-group-suffix",
)  # fmt: skip
_FLAGS = (
    "abort-source-on-error", "auto-rehash", "no-auto-rehash", "auto-vertical-output", "batch", "binary-as-hex",
    "binary-mode", "column-names", "skip-column-names", "column-type-info", "comments", "compress",
    "connect-expired-password", "debug-check", "debug-info", "enable-cleartext-plugin", "force", "html",
    "ignore-spaces", "line-numbers", "skip-line-numbers", "local-infile", "named-commands", "no-beep", "one-database",
    "print-query-on-error", "progress-reports", "quick", "raw", "reconnect", "safe-updates", "i-am-a-dummy", "sandbox",
    "secure-auth", "show-warnings", "sigint-ignore", "silent", "ssl", "ssl-verify-server-cert", "table", "unbuffered",
    "verbose", "vertical", "wait", "xml", "no-defaults", "skip-named-commands",
)  # fmt: skip


class _Walk:
    """One walk over a script: what is open at the end of a line."""

    def __init__(self) -> None:
        self.string = ""
        self.comment = False
        self.empty = True

    def line(self, line: str) -> Iterator[int]:
        """Yield where the commands of one line begin, the line's own last."""
        at = 0
        while at < len(line):
            if self.string or self.comment:
                at = self._inside(line, at)
                continue
            match = _SIGN.search(line, at)
            plain = line[at : match.start() if match else len(line)]
            self.empty = self.empty and not plain.strip()
            if match is None or match[3] or (match[1] and match[1] in _TAKES_LINE):
                return
            at = match.end()
            if match[1] == "!":
                following = line.find(" ", at)
                if following >= 0 and line[following:].strip():
                    yield following + 1
                at = line.find(";", at) if ";" in line[at:] else len(line)
            self.string, self.comment = match[2] or "", match[4] is not None
            self.empty = (
                bool(match[5]) or (match[1] or "-") in _EMPTIES or (self.empty and not match[2] and not match[4])
            )

    def _inside(self, line: str, at: int) -> int:
        """Return where the open string or comment ends, else the line's end."""
        if self.comment:
            end = line.find("*/", at)
            self.comment = end < 0
            return len(line) if end < 0 else end + 2
        while at < len(line):
            if line[at] == "\\" and self.string != "`":
                at += 1
            elif line[at] == self.string:
                self.string = ""
                return at + 1
            at += 1
        return at


def commands(script: str, *, named_anywhere: bool = False) -> Iterator[tuple[str, int]]:
    """Yield each command for the shell in a script, and its place; inside a statement a name counts only with -G."""
    walk, start = _Walk(), 0
    for line in script.split("\n"):
        fresh = (walk.empty or named_anywhere) and not walk.string and not walk.comment
        named = _NAMED.match(line) if fresh else None
        if named:
            yield line[named.end() :], start + named.end()
        elif fresh and _ENDS.match(line):
            return
        elif not fresh or not _OTHERS.match(line):
            for at in walk.line(line):
                yield line[at:], start + at
        start += len(line) + 1
    for match in _BEHIND.finditer(script):
        yield script[match.end() :].partition("\n")[0], match.end()


class Mysql(Host):
    r"""mysql and mariadb: a statement of each -e, or of stdin, that is ``system`` or holds ``\\!``."""

    id = "mysql"
    language = "shell"
    names = (r"mysql|mariadb",)
    install = "apt: mariadb-client"
    verified = ("mariadb 10.11",)
    options = Options(
        short={"e": CODE, **each("hPuDS", VALUE), **each("p#", Option("attached")),
               **each("ABbCcEfGHiLNnoqrsTtUvWwX", FLAG), **each("?IV", EXIT)},
        long={
            "--execute": CODE,
            **each((f"--{name}" for name in _VALUES), VALUE),
            **each(("--password", "--pager", "--debug"), Option("attached")),
            **each((f"--{name}" for name in _FLAGS), FLAG),
            **each(("--help", "--version", "--print-defaults"), EXIT),
        },
        permute=True,
        parser="my_getopt",
        posixly=False,
        unknown="skip",
    )  # fmt: skip

    def prefilter(self) -> None:  # type: ignore[override]
        """Look at every line: what starts a command may stand on stdin alone."""

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the statements that start a command."""
        if command.has("--sandbox"):
            return reading.finish("nothing")
        anywhere = command.has("-G", "--named-commands")
        codes = command.every("code")
        script = "".join(given.value or "" for given in codes) if codes else reading.stdin_text()
        for text, at in commands(script, named_anywhere=anywhere):
            if not codes:
                reading.add("stdin", text)
                continue
            offset = codes[0].offset + at if len(codes) == 1 else 0  # the texts of several are put together as they are
            reading.add("argument", text, index=codes[0].at, offset=offset, option="--execute")
        return reading.finish("nothing")
