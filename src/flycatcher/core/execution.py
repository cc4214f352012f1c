"""What a source yields: one program that was, or would be, started.

Every sensor, log reader and build-file reader makes :class:`Execution` values; the core only reads them.
Words are ``str`` as :func:`os.fsdecode` makes them (UTF-8 with surrogate escapes), so no byte is ever lost:
:func:`os.fsencode` gives the bytes back.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

StdinKind = Literal["pipe", "socket", "tty", "file", "null", "unknown"]
"""What descriptor 0 is: its inode's kind; ``null`` is /dev/null (or closed), ``file`` a redirected or unlinked file."""

FileKind = Literal[
    "regular",
    "directory",
    "fifo",
    "socket",
    "tty",
    "null",
    "device",
    "procfs",
    "memfd",
    "deleted",
    "missing",
    "unknown",
]
"""What a path names: ``device`` is any other device file, ``null`` /dev/null, ``memfd`` memory, ``deleted`` an unlinked file."""


class FileFact(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a path led to when a source looked at it, without opening it."""

    kind: FileKind = "unknown"
    target: str = ""
    """The path with all links followed as the process would: ``/proc/self/fd/0`` for a link to /dev/stdin; empty: itself."""
    links: tuple[str, ...] = ()
    """Where the links lead that stand at the end of the path, one behind the other: absolute paths."""
    device: int = 0
    inode: int = 0
    """Of the file (stat(2)); 0 where it was not looked at."""
    text: str | None = None
    """What can be read from it, where the source knows it though the path names no file of a disk."""


class Process(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One process: the execution's own, or one of its ancestors (nearest first)."""

    pid: int = 0
    start: int = 0
    """Start time, in clock ticks since boot (field 22 of /proc/PID/stat), to tell a reused pid from the same process."""
    comm: str = ""
    exe: str = ""
    argv: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    cwd: str = ""
    note: str = ""
    """What is not certain about this entry, e.g. ``argv not read: the process had ended``."""


class Fidelity(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How much of the truth the source saw."""

    sensor: str = ""
    time: str = ""
    """RFC 3339 in UTC with microseconds; when the execution was seen."""
    bytes_seen: int = 0
    bytes_total: int = 0
    """Bytes of argv and env read, and bytes that there were."""
    truncated: bool = False
    happened: str = ""
    """``confirmed``, ``presumed``, ``denied``, or ``killed`` soon after it started; empty where the source knows written text."""
    stdin: str = ""
    """``whole``, ``partial``, ``not captured``: how much of the text on stdin the record holds."""
    log: str = ""
    """The log that a recorded start was read from; ``archive.zip!member`` where it lies in another file."""
    line: int = 0
    byte: int = 0
    """Where its record begins there: the line, from 1, and the offset in bytes; of what was unpacked, where it is packed."""
    certainty: str = ""
    """Of a start that is recorded as one string: ``certain`` where every reading runs text, ``possible`` where only some do."""
    readings: tuple[tuple[str, ...], ...] = ()
    """Of a possible one: a command line that runs text, and one that runs none, which give the same string."""
    notes: tuple[str, ...] = ()


class Place(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where an execution is written down: a file (1-based line and column) and its symbolic place (job, step, target)."""

    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    symbol: tuple[str, ...] = ()


class Planted(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Text that an execution puts where it will be run later."""

    path: str
    text: str


class Execution(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One program start. Only ``argv`` is required."""

    argv: tuple[str, ...]
    exe: str = ""
    """The executable file as /proc/PID/exe names it (after shebang rewriting), empty where unknown."""
    env: dict[str, str] = field(default_factory=dict)
    stdin: StdinKind = "unknown"
    cwd: str = ""
    interpreter: str | None = None
    """Identity by content where the source could look at the file: an interpreter's id, ``""`` for none, None: not looked at."""
    hosted: str | None = None
    """The same of the program that the executable runs in its own process, as ld.so and qemu-user do; None: not looked at."""
    stdin_text: str | None = None
    """The program text that waits on, or was written for, stdin, where a source knows it."""
    planted: Planted | None = None
    """What this start, of a shell or of a program that writes files, puts into such a place, where a reader of text knows it."""
    descriptors: dict[int, str] = field(default_factory=dict)
    """Text known to be readable from descriptors other than 0 (here-documents on N<<, process substitutions)."""
    files: dict[str, FileFact] = field(default_factory=dict)
    """What the paths that the program runs or loads lead to, by path: as in argv or env, or joined to the working folder."""
    holes: tuple[int, ...] = ()
    """Indexes of argv words that contain text the source could not know (``$VAR`` in a build file)."""
    process: Process | None = None
    ancestry: tuple[Process, ...] = ()
    """Nearest ancestor first, up to the root that the source knows."""
    fidelity: Fidelity | None = None
    place: Place | None = None
    via: tuple[str, ...] = ()
    """How a reader of written text came to this start, outermost first: ``sudo``, ``bash -c``, ``eval``; empty: written plainly."""
    context: dict[str, str] = field(default_factory=dict)
    """Flat facts about where it happened: ``environment``, ``ci.system``, ``ci.job``, ``container.id``, ``cgroup``, ..."""
