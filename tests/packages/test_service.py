"""The service of the Debian package under a real systemd: Debian 12, its kernel, and the package, booted in qemu."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.packages import kernel, machine
from tests.packages.test_deb import later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.packages.machine import Machine

UNIT = """
[Service]
Type=oneshot
ExecStart=/bin/bash /asked.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
"""
PATIENT = """
[Service]
TimeoutStartSec=infinity
WatchdogSec=0
"""
"""A processor that is emulated is slow."""
ASKED = f"""
trap 'echo; echo "{kernel.END} $?"; systemctl poweroff -ff' EXIT
echo; echo "{kernel.BEGIN}"
set -e
seen() {{ until grep -q "$1" /var/log/flycatcher/watch.jsonl; do systemctl is-active -q flycatcher; done; echo "seen: $1"; }}
systemctl start flycatcher
echo "started: $(systemctl is-active flycatcher)"
python3 -c 'print("first")' >/dev/null
seen first
systemctl reload flycatcher
python3 -c 'print("second")' >/dev/null
seen second
first=$(systemctl show -P MainPID flycatcher)
dpkg -i /root/later.deb >/dev/null 2>&1
[ "$(systemctl show -P MainPID flycatcher)" != "$first" ] && echo "upgraded: $(systemctl is-active flycatcher)"
systemctl stop flycatcher
echo "stopped: $(systemctl show -P Result flycatcher)"
systemctl start flycatcher
dpkg --remove flycatcher >/dev/null 2>&1
echo "removed: $(systemctl is-active flycatcher || true)"
dpkg --purge flycatcher >/dev/null 2>&1
ls -d /var/log/flycatcher /etc/flycatcher /lib/systemd/system/flycatcher.service 2>/dev/null || echo purged
"""


@pytest.fixture
def host(bare: Path, deb: Path) -> Iterator[Machine]:
    """Return a machine that systemd starts."""
    made = machine.on_top("service", bare)
    made.install("systemd", "systemd-sysv")
    shutil.copy(deb, made.root / "root")
    made.install(f"/root/{deb.name}")
    later(deb, made)
    units = made.root / "etc/systemd/system"
    (units / "flycatcher.service.d").mkdir()
    (units / "flycatcher.service.d/patient.conf").write_text(PATIENT)
    (units / "asked.service").write_text(UNIT)
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    (units / "multi-user.target.wants/asked.service").symlink_to("/etc/systemd/system/asked.service")
    (made.root / "asked.sh").write_text(ASKED)
    yield made
    machine.removed(made.root)


def test_systemd_starts_reloads_upgrades_and_stops_it(host: Machine, vmlinuz: Path, tmp_path: Path) -> None:
    said = kernel.run(vmlinuz, kernel.system(tmp_path / "initrd", host.root), megabytes=3072, seconds=3000)
    assert [line.rstrip() for line in said.splitlines() if line.strip()] == [
        "started: active",
        "seen: first",
        "seen: second",
        "upgraded: active",
        "stopped: success",
        "removed: inactive",
        "purged",
    ]
