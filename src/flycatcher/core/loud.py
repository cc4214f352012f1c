"""Shell text that is loud by itself, beside the programs that it starts: a reverse shell, a program that is stored and run.

Analysing a whole text costs as much as reading it, and nearly no text is loud. So two searches come first: for the words of which
every loud text has some, and, once the text has been read, for what each of the capabilities cannot be without, in the text and
in the words that it comes to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.detection import judge, read
from flycatcher.core.execution import Execution
from flycatcher.core.payload.capabilities.credentials_files import RULE as CREDENTIALS
from flycatcher.core.payload.capabilities.credentials_secret_stores import TOOLS as SECRET_TOOLS
from flycatcher.core.payload.commands import unusual_program, writable_program
from flycatcher.core.payload.secrets import ANNOUNCED
from flycatcher.core.payload.sent import LOOK_UPS
from flycatcher.core.payload.taint_sources import ENCODERS, NAMES_THE_HOST
from flycatcher.core.regex import behind_needles, lazy
from flycatcher.core.shell import read_shell
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.detection import Judgement
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.payload.model import Capability


def _spaced(words: Sequence[str]) -> str:
    """Return an expression for words with blanks between them."""
    return r"\s+".join(map(re.escape, words))


class Loud(NamedTuple):
    """Shell text that is loud by itself."""

    reading: Reading
    judgement: Judgement


CAPABILITIES = frozenset({
    "network.reverse-shell", "network.bind-shell", "process.shell-on-socket", "file.drop-and-run", "file.destroy", "memory.execute",
    "impact.fork-bomb", "impact.mining",
})  # fmt: skip
"""Capabilities that shell text has by itself, and that no operator's script shares."""

_DROPPED = "file.drop-and-run"
_STARTED = frozenset({"process.spawn-file", "process.spawn-relative", "network.cleartext", "network.unverified-code"})
"""What makes a stored program more than an installed tool: it is started by its path, or anybody on the way may have changed it."""
_TOOLS = lazy(
    r"(?:/usr/local/|/opt/|~/(?:\.local/)?s?bin/|/(?:root|home/[^/]+)/(?:\.local/)?s?bin/|(?![/~])(?!\.[^./]))"
)
"""Where tools are put that no package manager brings (FHS 4.9, 3.13; file-hierarchy(7)), and the working folder."""
_STORED = frozenset({"file.executable", "file.write"})
AT_ANY_LEVEL = frozenset({
    "network.send-environment", "network.send-credentials", "network.send-secret", "network.dns-data", "credentials.asked-of-agent",
    "impact.fork-bomb", "file.wipe", "network.install-unverified",
})  # fmt: skip
"""What is loud whether it is critical or not: variables, secrets or credentials that leave or are looked for, and destruction."""

_WORDS = behind_needles(
    r"/dev/(?:tcp|udp|shm|sd|nvme|mem)|/tmp/|curl|wget|nc(?<!\wnc)\b|n(?:et)?cat\b|socat|mkfifo|telnet|ztcp|openssl|chmod|mkfs|rm(?<!\wrm)\b"
    r"|:\(\)|gh (?:api|gist|issue|pr)|glab api|aws s3|gsutil|gcloud storage|storage blob|rclone|s3cmd|mc (?:cp|pipe)"
    r"|install[^\n;|&]{0,200}://\d|--dangerously|--yolo|--trust-all|shred|sh(?<!\wsh)\b"
    r"|(?:dig(?<!\wdig)|nslookup(?<!\wnslookup)|scp(?<!\wscp)|rsync(?<!\wrsync)|ssh(?<!\wssh)|http(?<!\whttp)|ping(?<!\wping)"
    r"|getent|drill|delv|kdig|resolvectl)\b|(?<![\w.:/@-])host[ \t]"
)
"""What is part of every text that is critical by itself; texts are searched for it before they are parsed."""

