"""The BPF filter, run by a small interpreter of classic BPF over every architecture; and 32-bit calls on the real kernel."""

import contextlib
import os
import struct
import subprocess
from pathlib import Path

import pytest
from tests.sensors.conftest import PYTHON

from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.guard import REACHES, Guard, guarded

LOAD, JUMP, JUMP_EQUAL, RETURN = 0x20, 0x05, 0x15, 0x06
NOTIFY, ALLOW = 0x7FC00000, 0x7FFF0000


def verdict(program, arch, number, arguments=(0, 0, 0, 0, 0, 0)):
    """Run the filter on one struct seccomp_data (nr, arch, instruction pointer, six arguments)."""
    data = struct.pack("=iIQ6Q", number - (1 << 32) if number >> 31 else number, arch, 0, *arguments)
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
        elif code == JUMP:
            at += 1 + value
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


# by name, as the kernel's own tables have them; the argument's place that is a process id (its manual page)
REACH = {
    "kill": (0, 62, 37, 129, 37),
    "ptrace": (1, 101, 26, 117, 26),
    "rt_sigqueueinfo": (0, 129, 178, 138, 178),
    "setpriority": (1, 141, 97, 140, 97),
    "sched_setparam": (0, 142, 154, 118, 154),
    "sched_setscheduler": (0, 144, 156, 119, 156),
    "tkill": (0, 200, 238, 130, 238),
    "sched_setaffinity": (0, 203, 241, 122, 241),
    "tgkill": (0, 234, 270, 131, 268),
    "ioprio_set": (1, 251, 289, 30, 314),
    "migrate_pages": (0, 256, 294, 238, 400),
    "move_pages": (0, 279, 317, 239, 344),
    "rt_tgsigqueueinfo": (0, 297, 335, 240, 363),
    "prlimit64": (0, 302, 340, 261, 369),
    "process_vm_readv": (0, 310, 347, 270, 376),
    "process_vm_writev": (0, 311, 348, 271, 377),
    "kcmp": (1, 312, 349, 272, 378),
    "sched_setattr": (0, 314, 351, 274, 380),
    "pidfd_open": (0, 434, 434, 434, 434),
}
ARCHITECTURES = {"x86_64": (0xC000003E, 0x40000003), "aarch64": (0xC00000B7, 0x40000028)}
FRONT, SUPERVISOR, OTHER = 4711, 4712, 4713


def filtering(name):
    machine = abi.MACHINES[name]
    return abi.assemble([*machine.calls, *sorted(machine.moves)], guarded(FRONT, SUPERVISOR))


@pytest.mark.parametrize("call", REACH)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_where_a_run_enforces_the_filter_asks_about_calls_that_name_our_own_processes(name, call):
    place, *numbers = REACH[call]
    program = filtering(name)
    ours = numbers[:2] if name == "x86_64" else numbers[2:]
    for arch, number in zip(ARCHITECTURES[name], ours, strict=True):

        def ask(value, arch=arch, number=number):
            return verdict(program, arch, number, [1, 1, 1, 1, 1, 1][:place] + [value] + [1] * (5 - place))

        assert [ask(pid) for pid in (FRONT, SUPERVISOR)] == [NOTIFY] * 2
        assert [ask(2**64 - SUPERVISOR), ask(2**64 - 1), ask(2**32 - 1)] == [NOTIFY] * 3  # its group, and everybody
        assert [ask(OTHER), ask(0), ask(2**64 - OTHER)] == [ALLOW] * 3


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_call_that_names_a_process_by_a_descriptor_is_always_asked_about(name):
    assert [verdict(filtering(name), arch, 424, [9] * 6) for arch in ARCHITECTURES[name]] == [NOTIFY] * 2


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_only_those_requests_to_a_terminal_are_asked_about_that_push_text_into_it(name):
    push, paste, size, own = 0x5412, 0x541C, 0x5413, FRONT
    for arch, number in zip(ARCHITECTURES[name], {"x86_64": (16, 54), "aarch64": (29, 54)}[name], strict=True):
        asked = [
            verdict(filtering(name), arch, number, [0, request, 0, 0, 0, 0]) for request in (push, paste, size, own)
        ]
        assert asked == [NOTIFY, NOTIFY, ALLOW, ALLOW]


@pytest.mark.parametrize(
    ("call", "arguments", "refused"),
    [
        (16, [0, 0x5412, 4096], "ioctl(0x5412), text for whoever reads a terminal later"),
        (62, [SUPERVISOR, 9], "kill(4712)"),
        (62, [SUPERVISOR, 0], ""),  # asks only
        (62, [2**64 - 1, 15], "kill(-1)"),
        (62, [2**64 - SUPERVISOR, 15], "kill(-4712)"),
        (302, [FRONT, 7, 0], ""),  # reads limits only
        (302, [FRONT, 7, 1 << 32], "prlimit64(4711)"),
        (101, [0x4206, SUPERVISOR], "ptrace(4712)"),
        (312, [OTHER, SUPERVISOR], "kcmp(4712)"),
    ],
)
def test_what_only_asks_is_not_refused(call, arguments, refused):
    guard = Guard(FRONT, SUPERVISOR)
    assert guard.refusal(os.getpid(), REACHES[0xC000003E, call], [*arguments, 0, 0, 0, 0]) == refused


def test_a_number_of_another_pid_namespace_is_not_ours():
    with subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--pid", "--fork", "sh", "-c", "echo; sleep 60"],
        stdout=subprocess.PIPE,
    ) as started:
        if not started.stdout.readline():
            pytest.skip("no pid namespace of its own here")
        [inside] = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
        guard = Guard(FRONT, SUPERVISOR)
        assert guard.refusal(int(inside), REACHES[0xC000003E, 62], [SUPERVISOR, 9, 0, 0, 0, 0]) == ""
        os.kill(int(inside), 9)


def test_a_descriptor_of_the_supervisor_is_known_for_what_it_is():
    guard = Guard(FRONT, os.getpid())
    send = REACHES[0xC000003E, 424]
    with (
        open_descriptor(os.pidfd_open(os.getpid())) as ours,
        open_descriptor(os.open("/proc/self", os.O_RDONLY)) as folder,
    ):
        assert guard.refusal(os.getpid(), send, [ours, 9, 0, 0, 0, 0]) == f"pidfd_send_signal({os.getpid()})"
        assert guard.refusal(os.getpid(), send, [folder, 9, 0, 0, 0, 0]) == f"pidfd_send_signal({os.getpid()})"
    with open_descriptor(os.pidfd_open(1)) as other:
        assert guard.refusal(os.getpid(), send, [other, 9, 0, 0, 0, 0]) == ""


@contextlib.contextmanager
def open_descriptor(descriptor):
    yield descriptor
    os.close(descriptor)


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


def elf32(call, words, target=3):
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
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, target, 1, start, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    load = struct.pack("<8I", 1, 0, BASE, BASE, 84 + len(body), 84 + len(body), 7, 0x1000)
    return head + load + body


@pytest.mark.parametrize("call", CODE)
@pytest.mark.parametrize("target", [3, 6])  # EM_386, EM_486 (arch/x86/include/asm/elf.h, elf_check_arch_ia32)
def test_a_32_bit_program_is_seen_with_its_own_pointers(observe, tmp_path, call, target):
    program = tmp_path / "small"
    program.write_bytes(elf32(call, [PYTHON, "-Sc", "print(6 * 7)"], target))
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
