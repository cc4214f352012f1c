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
_V = rb"=[^ \n]*+ "
RUN = re.compile(
    rb"type=SYSCALL msg=audit\(([\d.:]{14,39})\): (arch=\w{1,16} syscall=\w{1,16} success=(?:yes|no)) "
    + b"".join(name + _V for name in b"exit a0 a1 a2 a3 items".split())
    + rb"ppid=(\d++) pid=(\d++) auid" + _V + rb"(uid" + _V + rb"gid" + _V + rb")"
    + b"".join(name + _V for name in b"euid suid fsuid egid sgid fsgid tty ses".split()) + rb"(comm=[^\n]*+)\n"
    rb"(?:(?:type=CWD msg=audit\(\1\)[^\n]*+\n)?type=EXECVE msg=audit\(\1\): (argc=\d++ a0=([^ \n]*+)[^\n]*+)\n)?"
    rb"(?:type=(?:CWD|PATH|PROCTITLE|SOCKADDR) msg=audit\(\1\)[^\n]*+\n)*+"
    rb"|type=(\w++) msg=audit\(([\d.:]{14,39})\)[^\n]*+\n"
)  # fmt: skip
"""Either of the two, with a SYSCALL record's fields as the kernel writes them (audit_log_exit, audit_log_task_info), for a whole block to be cut
by. Groups: the event's key; architecture, number and success of the call; ppid; pid; uid and gid; the fields from ``comm`` on; the words from
``argc`` on; ``argv[0]``; type and key of a record that is alone."""
KEY = re.compile(rb"^(\d{1,18}(?:\.\d{1,18})?):(\d{1,18})$", re.MULTILINE)
"""An event's key on a line of its own: seconds, serial number."""
