"""Host, user and kernel. ATT&CK T1082, T1033."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _asks(words: Sequence[str]) -> bool:
    """Commands that every intruder types first."""
    return words[0].rpartition("/")[2] in (
        "whoami",
        "id",
        "uname",
        "hostname",
        "ifconfig",
        "netstat",
        "ss",
        "w",
        "last",
    )


RULE = Rule(
    id="discovery.system",
    technique="T1082",
    points=5,
    sentence="looks at the system it runs on",
    calls={
        "python": (Calls("platform.uname os.uname getpass.getuser socket.gethostname pwd.getpwuid pwd.getpwall"),),
        "perl": (Calls("getpwuid getpwnam POSIX::uname Sys::Hostname::hostname"),),
        "ruby": (Calls("Etc.getlogin Etc.getpwuid Socket.gethostname"),),
        "javascript": (Calls("os.hostname os.userInfo os.networkInterfaces"),),
        "php": (Calls("php_uname gethostname get_current_user posix_getpwuid"),),
    },
    commands=_asks,
)
