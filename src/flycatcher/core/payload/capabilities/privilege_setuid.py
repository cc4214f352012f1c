"""setuid and its kin. ATT&CK T1548.001."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

_IDENTITY = r"^--(?:reuid|euid|ruid|regid|egid|rgid|groups|init-groups|clear-groups|keep-groups|uid|gid|user|cap|inh|drop|secbits|ambient)"
"""Options of setpriv(1) and capsh(1) that change who somebody is, or what they may do: ``--no-new-privs`` only gives up."""

RULE = Rule(
    id="privilege.setuid",
    technique="T1548.001",
    points=30,
    sentence="takes another user identity",
    calls={
        "python": (Calls("os.setuid os.setgid os.setreuid os.setresuid os.setgroups os.seteuid"),),
        "perl": (Calls("POSIX::setuid POSIX::setgid setuid setgid $<= $>="),),
        "ruby": (
            Calls(
                "Process::Sys.setuid Process::UID.change_privilege Process.setuid Process::Sys.setreuid Process.uid="
            ),
        ),
        "javascript": (Calls("process.setuid process.setgid process.seteuid"),),
        "php": (Calls("posix_setuid posix_setgid posix_seteuid"),),
        "lua": (Calls("posix.setuid posix.setpid"),),
        "shell": (Calls("setpriv capsh", any_matches(_IDENTITY)),),
    },
)
