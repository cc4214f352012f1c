"""What the kernel says about an execution beside its words."""

import os
import platform
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flycatcher.sources.sensors.ebpf import build
from flycatcher.sources.sensors.ebpf.btf import section
from flycatcher.sources.sensors.ebpf.sensor import Sensor, SensorSettings

PYTHON = os.path.realpath(sys.executable)
PERL = os.path.realpath("/usr/bin/perl")


def start(source, **how):
    """Run Python text in a child, which then starts perl."""
    return subprocess.run([PYTHON, "-IS", "-c", source], stdin=subprocess.DEVNULL, check=False, **how)


def test_the_file_is_named_by_device_inode_and_ctime(watch):
    subprocess.run(["perl", "-e", "exit # inode"], stdin=subprocess.DEVNULL, check=True)
    context, status = watch.marked("exit # inode").context, Path(PERL).stat()
    assert context["file.inode"] == str(status.st_ino)
    assert context["file.device"] == f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
    assert context["file.ctime"].startswith(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(status.st_ctime)))


def test_who_has_logged_in_stays_known_behind_a_change_of_user(watch):
    source = (
        "import os, sys\n"
        "try:\n    open('/proc/self/loginuid', 'w').write('65533')\nexcept OSError:\n    sys.exit(77)\n"
        "os.setgid(65534); os.setuid(65534); os.execv('/usr/bin/perl', ['perl', '-e', 'exit # login'])\n"
    )
    if start(source).returncode == 77:
        pytest.skip("the kernel keeps no login user here")
    execution = watch.until(lambda found: found.argv[-1] == "exit # login")[0]
    assert execution.context["user.login"] == "65533"
    assert (execution.process.uid, execution.process.gid) == (65534, 65534)


def test_the_terminal_is_named(watch):
    controller, terminal = os.openpty()
    name = os.ttyname(terminal).removeprefix("/dev/").replace("pts/", "pts")
    source = (
        "import fcntl, os, termios; os.setsid(); fcntl.ioctl(1, termios.TIOCSCTTY, 0)\n"
        "os.execv('/usr/bin/perl', ['perl', '-e', 'exit # terminal'])\n"
    )
    assert start(source, stdout=terminal).returncode == 0
    assert watch.until(lambda found: found.argv[-1] == "exit # terminal")[0].context["terminal"] == name
    os.close(controller)
    os.close(terminal)


def test_namespaces_and_control_group_are_those_of_the_process(watch):
    command = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "perl",
        "-e",
        "select undef, undef, undef, 5 # spaces",
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        execution = watch.until(lambda found: found.argv[0] == "perl" and found.argv[-1].endswith("# spaces"))[0]
        expected = {
            name: str(os.stat(f"/proc/{process.pid}/ns/{name[3:] if name != 'ns.mount' else 'mnt'}").st_ino)
            for name in ("ns.user", "ns.mount", "ns.pid")
        }
        process.kill()
    assert {name: execution.context[name] for name in expected} == expected
    assert expected["ns.user"] != str(os.stat("/proc/self/ns/user").st_ino)
    root = next((line.split()[1] for line in Path("/proc/mounts").read_text().splitlines() if " cgroup2 " in line), "")
    if root:
        path = next(line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
        assert execution.context["cgroup.id"] == str(os.stat(f"{root}{path}").st_ino)


def test_a_chain_of_ancestors_that_is_too_long_is_cut_and_counted(watch):
    source = (
        "import os\n"
        "for _ in range(70):\n    pid = os.fork()\n    if pid:\n        os.waitpid(pid, 0); os._exit(0)\n"
        "os.execv('/usr/bin/perl', ['perl', '-e', 'exit # deep'])\n"
    )
    assert start(source).returncode == 0
    end, found = time.monotonic() + 10, []
    while not found and time.monotonic() < end:
        items = list(watch.sensor.poll(0.05))
        found = [item for item in items if getattr(item, "argv", ("",))[-1] == "exit # deep"]
    assert len(found[0].ancestry) == 64
    assert found[0].fidelity.notes[-1] == "older ancestors left out"
    assert watch.sensor.counts()["ancestors cut"] > 0


def test_a_process_that_renames_itself_is_reported_as_the_kernel_started_it(watch):
    source = "$0 = 'innocent'; select undef, undef, undef, 0.3 # renames itself"
    subprocess.run(["perl", "-e", source], stdin=subprocess.DEVNULL, check=True)
    assert watch.marked("# renames itself").argv == ("perl", "-e", source)


def test_two_sensors_at_once_see_the_same(watch):
    with Sensor(SensorSettings(report_all=True)) as second:
        subprocess.run(["perl", "-e", "exit # both"], stdin=subprocess.DEVNULL, check=True)
        first = watch.marked("exit # both")
        end, found = time.monotonic() + 10, []
        while not found and time.monotonic() < end:
            found = [item for item in second.poll(0.05) if getattr(item, "argv", ("",))[-1] == "exit # both"]
    assert (found[0].argv, found[0].process) == (first.argv, first.process)


def test_many_new_files_in_a_row_are_each_looked_at(watch, tmp_path):
    # more than once round the ring's worth of files that nobody knows; one of them is an interpreter
    program = Path("/bin/true").read_bytes()
    for number in range(150):
        file = tmp_path / f"t{number}"
        file.write_bytes(Path(PERL).read_bytes() if number == 99 else program)
        file.chmod(0o755)
        argv = [file, "-e", "select undef, undef, undef, 0.3 # among many"] if number == 99 else [file]
        subprocess.run(argv, stdin=subprocess.DEVNULL, check=True)
    assert watch.marked("# among many").interpreter == "perl"


def test_the_object_asks_for_no_register_and_no_address_of_one_machine():
    data = build.OBJECT.read_bytes()
    machine, little_endian = struct.unpack_from("<H", data, 18)[0], data[5] == 1
    assert (machine, little_endian) == (247, True)  # EM_BPF
    kinds = set(relocation_kinds(data))
    # R_BPF_64_64 (maps), R_BPF_64_ABS64, R_BPF_64_ABS32, R_BPF_64_NODYLD32 (debug information), R_BPF_64_32 (calls)
    assert kinds <= {1, 2, 3, 4, 10}
    names = section(data, b".BTF")
    for layout in (b"pt_regs___x86", b"pt_regs___arm"):
        assert layout in names
    assert b"pt_regs\0" not in names


def relocation_kinds(data):
    (at,) = struct.unpack_from("<Q", data, 40)
    size, count, _ = struct.unpack_from("<HHH", data, 58)
    for index in range(count):
        _, kind, _, _, offset, length = struct.unpack_from("<IIQQQQ", data, at + index * size)
        if kind == 9:  # SHT_REL
            for entry in range(offset, offset + length, 16):
                yield struct.unpack_from("<QQ", data, entry)[1] & 0xFFFFFFFF


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "riscv64"])
def test_system_call_numbers_are_those_of_the_machine(monkeypatch, machine):
    told = []

    class Config:
        def put(self, _key, value):
            told.append(struct.unpack_from("=QII4i", value)[3:])

    monkeypatch.setattr(platform, "machine", lambda: machine)
    sensor = Sensor()
    sensor._config = Config()
    sensor.configure(0)
    expected = {"x86_64": (0, 19, 17, 45), "aarch64": (63, 65, 67, 207), "riscv64": (-1, -1, -1, -1)}
    assert told == [expected[machine]]
