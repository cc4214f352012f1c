"""syslog as text: cron's and sudo's own lines, and what a logging daemon says it has lost.

Sources: cron(8), sudoers(5) LOG FORMAT, rsyslog's imuxsock, systemd-journald(8).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.clock import seconds
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.recorded import Recorded

HEAD = re.compile(
    r"(?:<\d{1,3}>\d? ?)?(?P<time>[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?) (?P<host>[\w.:-]+) "
)
_LINE = re.compile(HEAD.pattern.encode() + rb"[^\s:\[\]]{1,48}(?:\[\d+\])?:? ")
"""Any line of syslog: time, host, program."""
_HEADER = r"(?:[^:(]*:| \S+ \S+ (?:-|\[[^\]]*\])) *(?:\ufeff)?"
"""What stands between a program's name and its message: ``[9]:``, or process, kind and data as RFC 5424 has them."""
_CRON = re.compile(
    rf"(?:cron|crond|CRON|CROND|anacron|cronie|fcron|dcron|busybox){_HEADER}\((?P<user>[^)]*)\) CMD \((?P<text>.*)\)\s*$"
)
_BUSYBOX = re.compile(r"crond(?:\[\d+\])?: USER (?P<user>\S+) pid +\d+ cmd (?P<text>.*)$")
_SUDO = re.compile(
    rf"sudo(?:\[(?P<pid>\d{1, 10})\]|(?= (?P<proc>\d{1, 10}) ))?{_HEADER}(?P<user>\S+) : (?P<rest>.*?;? ?)COMMAND=(?P<text>.*)$"
)
_DENIED = re.compile(r"command not allowed|incorrect password|NOT in sudoers|authentication failure", re.IGNORECASE)
LOSS = re.compile(
    r"imuxsock(?:\[\w{1,16}\])? ?(?:lost|begins? to drop)? ?(\d{1,18})? ?messages|lost (\d{1,18}) messages from|"
    r"Suppressed (\d{1,18}) messages from|Missed (\d{1,18}) kernel messages|(?<!\d)(\d{1,18}) messages? (?:lost|dropped|discarded)"
)
_QUICK = (b"CMD (", b"COMMAND=", b" cmd ", b"messages")
_DEPTH = 100_000


def is_syslog(line: bytes) -> bool:
    """Whether a line is one of syslog, whatever it says."""
    return _LINE.match(line) is not None


class Syslog(JsonFormat):
    """Lines of cron and sudo, from /var/log/syslog, auth.log, secure, cron, or sudo's own log file."""

    name = "syslog"
    title = "syslog"
    rank = 10
    words = "text"

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is one of cron's or sudo's, or tells of lost messages."""
        if not any(mark in line for mark in _QUICK):
            return False
        return any(True for _ in _found(line.decode("utf-8", "surrogateescape")))

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one line."""
        if any(mark in line for mark in _QUICK):
            for found in _found(line.decode("utf-8", "surrogateescape")):
                yield from self.placed(found, number, offset)


def _found(line: str) -> Iterator[Seen | Lost]:
    """Yield what a line tells of."""
    head = HEAD.match(line)
    if head is None:
        return
    yield from message(line[head.end() :], time=head["time"], host=head["host"])


def message(said: str, *, time: object, host: str) -> Iterator[Seen | Lost]:
    """Yield what a message, behind its time and host, tells of."""
    cron = _CRON.match(said) or _BUSYBOX.match(said)
    if cron is not None:
        yield Seen(
            text=crontab_text(cron["text"]),
            kind="shell",
            user=cron["user"],
            host=host,
            time=time,
            context={"via": "cron"},
        )
        return
    sudo = _SUDO.match(said)
    if sudo is not None:
        if not _DENIED.search(sudo["rest"]):
            yield _sudo(sudo, time, host)
        return
    lost = LOSS.search(said)
    if lost is not None:
        count = int(next(filter(None, lost.groups()), 1))
        yield Lost(text=said.strip()[:500], place="rate limit", count=count, host=host, time=seconds(time))


def _sudo(found: re.Match[str], time: object, host: str) -> Seen:
    """Return what sudo was told to run: one string, control characters as ``#012``."""
    facts = dict(part.strip().partition("=")[::2] for part in found["rest"].split(";") if "=" in part)
    line = re.sub(r"#(0[0-3][0-7])", lambda number: chr(int(number[1], 8)), found["text"])
    variables = {
        name: value for name, _, value in (word.partition("=") for word in facts.get("ENV", "").split(" ")) if name
    }
    return Seen(
        text=line,
        kind="string",
        cwd=facts.get("PWD", ""),
        env=variables,
        user=facts.get("USER", "root"),
        login=found["user"],
        host=host,
        time=time,
        happened="presumed",
        pid=int(found["pid"] or found["proc"]) if found["pid"] or found["proc"] else None,
        context={"via": "sudo", "terminal": facts.get("TTY", "")},
    )


def crontab_text(text: str) -> str:
    """Return a crontab's command as shell text: what stands behind the first ``%`` is standard input (crontab(5))."""
    parts = re.split(r"(?<!\\)%", text[:_DEPTH])
    command, fed = parts[0].replace("\\%", "%"), [part.replace("\\%", "%") for part in parts[1:]]
    if not fed:
        return command
    lines = "\n".join(fed)
    return f"{command} <<'END-OF-STANDARD-INPUT'\n{lines}\nEND-OF-STANDARD-INPUT\n"
