"""The records of one event of the audit log where they stand together, as they mostly do: matched as one, without a look at each line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_IT = rb" msg=audit\(\2\)"
CALL = re.compile(
    rb"(type=SYSCALL msg=audit\(([\d.:]{14,39})(\): arch=\w{1,16} syscall=\w{1,16}) success=(yes|no) [^\n]*)\n"
    rb"(?:(?:type=CWD" + _OF_IT + rb"[^\n]*\n)?(type=EXECVE" + _OF_IT + rb": argc=\d+ a0=([^ \n]*)[^\n]*)\n)?"
    rb"(?:type=(?:CWD|PATH|PROCTITLE|SOCKADDR)" + _OF_IT + rb"[^\n]*\n)*"
)
"""A SYSCALL record and what follows of its event. Groups: the record, the event's key, architecture and number of the call, its success; the
EXECVE record, directly behind it or behind a CWD record, and ``argv[0]`` in it. The others add nothing to an event that is not of interest."""
ALONE = re.compile(rb"type=(\w+) msg=audit\(([\d.:]{14,39})\)[^\n]*\n")
"""Any whole record: its type and its key."""
KEY = re.compile(rb"^(\d{1,18}(?:\.\d{1,18})?):(\d{1,18})$", re.MULTILINE)
"""An event's key on a line of its own: seconds, serial number."""
Told = tuple[bytes, int, int, int] | tuple[()]
"""Of a start: its process, where its SYSCALL record ends, where its EXECVE record begins and ends; empty where it failed."""
Span = tuple[int, int, bytes, Told | None]
"""Records that stand together: where they begin and end, the event's key, and what start they tell of, None for none."""
_NEXT = b"\ntype=SYSCALL "


def spans(
    data: bytes, is_exec: Callable[[re.Match[bytes]], bool], may_speak: Callable[[bytes, bytes], bool]
) -> list[Span]:
    """Return the records of events that are of no interest, whatever came before them, as far as they stand together."""
    found: list[Span] = []
    at = 0
    while (run := CALL.match(data, at)) is not None or (at := data.find(_NEXT, at) + 1):
        if run is None:
            continue
        told = _told(run, may_speak) if is_exec(run) else None
        if told is not False:
            found.append((at, run.end(), run[2], told))
            at = run.end()
        elif not (at := data.find(_NEXT, at) + 1):
            break
    return found


def _told(run: re.Match[bytes], may_speak: Callable[[bytes, bytes], bool]) -> Told | Literal[False]:
    """Return what records tell of a start of no interest; False where it may be of some."""
    if run[5] is None:
        return False
    if run[4] == b"no":
        return ()
    call = run[1]
    low = call.find(b" pid=") + 5
    if low < 5 or may_speak(call, run[6]):
        return False
    return call[low : call.find(b" ", low)], run.end(1), run.start(5), run.end(5)
