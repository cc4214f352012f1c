"""Loading: the fallback, and what is said where the kernel or the object will not do."""

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
    assert "invalid mem access" in str(refused.value)


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
