"""Collects what is known of a process and goes when it ends, in the order in which it goes. Source: proc(5), memfd_create(2)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from flycatcher.commands.respond.memory import content, regions
from flycatcher.sources.context.container import container_of
from flycatcher.sources.context.runtime_files import container_details
from flycatcher.sources.sensors.bounded import Bounded
from flycatcher.sources.sensors.walk import PATH_LIMIT, UnknownError, open_by_steps

if TYPE_CHECKING:
    from flycatcher.commands.respond.archive import Archive, Limits
    from flycatcher.commands.respond.freeze import Stat

TEXTS = (
    "cmdline", "environ", "status", "stat", "maps", "cgroup", "mountinfo", "loginuid", "sessionid", "uid_map", "gid_map",
    "limits", "io", "wchan",
)  # fmt: skip
"""Files of /proc/PID, by how soon they are gone."""
SOCKETS = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet", "netlink", "unix", "route", "arp")
"""Tables of /proc/PID/net: one set for each network namespace."""
LINKS = ("exe", "cwd", "root")
ENTRIES = 10_000
"""Names of a folder, and descriptors of a process, that are listed."""
CHUNK = 1 << 20
SCRIPTS = 8
"""Words of a command line that are looked up as files."""
SCRIPT_BYTES = 1 << 20
_NO_ANSWER: tuple[Any] | str = "does not answer"

bounded = Bounded()


class Collector:
    """Takes the processes of a tree into an archive, each file once however many hold it open."""

    def __init__(self, archive: Archive, limits: Limits, memory: int = 0) -> None:
        """Take where evidence goes and how much of it; ``memory``: the bytes of memory that are copied, of all processes."""
        self._archive, self._limits, self._memory = archive, limits, memory
        self._files: dict[tuple[int, int], str] = {}
        self._namespaces: set[str] = set()

    def take(self, number: int, process: Stat) -> dict[str, Any]:
        """Take a process; return what the manifest says of it."""
        place, below = f"/proc/{process.pid}", f"process-{number:04}"
        facts: dict[str, Any] = {"member": below, "links": self._links(place), "namespaces": self._spaces(place)}
        self._sockets(place, below, facts["namespaces"].get("net", ""))
        for name in TEXTS:
            self._copy(f"{place}/{name}", f"{below}/{name.replace('_', '-')}")
        facts["descriptors"] = self._descriptors(place, below)
        facts["executable"] = self._executable(place, below)
        facts["threads"] = self._call(_threads, f"{place}/task") or []
        facts["scripts"] = self._scripts(process.pid, below)
        facts["container"] = self._container(process.pid)
        if self._memory:
            facts["memory"] = self._regions(process.pid, below)
        listing = self._call(_listing, f"{place}/cwd")
        if isinstance(listing, list):
            self._archive.add_json(f"{below}/cwd.json", listing, f"{place}/cwd")
        return facts

    def _call(self, function: Any, path: str, *rest: object) -> Any:  # noqa: ANN401 - what the function returns, None where that failed
        """Call a function that looks at a path, bounded; keep the reason where it fails."""
        if over := self._limits.why_over():
            self._archive.miss(path, over)
            return None
        result: tuple[Any] | str = bounded.call(_tried, function, path, *rest, default=_NO_ANSWER)
        if isinstance(result, str):
            self._archive.miss(path, result)
            return None
        return result[0]

    def _links(self, place: str) -> dict[str, str]:
        found = {name: self._call(os.readlink, f"{place}/{name}") for name in LINKS}
        return {name: target for name, target in found.items() if target is not None}

    def _spaces(self, place: str) -> dict[str, str]:
        names = self._call(_names, f"{place}/ns") or []
        found = {name: self._call(os.readlink, f"{place}/ns/{name}") for name in names}
        return {name: target for name, target in found.items() if target is not None}

    def _sockets(self, place: str, below: str, space: str) -> None:
        """Take the socket tables, if none of the same network namespace were taken."""
        if space and space in self._namespaces:
            return
        self._namespaces.add(space)
        for name in SOCKETS:
            self._copy(f"{place}/net/{name}", f"{below}/net-{name}")

    def _copy(self, source: str, member: str) -> bool:
        """Copy a file into the archive as far as the limits allow; return whether it is there."""
        found = self._call(_contents, source, self._limits.room)
        if found is None:
            return False
        data, whole = found
        self._limits.left -= len(data)
        self._archive.add(member, data, source, whole=whole)
        if whole > len(data):
            self._archive.miss(source, f"only the first {len(data)} of {whole} bytes")
        return True

    def _descriptors(self, place: str, below: str) -> list[dict[str, Any]]:
        """Return the open files of a process; what may be program text is copied."""
        names = self._call(_names, f"{place}/fd") or []
        return [self._descriptor(place, below, int(name)) for name in sorted(names, key=int)]

    def _descriptor(self, place: str, below: str, number: int) -> dict[str, Any]:
        path = f"{place}/fd/{number}"
        facts: dict[str, Any] = {"number": number, "target": self._call(os.readlink, path)}
        found = self._call(_file, path, f"{place}/fdinfo/{number}")
        if found is None:
            return facts
        key, size, is_text = found
        facts["bytes"] = size
        member = f"{below}/descriptor-{number}" if is_text or number == 0 else ""
        if member and key not in self._files and self._copy(path, member):
            self._files[key] = member
        if key in self._files:
            facts["member"] = self._files[key]
        return facts

    def _executable(self, place: str, below: str) -> str:
        """Copy a program that has no name left; return its member, empty where it can still be read by its name."""
        found = self._call(_file, f"{place}/exe", "")
        if found is None or not found[2]:
            return ""
        key = found[0]
        if key not in self._files and self._copy(f"{place}/exe", f"{below}/exe"):
            self._files[key] = f"{below}/exe"
        return self._files.get(key, "")

    def _scripts(self, pid: int, below: str) -> list[dict[str, str]]:
        """Copy the text files that the command line names, as the process itself finds them."""
        words = (self._call(_words, f"/proc/{pid}/cmdline") or [])[1:]
        found = []
        for number, word in enumerate(words[:SCRIPTS], 1):
            text = bounded.call(_script, pid, word, default=None) if self._limits.room > 0 else None
            if text is not None:
                member = f"{below}/script-{number}"
                data = text[: self._limits.room]
                self._limits.left -= len(data)
                self._archive.add(member, data, f"/proc/{pid}/cmdline: a file that it names", whole=len(text))
                found.append({"word": word, "member": member})
        return found

    def _container(self, pid: int) -> dict[str, str]:
        facts = container_of(pid)
        identity = facts.get("container.id", "")
        return facts | (container_details(identity) if identity else {})

    def _regions(self, pid: int, below: str) -> list[dict[str, Any]]:
        """Copy memory, as far as its own limit and the others allow; what is left out is said."""
        maps = self._call(_contents, f"/proc/{pid}/maps", CHUNK * 16)
        found = []
        for region in regions(maps[0] if maps is not None else b""):
            what = f"/proc/{pid}/mem {region.start:x}-{region.end:x} ({region.kind})"
            room = min(self._memory, self._limits.room)
            if room <= 0:
                self._archive.miss(what, "no room left (--memory, --max-bytes)")
                continue
            data = self._call(lambda _path, each=region, most=room: content(pid, each, most), what)
            if not data:
                continue
            self._memory -= len(data)
            self._limits.left -= len(data)
            member = f"{below}/memory-{region.start:x}"
            self._archive.add(member, data, what, whole=region.end - region.start)
            if len(data) < region.end - region.start:
                self._archive.miss(what, f"only the first {len(data)} bytes")
            found.append({**to_builtins(region), "member": member})
        return found


def _tried(function: Any, *arguments: object) -> tuple[Any] | str:  # noqa: ANN401 - any of the functions below
    """Return a function's result in a tuple, or why it failed."""
    try:
        return (function(*arguments),)
    except (OSError, ValueError) as error:
        return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _words(path: str) -> list[str]:
    return [os.fsdecode(word) for word in _contents(path, CHUNK)[0].split(b"\0")]


