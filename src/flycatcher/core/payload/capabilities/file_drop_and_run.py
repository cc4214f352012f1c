"""A file dropped and started. ATT&CK T1105."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="file.drop-and-run",
    technique="T1105",
    points=30,
    sentence="stores a program in a place that anybody can write to, and makes it run",
    needs=(
        frozenset({"file.executable", "network.download-file"}),
        frozenset({"network.download-file", "process.spawn-file"}),
        frozenset({"file.executable", "file.write", "process.spawn-file"}),
    ),
)
