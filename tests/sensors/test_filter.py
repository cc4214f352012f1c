"""The BPF filter, run by a small interpreter of classic BPF over every architecture; and 32-bit calls on the real kernel."""

import os
import struct
import subprocess

import pytest
from tests.sensors.conftest import PYTHON

from flycatcher.sources.sensors.seccomp import abi

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
NOTIFY, ALLOW = 0x7FC00000, 0x7FFF0000


def verdict(program, arch, number):
    """Run the filter on one struct seccomp_data (nr, arch, instruction pointer, six arguments)."""
    data = struct.pack("=iIQ6Q", number - (1 << 32) if number >> 31 else number, arch, 0, *[0] * 6)
    steps = list(struct.iter_unpack("=HBBI", program))
    accumulator, at = 0, 0
    for _ in range(len(steps)):
        code, true, false, value = steps[at]
        if code == RETURN:
            return value
        if code == LOAD:
            accumulator = struct.unpack_from("=I", data, value)[0]
            at += 1
        elif code == JUMP_EQUAL:
            at += 1 + (true if accumulator == value else false)
        else:
            raise AssertionError(hex(code))
    raise AssertionError("no end")


# by name, as the kernel's own tables have them: arch/x86/entry/syscalls/syscall_{64,32}.tbl, scripts/syscall.tbl (arm64),
# arch/arm/tools/syscall.tbl
X86_64 = {
    "execve": 59,
    "execveat": 322,
    "pivot_root": 155,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "setns": 308,
    "move_mount": 429,
}
I386 = {
    "execve": 11,
    "execveat": 358,
    "mount": 21,
    "umount": 22,
    "umount2": 52,
    "chroot": 61,
    "pivot_root": 217,
    "setns": 346,
    "move_mount": 429,
}
X32 = {
    "execve": 520,
    "execveat": 545,
    "pivot_root": 155,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "setns": 308,
    "move_mount": 429,
}
AARCH64 = {
    "execve": 221,
    "execveat": 281,
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "setns": 268,
    "move_mount": 429,
}
ARM = {
    "execve": 11,
    "execveat": 387,
    "mount": 21,
    "umount2": 52,
    "chroot": 61,
    "pivot_root": 218,
    "setns": 375,
    "move_mount": 429,
}
TABLES = {
    "x86_64": {(0xC000003E, 0): X86_64, (0x40000003, 0): I386, (0xC000003E, 0x40000000): X32},
    "aarch64": {(0xC00000B7, 0): AARCH64, (0x40000028, 0): ARM},
}


@pytest.mark.parametrize("name", TABLES)
def test_the_filter_asks_about_these_calls_and_no_others(name):
    machine = abi.MACHINES[name]
    program = abi.assemble([*machine.calls, *sorted(machine.moves)])
    for (arch, bit), table in TABLES[name].items():
        asked = {number for number in range(600) if verdict(program, arch, bit | number) == NOTIFY}
        assert asked == set(table.values())
        assert verdict(program, arch, 0xFFFFFFFF) == ALLOW
        for call, number in table.items():
            assert ((arch, bit | number) in machine.calls) == call.startswith("execve")
    assert {verdict(program, 0xC0000015, number) for number in range(600)} == {
        ALLOW
    }  # ppc64le: no such program runs here


def test_arm64_is_aarch64_and_others_get_a_clear_error(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert abi.machine() == abi.MACHINES["aarch64"]
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(abi.FlycatcherError, match="flycatcher run has no system-call table for riscv64"):
        abi.machine()


BASE = 0x08048000
CODE = {
    # mov eax, 11; mov ebx, path; mov ecx, argv; mov edx, envp; int 0x80
    "execve": lambda path, argv, envp: struct.pack(
        "<BIBIBIBI2s", 0xB8, 11, 0xBB, path, 0xB9, argv, 0xBA, envp, b"\xcd\x80"
    ),
    # mov eax, 358; mov ebx, AT_FDCWD; mov ecx, path; mov edx, argv; mov esi, envp; xor edi, edi; int 0x80
    "execveat": lambda path, argv, envp: struct.pack(
        "<BIBiBIBIBI2s2s", 0xB8, 358, 0xBB, -100, 0xB9, path, 0xBA, argv, 0xBE, envp, b"\x31\xff", b"\xcd\x80"
    ),
}


def elf32(call, words):
    """Return a whole 32-bit ELF program that replaces itself by these words, through int 0x80."""
    start = BASE + 52 + 32
    size = len(CODE[call](0, 0, 0))
    texts, at, pointers = b"", start + size, []
    for word in words:
        pointers.append(at + len(texts))
        texts += os.fsencode(word) + b"\0"
    array = at + len(texts)
    code = CODE[call](pointers[0], array, array + 4 * len(pointers))
    body = code + texts + struct.pack(f"<{len(pointers) + 1}I", *pointers, 0)
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, start, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    load = struct.pack("<8I", 1, 0, BASE, BASE, 84 + len(body), 84 + len(body), 7, 0x1000)
    return head + load + body


@pytest.mark.parametrize("call", CODE)
def test_a_32_bit_program_is_seen_with_its_own_pointers(observe, tmp_path, call):
    program = tmp_path / "small"
    program.write_bytes(elf32(call, [PYTHON, "-Sc", "print(6 * 7)"]))
    program.chmod(0o755)
    try:
        bare = subprocess.run([program], capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"this kernel runs no 32-bit programs: {error}")
    assert bare.stdout == b"42\n"
    seen = observe(str(program))
    assert seen.stdout == "42\n"
    assert seen.argvs == [[PYTHON, "-Sc", "print(6 * 7)"]]
    assert seen.summary["executions_seen"] == 2
    assert seen.summary["lost"] == 0
