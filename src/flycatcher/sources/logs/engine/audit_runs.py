"""The records of one event of the audit log where they stand together, as they mostly do: matched as one, without a look at each line."""

from __future__ import annotations

import re

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
