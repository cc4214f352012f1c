"""What the place of an execution adds to its risk: what descriptor 0 is connected to, who started it, under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import entry_of, is_shell
from flycatcher.core.recipe import starters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution

NETWORK, LOOPBACK, UNCONNECTED, MACHINE = 40, 15, 20, 30
"""Points of a socket on descriptor 0: another host at its other end, this one, nobody (yet), a virtual machine or its host."""
_QUIET = frozenset({"unix", "netlink", "packet"})
"""Families that connect processes of one machine, or a process and its kernel."""


def points(execution: Execution) -> Iterator[tuple[int, str]]:
    """Yield points and their reasons."""
    yield from starters.points(starters.starters(execution))
    if execution.stdin == "socket":
        yield from _socket(execution.context)
    fidelity = execution.fidelity
    if fidelity is not None and fidelity.truncated:
        if _has_all_words(execution):
            yield 5, "the record is cut short: its environment was not seen"
        else:
            yield 10, "the record is cut short: what lies beyond was not seen"
    if hidden_name(execution):
        yield 10, "the program goes by a name that is not its file's"
    if execution.context.get("environment") == "production":
        yield 10, "it happens in production, where nobody builds"


def _has_all_words(execution: Execution) -> bool:
    """Whether a record that is cut short holds all words, and only lacks the environment: a reader on a busy host fell behind."""
    words = sum(len(word.encode("utf-8", "surrogateescape")) + 1 for word in execution.argv)
    return not execution.env and execution.fidelity is not None and execution.fidelity.bytes_seen == words


def _socket(context: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Judge by the other end; a source that does not know the family is believed to mean a network connection."""
    family, peer = context.get("stdin.socket.family", ""), context.get("stdin.socket.peer", "")
    if family in _QUIET:
        return
    if family == "vsock":
        yield MACHINE, "standard input is a connection between a virtual machine and its host"
    elif family and not peer:
        yield UNCONNECTED, "standard input is a network socket with nobody at its other end"
    elif peer and _is_loopback(peer):
        yield LOOPBACK, "standard input is a network connection within this host"
    else:
        yield NETWORK, "standard input is a network connection"


def fed_by_its_own_kind(execution: Execution | None) -> bool:
    """Whether standard input comes from a parent that runs the same interpreter, over a pipe or a local socket."""
    if execution is None or not execution.ancestry or any(key.endswith(".fetched") for key in execution.context):
        return False
    local = execution.stdin == "pipe" or (
        execution.stdin == "socket" and execution.context.get("stdin.socket.family") == "unix"
    )
    parent, own = entry_of(execution.ancestry[0].exe), entry_of(execution.exe)
    return local and parent is not None and own is not None and parent.id == own.id and parent.kind != "shell"


def _is_loopback(peer: str) -> bool:
    """Whether ``192.0.2.1:80`` or ``[2001:db8::1]:80`` is this host's own."""
    from ipaddress import ip_address  # noqa: PLC0415 - only sockets have a peer

    try:
        return ip_address(peer.rpartition(":")[0].strip("[]")).is_loopback
    except ValueError:
        return False


def hidden_name(execution: Execution) -> bool:
    """Whether argv[0] names a program that the executable's file is not.

    Names of one language are one program's (``awk`` is a link to ``mawk`` or ``gawk``), as are all shells and all versions.
    """
    if not execution.exe or not execution.argv:
        return False
    shown = execution.argv[0].rpartition("/")[2].lstrip("-").rstrip("0123456789.")
    real = execution.exe.removesuffix(" (deleted)").rpartition("/")[2].rstrip("0123456789.")
    if not shown or shown == real or (is_shell(shown) and is_shell(real)) or _one_language(shown, real):
        return False
    return not (shown.startswith(real) or real.startswith(shown) or real in ("busybox", "toybox"))


def _one_language(shown: str, real: str) -> bool:
    one, other = entry_of(shown), entry_of(real)
    return (
        one is not None
        and other is not None
        and (one.id == other.id or (bool(one.language) and one.language == other.language))
    )
