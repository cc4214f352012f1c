"""Loading: the fallback, and what is said where the kernel or the object will not do."""

import re
import struct
import subprocess
import sys

import pytest

from flycatcher.sources.sensors.ebpf import btf, build, libbpf, wire
from flycatcher.sources.sensors.ebpf import sensor as sensors


def test_where_the_typed_tracepoint_is_refused_the_raw_one_is_used(monkeypatch):
    real = libbpf.Object.load, libbpf.Object.leave_out
    left_out = []

    def leave_out(self, name):
        left_out.append(name)
        real[1](self, name)

    def load(self):
        if "exec_btf" not in left_out:
            raise libbpf.BpfError("the kernel has no BTF")
        real[0](self)

    monkeypatch.setattr(libbpf.Object, "leave_out", leave_out)
    monkeypatch.setattr(libbpf.Object, "load", load)
    assert sensors.trial() == "exec_raw"


def test_where_both_are_refused_the_first_reason_is_given(monkeypatch):
    def load(_self):
        raise libbpf.BpfError("the kernel refuses the BPF program: Permission denied")

    monkeypatch.setattr(libbpf.Object, "load", load)
    with pytest.raises(libbpf.BpfError, match="refuses the BPF program: Permission denied"):
        sensors.trial()


def test_the_verifiers_words_are_in_the_error(tmp_path):
    source = tmp_path / "bad.c"
    source.write_text(
        '__attribute__((section("license"), used)) char LICENSE[] = "GPL";\n'
        '__attribute__((section("raw_tp/sched_process_exec"), used)) int bad(unsigned long long *context)\n'
        "{ return *(int *)(context[0] + context[1]); }\n"
    )
    flags = [flag for flag in build.FLAGS if flag != "-Wextra"]
    command = [sys.executable, "-m", "ziglang", "cc", *flags, "-c", str(source), "-o", str(tmp_path / "bad.o")]
    subprocess.run(command, check=True, capture_output=True)
    with libbpf.Object((tmp_path / "bad.o").read_bytes()) as loaded, pytest.raises(libbpf.BpfError) as refused:
        loaded.load()
    assert str(refused.value).startswith("the kernel refuses the BPF program: ")
    first, *rest = str(refused.value).splitlines()
    assert re.fullmatch(
        r"the kernel refuses the BPF program: Permission denied \(R\d+ invalid mem access 'scalar'\)", first
    )
    assert any(line.startswith("processed ") for line in rest)


def test_of_a_long_log_the_end_is_kept(monkeypatch):
    monkeypatch.setattr(libbpf, "_LOG_LINES", 3)
    log = libbpf.Log()
    log.text = "".join(f"{number}: (85) call\n" for number in range(200_000)) + (
        "R2 unbounded memory access\nprocessed 200000 insns\n-- END PROG LOAD LOG --\n"
    )
    refused = libbpf._refused("the kernel refuses the BPF program", log, -13)
    log.close()
    assert str(refused).splitlines() == [
        "the kernel refuses the BPF program: Permission denied (R2 unbounded memory access)",
        "R2 unbounded memory access",
        "processed 200000 insns",
        "-- END PROG LOAD LOG --",
    ]


def test_a_kernel_without_bpf_loop_is_named_as_the_reason_with_the_other_sensor():
    log = libbpf.Log()
    log.text = "12: (85) call unknown#181\ninvalid func unknown#181\nprocessed 12 insns\n"
    refused = libbpf._refused("the kernel refuses the BPF program", log, -22)
    log.close()
    assert str(refused).splitlines()[0].endswith("Invalid argument (invalid func unknown#181)")
    assert refused.hint == "the program needs bpf_loop, which Linux has since 5.17; use --sensor audit"


def test_an_object_of_another_version_is_refused_before_anything_is_loaded():
    data = sensors.object_bytes()
    layouts = wire.layouts()
    members, size = layouts["exec_part"]
    wrong = {**layouts, "exec_part": ({**members, "uid": btf.Member(members["uid"].offset + 4, 4)}, size)}
    with pytest.raises(libbpf.BpfError, match="struct exec_part differs in uid"):
        btf.check(data, wrong)
    with pytest.raises(libbpf.BpfError, match="not a 64-bit little-endian ELF file"):
        btf.check(b"\x7fELF\x01" + data[5:], layouts)
    magic = struct.pack("<H", 0xEB9F)
    assert magic in data
    with pytest.raises(libbpf.BpfError, match="type information is damaged"):
        btf.check(data.replace(magic, b"\0\0"), layouts)