def _script(pid: int, word: str) -> bytes | None:
    """Return a text file that a word of a command line names to the process; None for a folder, a program, or no file."""
    if not word or word.startswith("-") or len(word) > PATH_LIMIT:
        return None
    try:
        handle = open_by_steps(pid, pid, os.fsencode(word), "cwd")
    except (OSError, UnknownError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        data, _ = _contents(f"/proc/self/fd/{handle}", SCRIPT_BYTES)
        return None if data.startswith(b"\x7fELF") else data
    finally:
        os.close(handle)


def _threads(path: str) -> list[dict[str, Any]]:
    """Return a process's threads: number, name and state."""
    found = []
    for name in _names(path):
        text = os.fsdecode(_contents(f"{path}/{name}/stat", 4096)[0])
        head, _, rest = text.rpartition(")")
        found.append({"tid": int(name), "name": head.partition("(")[2], "state": rest.split()[0]})
    return found


def _names(path: str) -> list[str]:
    return sorted(os.listdir(path))[:ENTRIES]  # noqa: PTH208 - names are wanted


def _opened(path: str) -> int:
    """Open a file for reading without waiting, and without leaving a trace on it where that is allowed."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    try:
        return os.open(path, flags | os.O_NOATIME)
    except PermissionError:
        return os.open(path, flags)


def _contents(path: str, room: int) -> tuple[bytes, int]:
    """Return up to ``room`` bytes of a regular file, and its size (for files of /proc, which have none, what was seen)."""
    descriptor = _opened(path)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("no longer a regular file")
        data = bytearray()
        while len(data) <= room and (chunk := os.read(descriptor, min(CHUNK, room + 1 - len(data)))):
            data += chunk
        return bytes(data[:room]), max(about.st_size, len(data))
    finally:
        os.close(descriptor)


def _file(path: str, flags: str) -> tuple[tuple[int, int], int, bool] | None:
    """Return a regular file's device and inode, its size, and whether it is to be copied; None for anything else.

    To be copied is what has no name (memfds are of this kind) and what is open for reading only, as a script is.
    """
    about = os.stat(path)  # noqa: PTH116 - a link of /proc is to be followed as it is
    if not stat.S_ISREG(about.st_mode):
        return None
    reads = bool(flags) and _mode(flags) == os.O_RDONLY
    return (about.st_dev, about.st_ino), about.st_size, about.st_nlink == 0 or reads


def _mode(path: str) -> int:
    """Return how a descriptor was opened: O_RDONLY, O_WRONLY or O_RDWR."""
    text, _ = _contents(path, 4096)
    words = text.split()
    return int(words[words.index(b"flags:") + 1], 8) & os.O_ACCMODE


def _listing(path: str) -> list[dict[str, Any]]:
    """Return a folder's entries: name, size, mode, owner, and when they changed."""
    found = []
    with os.scandir(path) as entries:
        for entry in entries:
            about = entry.stat(follow_symlinks=False)
            row = {"name": entry.name, "mode": stat.filemode(about.st_mode), "bytes": about.st_size}
            found.append({**row, "uid": about.st_uid, "modified": about.st_mtime, "changed": about.st_ctime})
            if len(found) >= ENTRIES:
                break
    return sorted(found, key=lambda row: str(row["name"]))
