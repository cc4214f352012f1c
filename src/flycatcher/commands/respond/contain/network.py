"""Quarantines the network of a control group or a user, by an nftables table of our own in each network namespace concerned.

Only loopback and the addresses that the responder names stay open. Rules of others are not touched: a packet that they drop stays
dropped. Sources: nft(8) (``socket cgroupv2``, ``meta skuid``), nsenter(1), network_namespaces(7).
"""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.commands.respond.cgroups import own_cgroup
from flycatcher.commands.respond.contain.probe import Answer, probe
from flycatcher.commands.respond.contain.state import Containment, table
from flycatcher.commands.respond.freeze import processes
from flycatcher.core.errors import FlycatcherError
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.commands.respond.contain.target import Target

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
UNIFIED = "/sys/fs/cgroup"
"""Where nft looks for a control group by its name."""
SECONDS = 20
NAMESPACES = 64
"""Network namespaces that one quarantine may reach into."""
_QUOTED = re.compile(r"[^\"\\\x00-\x1f]+\Z")


def network_of(text: str) -> Network:
    """Read an address, or a range in CIDR notation; raises FlycatcherError."""
    try:
        return ipaddress.ip_network(text.partition("%")[0], strict=False)
    except ValueError as error:
        hint = "an IPv4 or IPv6 address, or a range such as 10.0.0.0/24"
        raise FlycatcherError(f"--management {text}: no address", hint=hint, code=2) from error


def _merged(networks: Iterable[Network]) -> list[Network]:
    """Return networks without those that lie in others: nft refuses a set whose elements overlap."""
    given = list(networks)
    four = ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv6Network))
    return [*four, *six]


class Quarantine:
    """Closes the network, and tries afterwards whether it is closed."""

    def __init__(self, target: Target, identity: str, management: Iterable[Network]) -> None:
        """Find the group and the namespaces; raises FlycatcherError where the target has no group of its own."""
        self.target, self.table = target, table(identity)
        self.management = _merged(management)
        with target.crowd(freeze=False) as crowd:
            pids = {member.stat.pid for member in crowd.members.values()}
        self.group = target.cgroup()
        if target.kind == "tree":
            self.group = own_cgroup(target.number, pids)
            if self.group is None:
                raise _no_group(target)
        self.namespaces = {_namespace(os.getpid()): os.getpid()}
        for pid in sorted(pids):
            self.namespaces.setdefault(_namespace(pid), pid)
        self.namespaces.pop(0, None)
        if len(self.namespaces) > NAMESPACES:
            raise FlycatcherError(
                f"{target.text} has more than {NAMESPACES} network namespaces", hint="name a part of it"
            )

        self.rules()  # what nft cannot say is refused before anything is done

    def rules(self) -> str:
        """Return the table as nft reads it."""
        match = self._match()
        lines = [
            f"table inet {self.table} {{",
            "  chain output {",
            "    type filter hook output priority raw; policy accept;",
            f"    {match} jump outgoing",
            "  }",
            *self._chain("outgoing", "oifname", "daddr"),
        ]
        if self.group is not None:  # whom a packet that arrives is for is known of groups only
            lines += [
                "  chain input {",
                "    type filter hook input priority raw; policy accept;",
                f"    {match} jump incoming",
                "  }",
                *self._chain("incoming", "iifname", "saddr"),
            ]
        return "\n".join([*lines, "}"]) + "\n"

    def _match(self) -> str:
        if self.group is None:
            return f"meta skuid {self.target.number}"
        if not _QUOTED.match(self.group.name):
            raise FlycatcherError(f"{self.group.name!r}: nft cannot name this group", hint="use user:NAME", code=2)
        if not self.group.path.is_relative_to(UNIFIED):
            where = str(self.group.path)
            raise FlycatcherError(f"{where}: nft looks for groups in {UNIFIED} only", hint="use user:NAME", code=2)
        return f'socket cgroupv2 level {len(Path(self.group.name).parts)} "{self.group.name}"'

    def _chain(self, name: str, device: str, address: str) -> Iterator[str]:
        yield f"  chain {name} {{"
        yield f'    {device} "lo" accept'
        for word, version in (("ip", 4), ("ip6", 6)):
            open_to = ", ".join(str(each) for each in self.management if each.version == version)
            if open_to:
                yield f"    {word} {address} {{ {open_to} }} accept"
        yield "    counter drop"
        yield "  }"

    def commands(self) -> Iterator[str]:
        """Yield what sets the table, in each namespace."""
        for namespace, pid in self.namespaces.items():
            yield f"{_enter(namespace, pid)}nft -f - <<'END'\n{self.rules()}END"
        yield f"# then tries as {self.target.text} whether loopback and {self._named()} are open, and all else is not"

    def _named(self) -> str:
        return ", ".join(map(str, self.management)) or "no other address"

    def prepare(self, kept: Containment) -> None:
        """Note where there will be a table; raises FlycatcherError where nothing can set one."""
        _program()
        kept.namespaces = list(self.namespaces)

    def act(self, kept: Containment) -> str:
        """Set the table and try it; return what came of it. Raises FlycatcherError; who calls takes the table back then."""
        rules = self.rules()
        answers = [answer for item in self.namespaces.items() for answer in self._close(*item, rules)]
        _check(answers)
        said = dict.fromkeys(f"{answer.what} {answer.came}" for answer in answers)
        return (
            f"closed the network of {self.target.text} in {counted(len(kept.namespaces), 'namespace')};"
            f" self-test: {', '.join(said)}"
        )

    def _close(self, namespace: int, pid: int, rules: str) -> Iterator[Answer]:
        descriptor = _opened(namespace, pid)
        try:
            nft(descriptor, ["-f", "-"], rules)
            uid = self.target.number if self.target.kind == "user" else None
            yield from probe(descriptor, uid, self.group.path if self.group else None, self.management)
        finally:
            os.close(descriptor)


