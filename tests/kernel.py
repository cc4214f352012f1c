"""What this kernel gives, asked without the product: whether the tests of a sensor must run here.

With ``FLYCATCHER_REQUIRE_SENSORS=1`` (``.ci/run`` sets it) a sensor that does not work where the kernel gives what it needs
is a failure, and no reason to skip. Sources: seccomp(2), bpf(2), include/uapi/linux/{seccomp,bpf,audit,netlink}.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

Sensor = Literal["seccomp", "ebpf", "audit"]
_SECCOMP, _BPF = {"x86_64": (317, 321), "aarch64": (277, 280)}.get(platform.machine(), (0, 0))
"""Numbers of the calls."""
_SET_MODE_FILTER, _NEW_LISTENER, _RET_ALLOW, _NO_NEW_PRIVS = 1, 8, 0x7FFF0000, 38
_MAP_CREATE, _PROG_LOAD, _RING_BUFFER, _RAW_TRACEPOINT = 0, 5, 27, 17
_AUDIT_GET, _NETLINK_AUDIT, _SOL_NETLINK, _ADD_MEMBERSHIP = 1000, 9, 270, 1


def must_work(sensor: Sensor) -> bool:
    """Whether the kernel gives what a sensor needs."""
    return _PROBES[sensor]()


def without(sensor: Sensor, why: str) -> NoReturn:
    """Skip the test, as the product says that the sensor does not work; fail where it is required and should work."""
    if os.environ.get("FLYCATCHER_REQUIRE_SENSORS") == "1" and must_work(sensor):
        pytest.fail(f"the kernel gives what the sensor {sensor} needs, and it does not work: {why}")
    pytest.skip(f"no {sensor} here: {why}")


@cache
def _seccomp() -> bool:
    """Whether a filter with a listener can be installed: not inside another one, nor where a container forbids it."""
    if not _SECCOMP:
        return False
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == 0
    libc = ctypes.CDLL(None, use_errno=True)
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, _RET_ALLOW), 8)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(instruction)), 16)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    os._exit(int(libc.syscall(_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, program) < 0))


@cache
def _ebpf() -> bool:
    """Whether root may make a ring buffer and load a program for a raw tracepoint, on a kernel that describes its types."""
    if not _BPF or os.geteuid() != 0 or not Path("/sys/kernel/btf/vmlinux").exists():
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(struct.pack("QQ", 0xB7, 0x95), 16)  # r0 = 0; exit
    words = ctypes.create_string_buffer(b"GPL")
    ring = struct.pack("IIII", _RING_BUFFER, 0, 0, 4096)
    program = struct.pack("IIQQ", _RAW_TRACEPOINT, 2, ctypes.addressof(code), ctypes.addressof(words))
    for command, attributes in ((_MAP_CREATE, ring), (_PROG_LOAD, program)):
        given = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
        descriptor = libc.syscall(_BPF, command, given, 128)
        if descriptor < 0:
            return False
        os.close(descriptor)
    return True


@cache
def _audit() -> bool:
    """Whether the audit log's group can be joined and its status be asked."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_AUDIT) as channel:
            channel.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, 1)
            channel.settimeout(5)
            channel.send(struct.pack("IHHII", 16, _AUDIT_GET, 1, 1, 0))
            return bool(int.from_bytes(channel.recv(65536)[4:6], "little") == _AUDIT_GET)
    except OSError:
        return False


_PROBES: dict[Sensor, Callable[[], bool]] = {"seccomp": _seccomp, "ebpf": _ebpf, "audit": _audit}