_ALONE = lazy(
    r"/dev/(?:tcp|udp)/|\b(?:nc|ncat|netcat|socat|telnetd?|ztcp|s_client|s_server)\b|/inet"  # a connection, or a port
    r"|sh\b[^|;]{0,24}[<>]&\s?[3-9]"  # a shell on a descriptor
    r"|install[^\n;|&]{0,200}://\d"  # from a bare address
    r"|of=/dev/|mkfs|\bwipefs\b|\bshred\b"  # what destroys
    r"|(?<![^\s;{])([^\s|&;(){}]{1,64})\s*\|\s*\1\s*&"  # a function that starts itself twice
    r"|(?i:stratum|xmrig|minexmr|donate-level|cryptonight)"
)
"""What no loud text is without, unless it stores a program and runs it."""
_AGENTS = lazy(r"--(?:dangerously|yolo|trust-all|allow-all|full-auto|auto-approve|no-interactive)")
"""Options by which a coding agent acts without leave."""
_ANOTHER_LANGUAGE = lazy(r"pwsh|powershell")
"""Programs whose texts have words of their own for all of this."""
_FETCHES = lazy(r"\b(?:curl|wget|aria2c|axel|tftp|lftp|ftpget|scp|sftp)\b")
_MARKS = lazy(r"\bchmod\b")
_DESTROYED = (
    lazy(r"(?<!-)\brm\b"),
    lazy(
        r"(?:^|[\s'\"])(?:(?:/(?:home|etc|var|usr|boot|[*.])?|~(?:/\*?)?|\$HOME)(?=[\s'\";&|)}]|$)|--no-preserve-root)",
        re.MULTILINE,
    ),
)
"""What deletes, and a folder that is nobody's to delete."""
_GIVEN_AWAY = (
    lazy(
        r"/dev/(?:tcp|udp)/"
        r"|\b(?:http|https(?!:)|curl|wget|nc|ncat|netcat|socat|telnet|s?ftp|ssh|scp|rsync|openssl|sendmail|mailx?|mutt|gh|glab|aws|gsutil|gcloud|az|rclone|s3cmd|mc|dig|nslookup|host|ping|drill)\b"
    ),
    lazy(
        r"\b(?:env|printenv)(?:\s+-\S+)*\s*(?:[|)>;`&}\n]|$)|\b(?:export|declare|typeset|set)(?:\s+-\w+)*\s*[|)>`]|/environ\b|os\.environ\b|process\.env\b|\bENV\b|\bwhoami\b|/serviceaccount/token|169\.254\.|metadata\."
        rf"|\b(?:{'|'.join(_spaced(tool) for tool in SECRET_TOOLS)})|_auth"
        rf"|{'|'.join(map(re.escape, CREDENTIALS.hints.split()))}|/\.(?:ssh|aws|kube)\b"
        rf"|[$%{{][\w.{{]*{ANNOUNCED}"
    ),
)
"""What sends, and a list of all variables, a file of credentials, or a name that a look-up carries away."""
_LOOKED_UP = (
    lazy(rf"\b(?:{'|'.join(LOOK_UPS)})\b"),
    lazy(rf"\b(?:{'|'.join(sorted(NAMES_THE_HOST | ENCODERS))})\b"),
)
"""What asks for a name, and what a name is made of that carries something away."""
_DECODES = lazy(
    r"base64|xxd|\buudecode\b|openssl\s+(?:enc|base64)|\\x[0-9a-fA-F]|\\[0-3][0-7]|gzip|gunzip|zcat|\btr\b|\brev\b"
)
"""What may write a text that nobody has read."""


def may_be_loud(text: str) -> bool:
    """Whether a text holds anything that :func:`loud` could find."""
    return _WORDS.search(text) is not None


def loud(text: str, *, dialect: str = "bash", started: Sequence[Execution] | None = None) -> Loud | None:
    """Judge shell text as the text of ``sh -c``: what it does by itself, beside the programs that it starts.

    Return it where that is critical (a reverse shell, a program that is stored and run), None for everything else: a script that
    writes to a profile is an operator's work until something starts it. ``started``: the executions that the text leads to, None
    where it has not been read.
    """
    if not may_be_loud(text):
        return None
    if not _worth_reading(text, read_shell(text, dialect=dialect).executions if started is None else started):
        return None
    reading = read(Execution(argv=(dialect, "-c", text)))
    if reading is None or not reading.snippets:
        return None
    judgement = judge(reading, live=True)
    capabilities = [found for analysis in judgement.analyses for found in analysis.capabilities]
    done = {found.id for found in capabilities}
    loud_by = done & CAPABILITIES - ({_DROPPED} if _is_installation(capabilities) else set())
    is_loud = judgement.risk.level == "critical" and loud_by
    return Loud(reading, judgement) if is_loud or done & AT_ANY_LEVEL else None


def _is_installation(capabilities: Sequence[Capability]) -> bool:
    """Whether the program that is stored is a tool: fetched over TLS, put where tools lie, and not started by its path."""
    done = {found.id: found for found in capabilities}
    if done.keys() & _STARTED:
        return False
    stored = [path for kind in _STORED & done.keys() for path in done[kind].paths]
    return all(_TOOLS.match(path) and UNKNOWN not in path for path in stored)


def _worth_reading(text: str, started: Sequence[Execution]) -> bool:
    """Whether a text, or what it comes to, holds what some loud capability cannot be without."""
    if any(execution.planted is not None for execution in started):  # its language may be another
        return True
    whole = "\n".join([text, *(part for execution in started for part in _words(execution))])
    return (
        _ALONE.search(whole) is not None
        or _ANOTHER_LANGUAGE.search(whole) is not None
        or _DECODES.search(whole) is not None
        or all(each.search(whole) for each in _DESTROYED)
        or _AGENTS.search(whole) is not None
        or all(each.search(whole) for each in _GIVEN_AWAY)
        or all(each.search(whole) for each in _LOOKED_UP)
        or _may_drop(whole, started)
    )


def _may_drop(text: str, started: Sequence[Execution]) -> bool:
    """Whether a text may store a program and run it: a download, ``chmod`` and a program named by its path, two of the three."""
    fetches, marks = _FETCHES.search(text) is not None, _MARKS.search(text) is not None
    if fetches == marks:
        return fetches
    return any(writable_program(each.argv[0]) or unusual_program(each.argv[0]) for each in started)


def _words(execution: Execution) -> Iterator[str]:
    """Yield the words of a start, and the texts that it is given."""
    yield " ".join(execution.argv)
    if execution.stdin_text is not None:
        yield execution.stdin_text
    yield from execution.descriptors.values()