def _check(answers: list[Answer]) -> None:
    """Raise FlycatcherError where an answer is not what the table is for."""
    wrong = [f"{answer.what}: {answer.came}" for answer in answers if answer.is_wrong]
    if wrong:
        raise FlycatcherError(f"the self-test failed: {'; '.join(wrong)}", hint="the table was taken back")


def _no_group(target: Target) -> FlycatcherError:
    hint = "name what it shares with others: cgroup:PATH (cat /proc/PID/cgroup), or user:NAME; or use --freeze"
    return FlycatcherError(f"process {target.number} has no control group of its own", hint=hint, code=2)


def _namespace(pid: int) -> int:
    """Return a process's network namespace by inode, 0 where it is gone."""
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except OSError:
        return 0


def _enter(namespace: int, pid: int) -> str:
    """Return what a command begins with that is to run in a namespace."""
    return "" if namespace == _namespace(os.getpid()) else f"nsenter --net=/proc/{pid}/ns/net "


def _opened(namespace: int, pid: int) -> int:
    """Return a descriptor of a namespace, which stays the same whoever gets the number. Raises FlycatcherError."""
    try:
        descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise FlycatcherError(
            f"the network namespace of process {pid}: {error.strerror}", hint="try it again"
        ) from error
    if os.fstat(descriptor).st_ino == namespace:
        return descriptor
    os.close(descriptor)
    raise FlycatcherError(f"process {pid} has changed its network namespace", hint="try it again")


def _program() -> str:
    """Return where nft is; raises FlycatcherError."""
    program = shutil.which("nft", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise FlycatcherError("nft is not installed", hint="install nftables")
    return program


def nft(namespace: int, words: list[str], text: str = "") -> str:
    """Run nft in a namespace; return what it prints. Raises FlycatcherError."""
    program = _program()
    enter = []
    if os.fstat(namespace).st_ino != _namespace(os.getpid()):
        enter = ["nsenter", f"--net=/proc/self/fd/{namespace}", "--"]
    try:
        done = subprocess.run(
            [*enter, program, *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            pass_fds=[namespace],
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FlycatcherError(f"nft: {error}", hint="nsenter is part of util-linux") from error
    if done.returncode:
        said = " ".join(done.stderr.split())[:500] or f"exit code {done.returncode}"
        hint = (
            "as root"
            if "not permitted" in said
            else "nft -f refuses the table: see nft(8), and whether the kernel has it"
        )
        raise FlycatcherError(f"nft: {said}", hint=hint)
    return done.stdout


def _alive(namespaces: Iterable[int]) -> dict[int, int]:
    """Return which of these namespaces still have a process, and one of each."""
    wanted = set(namespaces)
    found: dict[int, int] = {}
    for pid in [os.getpid(), *sorted(processes())]:
        namespace = _namespace(pid)
        if namespace in wanted:
            found.setdefault(namespace, pid)
    return found


def tables(kept: Containment) -> Iterator[int]:
    """Yield the namespaces that have the table. Raises FlycatcherError."""
    for namespace, pid in _alive(kept.namespaces).items():
        descriptor = _opened(namespace, pid)
        try:
            if f"table inet {table(kept.id)}" in nft(descriptor, ["list", "tables"]).splitlines():
                yield namespace
        finally:
            os.close(descriptor)


def open_again(kept: Containment) -> Iterator[str]:
    """Delete the table wherever it is; yield what was done. A namespace without a process has gone, and its table with it."""
    for namespace in list(tables(kept)):
        descriptor = _opened(namespace, _alive([namespace])[namespace])
        try:
            nft(descriptor, ["delete", "table", "inet", table(kept.id)])
        finally:
            os.close(descriptor)
        yield f"deleted table inet {table(kept.id)} in network namespace {namespace}"


def open_commands(kept: Containment) -> Iterator[str]:
    """Yield what deletes the table."""
    for namespace, pid in _alive(kept.namespaces).items():
        yield f"{_enter(namespace, pid)}nft delete table inet {shlex.quote(table(kept.id))}"
