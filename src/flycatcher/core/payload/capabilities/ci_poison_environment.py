"""GITHUB_ENV and GITHUB_PATH. ATT&CK T1195.002."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="ci.poison-environment",
    technique="T1195.002",
    points=35,
    sentence="names the file through which a CI job's later steps get their environment",
    hints="github_env github_path _runner_file_commands",
    values=r"^GITHUB_(?:ENV|PATH)$|\$\{?GITHUB_(?:ENV|PATH)\b|_runner_file_commands",
    uses={"shell": "GITHUB_ENV GITHUB_PATH"},
)
