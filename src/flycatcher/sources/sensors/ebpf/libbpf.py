"""The few calls of libbpf 0.8 and newer that the sensor needs, through ctypes; the verifier's log is part of the error."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Self

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

LIBRARY = "libbpf.so.1"
_PRINT = ctypes.CFUNCTYPE(c_int, c_int, c_void_p, c_void_p)
_SAMPLE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t)
_ANY = 0
_LOG_LIMIT = 1 << 20
_LOG_LINES = 80
"""How much of the verifier's log an error shows: the end, which says why."""
_LOOP_HELPER = 181
"""bpf_loop: include/uapi/linux/bpf.h, ___BPF_FUNC_MAPPER."""
# size of struct bpf_prog_info up to recursion_misses (since 5.12), and where run_time_ns is: include/uapi/linux/bpf.h
_INFO_BYTES, _RUNS_AT = 216, 192


class Runs(NamedTuple):
    """A program's runs; time and number only while kernel.bpf_stats_enabled is 1."""

    nanoseconds: int
    number: int
    misses: int
    """It was already running on that CPU."""


class BpfError(FlycatcherError):
    """The kernel or libbpf refused; the text holds the messages of both."""


@cache
def library() -> ctypes.CDLL:
    """Load libbpf once and declare what is called."""
    try:
        lib = ctypes.CDLL(LIBRARY, use_errno=True)
    except OSError as error:
        raise BpfError(
            f"{LIBRARY} cannot be loaded: {error}",
            hint="it comes with iproute2; on Debian and Ubuntu: apt-get install libbpf1",
        ) from error
    pointer, integer = c_void_p, c_int
    for name, result, *arguments in (
        ("libbpf_set_print", pointer, _PRINT),
        ("bpf_object__open_mem", pointer, c_char_p, c_size_t, pointer),
        ("bpf_object__load", integer, pointer),
        ("bpf_object__close", None, pointer),
        ("bpf_object__find_program_by_name", pointer, pointer, c_char_p),
        ("bpf_object__find_map_by_name", pointer, pointer, c_char_p),
        ("bpf_program__set_autoload", integer, pointer, ctypes.c_bool),
        ("bpf_program__attach", pointer, pointer),
        ("bpf_program__fd", integer, pointer),
        ("bpf_map__fd", integer, pointer),
        ("bpf_map__set_max_entries", integer, pointer, c_uint32),
        ("bpf_link__destroy", integer, pointer),
        ("bpf_map_update_elem", integer, integer, pointer, pointer, c_uint64),
        ("bpf_map_lookup_elem", integer, integer, pointer, pointer),
        ("bpf_map_delete_elem", integer, integer, pointer),
        ("bpf_map_get_next_key", integer, integer, pointer, pointer),
        ("bpf_obj_get_info_by_fd", integer, integer, pointer, POINTER(c_uint32)),
        ("ring_buffer__new", pointer, integer, _SAMPLE, pointer, pointer),
        ("ring_buffer__poll", integer, pointer, integer),
        ("ring_buffer__consume", integer, pointer),
        ("ring_buffer__epoll_fd", integer, pointer),
        ("ring_buffer__free", None, pointer),
        ("libbpf_num_possible_cpus", integer),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class Log:
    """What libbpf prints while it is in use: warnings, and the verifier's log when a program is refused."""

    def __init__(self) -> None:
        """Take over libbpf's printing for as long as this object lives."""
        self.text = ""
        clib = ctypes.CDLL(None)
        clib.vasprintf.argtypes, clib.free.argtypes = [POINTER(c_void_p), c_void_p, c_void_p], [c_void_p]

        def keep(level: int, template: int, values: int) -> int:
            # a va_list is passed as the pointer that both psABIs make of it
            line = c_void_p()
            if level == 0 and (size := clib.vasprintf(byref(line), template, values)) >= 0:
                # one message holds the verifier's whole log, whose end says why: it is the beginning that is left out
                kept = min(size, _LOG_LIMIT)
                self.text += ctypes.string_at((line.value or 0) + size - kept, kept).decode(errors="replace")
                self.text = self.text[-_LOG_LIMIT:]
                clib.free(line)
            return 0

        self._keep = _PRINT(keep)
        library().libbpf_set_print(self._keep)

    def close(self) -> None:
        """Give the printing back; ctypes must not free a function that C still holds."""
        library().libbpf_set_print(_PRINT())


def _refused(doing: str, log: Log, code: int) -> BpfError:
    number = abs(code) or ctypes.get_errno()
    reason = _verifiers_reason(log.text)
    first = f"{doing}: {os.strerror(number)}" + (f" ({reason})" if reason else "")
    end = log.text.splitlines()[-_LOG_LINES:]
    return BpfError("\n".join([first, *end]), hint=_hint(number, reason))


def _verifiers_reason(log: str) -> str:
    """Return the last thing that the verifier says before its statistics, empty where no program was refused."""
    found = re.findall(r"^(.+)\n(?:processed \d+ insns|-- END PROG LOAD LOG)", log, re.MULTILINE)
    return next((line for line in found if not line.startswith("processed ")), "")


def _hint(number: int, reason: str) -> str:
    if number == errno.EPERM:
        return "BPF needs root (CAP_BPF, CAP_PERFMON, CAP_SYS_RESOURCE), and a kernel with BTF"
    if f"#{_LOOP_HELPER}" in reason:
        return "the program needs bpf_loop, which Linux has since 5.17; use --sensor audit"
    return ""


class Map:
    """One map of a loaded object; keys and values are bytes."""

    def __init__(self, descriptor: int, *, value_bytes: int) -> None:
        """Keep the descriptor; ``value_bytes`` is what one lookup returns (times CPUs for a per-CPU map)."""
        self.descriptor, self._value_bytes = descriptor, value_bytes

    def put(self, key: bytes, value: bytes) -> None:
        """Set one element; raises OSError (ENOSPC, E2BIG: full)."""
        self._done(library().bpf_map_update_elem(self.descriptor, key, value, _ANY))

    def get(self, key: bytes) -> bytes | None:
        """Return one element, None where there is none."""
        value = ctypes.create_string_buffer(self._value_bytes)
        return value.raw if library().bpf_map_lookup_elem(self.descriptor, key, value) == 0 else None

    def drop(self, key: bytes) -> None:
        """Remove one element, if it is there."""
        library().bpf_map_delete_elem(self.descriptor, key)

    def keys(self, size: int) -> Iterator[bytes]:
        """Yield all keys, of ``size`` bytes each."""
        key, following = None, ctypes.create_string_buffer(size)
        while library().bpf_map_get_next_key(self.descriptor, key, following) == 0:
            key = following.raw
            yield key

    @staticmethod
    def _done(code: int) -> None:
        if code < 0:
            raise OSError(ctypes.get_errno() or -code, os.strerror(ctypes.get_errno() or -code))


class Object:
    """One BPF object file, from its bytes to its attached programs. Use as a context manager."""

    def __init__(self, data: bytes) -> None:
        """Open it; nothing is in the kernel yet."""
        self._data = data
        self._links: list[int] = []
        self.log = Log()
        self._handle = library().bpf_object__open_mem(data, len(data), None)
        if not self._handle:
            raise _refused("the BPF object cannot be opened", self.log, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _program(self, name: str) -> int:
        found = library().bpf_object__find_program_by_name(self._handle, name.encode())
        if not found:
            raise BpfError(f"the BPF object has no program {name}")
        return int(found)

    def leave_out(self, name: str) -> None:
        """Do not load this program."""
        library().bpf_program__set_autoload(self._program(name), False)

    def resize(self, name: str, entries: int) -> None:
        """Set a map's size (a ring buffer's in bytes, a power of two) before loading."""
        handle = library().bpf_object__find_map_by_name(self._handle, name.encode())
        library().bpf_map__set_max_entries(handle, entries)

    def load(self) -> None:
        """Bring maps and programs into the kernel; the verifier's log is in the error."""
        code = library().bpf_object__load(self._handle)
        if code:
            raise _refused("the kernel refuses the BPF program", self.log, code)

    def attach(self, name: str) -> None:
        """Attach a loaded program to where its section's name says."""
        link = library().bpf_program__attach(self._program(name))
        if not link:
            raise _refused(f"{name} cannot be attached", self.log, 0)
        self._links.append(link)

    def map(self, name: str, value_bytes: int = 0) -> Map:
        """Return a map of the loaded object."""
        handle = library().bpf_object__find_map_by_name(self._handle, name.encode())
        if not handle:
            raise BpfError(f"the BPF object has no map {name}")
        return Map(library().bpf_map__fd(handle), value_bytes=value_bytes)

    def runs(self, name: str) -> Runs:
        """Return how often a program ran, how long in all, and how often the kernel left it out."""
        info, size = ctypes.create_string_buffer(_INFO_BYTES), c_uint32(_INFO_BYTES)
        library().bpf_obj_get_info_by_fd(library().bpf_program__fd(self._program(name)), info, byref(size))
        return Runs(*struct.unpack_from("3Q", info, _RUNS_AT))

    def detach(self) -> None:
        """Detach all programs: nothing new comes, what the ring holds can still be read."""
        while self._links:
            library().bpf_link__destroy(self._links.pop())

    def close(self) -> None:
        """Detach and unload."""
        self.detach()
        if self._handle:
            library().bpf_object__close(self._handle)
            self._handle = None
        self.log.close()


class Ring:
    """The user's end of a ring buffer. ``receive`` gets each record's bytes, in order."""

    def __init__(self, source: Map, receive: Callable[[bytes], bool]) -> None:
        """Map it; ``receive`` returns True to end this round (its record is consumed all the same)."""
        self._error: BaseException | None = None

        def sample(context: int, data: int, size: int) -> int:
            del context
            try:
                return -errno.EAGAIN if receive(ctypes.string_at(data, size)) else 0
            except BaseException as error:  # noqa: BLE001 - an exception cannot pass through C: it is raised by read()
                self._error = error
                return -errno.ECANCELED

        self._sample = _SAMPLE(sample)
        self._handle = library().ring_buffer__new(source.descriptor, self._sample, None, None)
        if not self._handle:
            raise BpfError(f"the ring buffer cannot be mapped: {os.strerror(ctypes.get_errno())}")

    def read(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for records and receive them (0: only what is there)."""
        code = library().ring_buffer__consume(self._handle)
        if code == 0 and timeout > 0:
            code = library().ring_buffer__poll(self._handle, int(timeout * 1000))
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if code < 0 and -code not in (errno.EAGAIN, errno.EINTR):
            raise BpfError(f"the ring buffer cannot be read: {os.strerror(-code)}")

    def close(self) -> None:
        """Unmap it."""
        if self._handle:
            library().ring_buffer__free(self._handle)
            self._handle = None


def cpus() -> int:
    """Return how many values a per-CPU map holds."""
    return int(library().libbpf_num_possible_cpus())


def number(value: int, *, size: int = 4) -> bytes:
    """Return a key or a value as the kernel's own integer."""
    return struct.pack({4: "=I", 8: "=Q"}[size], value)


__all__ = ["BpfError", "Log", "Map", "Object", "Ring", "cpus", "library", "number"]
