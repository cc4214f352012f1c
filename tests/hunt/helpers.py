"""What the tests of logs share: a log as text, what is found in it, and the one way to write an audit record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.hunt.inputs import series

if TYPE_CHECKING:
    from pathlib import Path

    from flycatcher.core.detection import Detection
    from flycatcher.sources.logs.engine.recorded import Lost


def hunted(path: Path | str, **options) -> tuple[list[Found], list[Lost], Hunt]:
    hunt = Hunt(Options(**options))
    every = list(hunt.hunt(series([str(path)])))
    return (
        [each for each in every if isinstance(each, Found)],
        [each for each in every if not isinstance(each, Found)],
        hunt,
    )


def detections(path: Path | str, **options) -> list[Detection]:
    return [each.detection for each in hunted(path, **options)[0]]


def written(folder: Path, text: str | bytes, name: str = "log") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    return path


def encoded(word: str) -> str:
    data = word.encode("utf-8", "surrogateescape")
    return data.hex().upper() if any(byte < 0x21 or byte > 0x7E or byte == 0x22 for byte in data) else f'"{word}"'


def event(
    serial,
    argv,
    *,
    exe="/usr/bin/python3.11",
    time=1700000000.0,
    pid=100,
    ppid=1,
    success="yes",
    node="",
    cwd="/srv",
    extra="",
    title=True,
):
    """Return the records of an execve event as auditd writes them."""
    head = f"msg=audit({time:.3f}:{serial})"
    prefix = f"node={node} " if node else ""
    words = " ".join(f"a{at}={encoded(word)}" for at, word in enumerate(argv))
    lines = [
        f"{prefix}type=SYSCALL {head}: arch=c000003e syscall=59 success={success} exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid={ppid} pid={pid} "
        f'auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="x" exe={encoded(exe)} key=(null){extra}',
        f"{prefix}type=EXECVE {head}: argc={len(argv)} {words}",
        f'{prefix}type=CWD {head}: cwd="{cwd}"',
        f'{prefix}type=PATH {head}: item=0 name="{exe}" inode=1 dev=fd:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL',
    ]
    if title:
        lines.append(
            f"{prefix}type=PROCTITLE {head}: proctitle={chr(0).join(argv).encode('utf-8', 'surrogateescape')[:128].hex().upper()}"
        )
    return [line + "\n" for line in lines]
