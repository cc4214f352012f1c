"""GNU parallel(1): the words joined are a shell's text, with arguments from ``:::``, ``::::`` or standard input.

Source: its own list of options (options_hash), which Getopt::Long reads with ``bundling`` and ``require_order``; checked by
starting the same lines for real against parallel 20221122.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from flycatcher.core.launchers.command import MAX_COMMANDS, ArgumentFile, LaunchedCommand
from flycatcher.core.launchers.getopt import Line, getopt
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from flycatcher.core.launchers.command import Stdin

_VALUES = [
    "debug",
    "sql-master",
    "sqlmaster",
    "sql-worker",
    "sqlworker",
    "sql-and-worker",
    "sqlandworker",
    "joblog",
    "jl",
    "results",
    "result",
    "res",
    "parens",
    "tag",
    "extensionreplace",
    "er",
    "basenamereplace",
    "bnr",
    "dirnamereplace",
    "dnr",
    "basenameextensionreplace",
    "bner",
    "seqreplace",
    "slotreplace",
    "jobs",
    "delay",
    "ssh-delay",
    "sshdelay",
    "load",
    "tag-string",
    "tagstring",
    "sshloginfile",
    "slf",
    "sshlogin",
    "ssh",
    "transfer-file",
    "transferfile",
    "transfer-files",
    "transferfiles",
    "tf",
    "return",
    "trc",
    "basefile",
    "bf",
    "template",
    "tmpl",
    "work-dir",
    "workdir",
    "wd",
    "rsync-opts",
    "rsyncopts",
    "tmpdir",
    "tempdir",
    "total-jobs",
    "totaljobs",
    "total",
    "arg-sep",
    "argsep",
    "arg-file-sep",
    "argfilesep",
    "profile",
    "linkinputsource",
    "xapplyinputsource",
    "memfree",
    "memsuspend",
    "timeout",
    "term-seq",
    "termseq",
    "max-procs",
    "maxprocs",
    "delimiter",
    "max-chars",
    "maxchars",
    "eof",
    "process-slot-var",
    "processslotvar",
    "max-args",
    "maxargs",
    "max-replace-args",
    "maxreplaceargs",
    "semaphore-timeout",
    "semaphoretimeout",
    "st",
    "semaphore-name",
    "semaphorename",
    "id",
    "recstart",
    "recend",
    "block-size",
    "blocksize",
    "block",
    "block-timeout",
    "blocktimeout",
    "bt",
    "shard",
    "bin",
    "filter",
    "arg-file",
    "argfile",
    "nice",
    "colsep",
    "env",
    "retries",
    "halt",
    "halt-on-error",
    "cat-file",
    "limit",
    "shell-completion",
    "groupby",
    "group-by",
]
_FLAGS = (
    "dry-run! dryrun! dr! version! help! bibtex! citation! show-limits! pipe pipe-part pipepart quote null keep-order keeporder verbose "
    "no-run-if-empty group ungroup line-buffer linebuffer xargs shuf bar progress eta will-cite willcite strip_marks dry tty"
)
OPTIONS = getopt(
    "j:S:N:n:L:a:I:d:s:P:D:J:E:U:B:W:H:C:i::e::l::r0kXmqutvh!V!",
    " ".join([*(f"{name}:" for name in _VALUES if name != "tag"), "tag", _FLAGS]),
)
_SOURCE = lazy(r":::[:]?\+?")
_PLACE = lazy(r"\{(?:[./]{0,3}|[#%]|(\d{1,3})[./]{0,3})\}")


def parallel(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Return the shell texts that are run: one for each argument of the first source, the others' first ones beside it."""
    line = Line(OPTIONS, fields)
    if line.stops:
        return None
    words = line.rest()
    cut = next((at for at, word in enumerate(words) if _SOURCE.fullmatch(strip_marks(word))), len(words))
    command, sources = words[:cut], _sources(words[cut:])
    piped = line.command.has("--pipe", "--pipe-part", "--pipepart")
    if not sources:
        from_file = line.value("-a", "--arg-file", "--argfile") is not None
        told = from_file == isinstance(stdin, ArgumentFile) and stdin.text is not None
        lines = (stdin.text or "").removesuffix("\n").split("\n") if stdin.text else []
        sources = [lines if told and not piped else [UNKNOWN]]
    if line.command.has("-q", "--quote"):
        command = [word if UNKNOWN in word else shlex.quote(strip_marks(word)) for word in command]
    if piped:
        runs = bool(command) and stdin.kind != "null"
        return [LaunchedCommand(["sh", "-c", " ".join(command)], env)] if runs else None
    place = line.value("-I") or ""
    texts = [
        _text(command, [item, *(rest[0] for rest in sources[1:] if rest)], place) for item in sources[0][:MAX_COMMANDS]
    ]
    return [LaunchedCommand(["sh", "-c", text], env) for text in texts] or None


def _sources(words: list[str]) -> list[list[str]]:
    """Return the arguments of each source; what a file holds is not known."""
    sources: list[list[str]] = []
    in_file = False
    for word in words:
        if _SOURCE.fullmatch(strip_marks(word)):
            in_file = strip_marks(word).startswith("::::")
            sources.append([])
        else:
            sources[-1].append(UNKNOWN if in_file else word)
    return sources


def _text(command: list[str], items: list[str], place: str) -> str:
    """Return the shell text for one set of arguments; without a command, they are it."""
    quoted = [item if not command or UNKNOWN in item else shlex.quote(strip_marks(item)) for item in items]

    def placed(match: re.Match[str]) -> str:
        number = int(match[1] or 0)
        return quoted[number - 1] if 0 < number <= len(quoted) else " ".join(quoted)

    joined = " ".join(command)
    text = _PLACE.sub(placed, joined.replace(place, "{}") if place else joined)
    return text if text != joined else " ".join([*([joined] if joined else []), *quoted])
