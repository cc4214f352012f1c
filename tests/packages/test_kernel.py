"""The kernel of Debian 12, booted in qemu: it takes the BPF program, and ``watch`` sees what a shell starts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.packages import kernel, on_kernel


def test_debian_12_s_kernel_loads_the_program_and_reports_what_a_shell_starts(vmlinuz: Path, tmp_path: Path) -> None:
    assert vmlinuz.name.startswith("vmlinuz-6.1.")
    said = kernel.run(vmlinuz, kernel.initrd(tmp_path / "initrd", Path(on_kernel.__file__)))
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    release = vmlinuz.name.removeprefix("vmlinuz-")
    assert [row for row in rows if "said" not in row] == [
        {"kernel": release, "raw": False, "program": "exec_btf"},
        {"kernel": release, "raw": True, "program": "exec_raw"},
        {"doctor": "the kernel takes the program (typed tracepoint sched_process_exec)"},
        {"seen": on_kernel.CODE},
        {"seen": on_kernel.PIPED},
        {"ended": 0},
    ]
