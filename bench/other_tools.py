"""The tools beside which ``flycatcher watch`` is measured; each leaves the machine as it was.

Each is a context manager that takes a directory to write to and the program that starts the storm, and gives the command to run.
"""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUDITD = """log_file = {log}
log_format = RAW
flush = NONE
max_log_file = 500
max_log_file_action = IGNORE
space_left = 2
admin_space_left = 1
space_left_action = IGNORE
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
"""


@contextmanager
def bpftrace(directory: Path, program: str) -> Iterator[list[str]]:
    """Run bpftrace, printing argv at each execve; tracefs is mounted for it alone."""
    del directory
    probe = "tracepoint:syscalls:sys_enter_execve { join(args->argv) }"
    script = f"mount -t tracefs nodev /sys/kernel/tracing; exec bpftrace -e '{probe}'"
    command = ["unshare", "--mount", "sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        time.sleep(3)
        if process.poll() is not None:
            raise OSError((process.stderr.read() if process.stderr else b"").decode(errors="replace").strip()[:200])
        yield [program]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@contextmanager
def strace(directory: Path, program: str) -> Iterator[list[str]]:
    """Let strace with a seccomp filter start the storm, and follow its children."""
    del directory
    yield ["strace", "-f", "--seccomp-bpf", "-e", "trace=execve", "-qq", "-o", "/dev/null", program]


@contextmanager
def auditd(directory: Path, program: str) -> Iterator[list[str]]:
    """Run auditd with one rule for execve, its log in a directory of its own; rule and status are put back."""
    before = audit_status()
    if before["pid"]:
        raise OSError(f"an auditd is running already (pid {before['pid']})")
    settings = directory / "audit"
    settings.mkdir(exist_ok=True, mode=0o700)
    (settings / "auditd.conf").write_text(AUDITD.format(log=settings / "log"))
    rule = ["-a", "always,exit", "-F", "arch=b64", "-S", "execve", "-k", "bench"]
    # -f: in the foreground, and saying why where it does not start
    with subprocess.Popen(
        ["auditd", "-f", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as daemon:
        time.sleep(2)
        if daemon.poll() is not None:
            said = daemon.stderr.read().decode(errors="replace").splitlines() if daemon.stderr else []
            raise OSError(next((line for line in said if "rror" in line), f"auditd ends with {daemon.returncode}"))
        try:
            subprocess.run(["auditctl", "-b", "8192"], check=True, capture_output=True)
            subprocess.run(["auditctl", *rule], check=True, capture_output=True)
            yield [program]
            lost = audit_status()["lost"] - before["lost"]
            if lost:
                print(f"  auditd       {lost} records lost in this round", flush=True)
        finally:
            subprocess.run(["auditctl", "-d", *rule[1:]], check=False, capture_output=True)
            daemon.terminate()
            daemon.communicate(timeout=30)
            for option, name in (("-b", "backlog_limit"), ("-e", "enabled")):
                subprocess.run(["auditctl", option, str(before[name])], check=True, capture_output=True)


def audit_status() -> dict[str, int]:
    """Return the numbers of ``auditctl -s``."""
    lines = subprocess.run(["auditctl", "-s"], check=True, capture_output=True, text=True).stdout.splitlines()
    pairs = (line.split() for line in lines)
    return {words[0]: int(words[1]) for words in pairs if len(words) == 2 and words[1].isdigit()}
