"""Workflow files. ATT&CK T1195.002."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="ci.workflow-file",
    technique="T1195.002",
    points=40,
    sentence="touches workflow files",
    hints=".github/workflows .gitlab-ci.yml jenkinsfile .circleci",
    values=r"\.github/workflows/|(?:^|/)\.gitlab-ci\.yml$|(?:^|/)Jenkinsfile$|\.circleci/config\.yml",
)
