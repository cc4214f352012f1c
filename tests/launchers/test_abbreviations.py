"""Beginnings of a launcher's long options, where its parser takes them."""

from __future__ import annotations

import pytest

from flycatcher.core.launchers.unwrap import unwrap


@pytest.mark.parametrize(
    ("line", "started"),
    [
        ("strace --outp /dev/null python3 -c CODE", ["python3", "-c", "CODE"]),
        ("strace --trace=all --out=x python3 -c CODE", ["python3", "-c", "CODE"]),
        ("xvfb-run --server-n 99 python3 -c CODE", ["python3", "-c", "CODE"]),
        ("xvfb-run --auto-servernum python3 -c CODE", ["python3", "-c", "CODE"]),
        ("systemd-run --working-dir /tmp python3 -c CODE", ["python3", "-c", "CODE"]),
        ("docker exec --detach-k x c python3 -c CODE", ["c", "python3", "-c", "CODE"]),  # pflag takes no beginnings
        ("docker exec --detach-keys x c python3 -c CODE", ["python3", "-c", "CODE"]),
    ],
)
def test_a_launcher_reads_its_options_by_its_parser(line: str, started: list[str]) -> None:
    found = unwrap(line.split())
    assert found is not None
    assert found[0].words == started
