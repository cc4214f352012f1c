"""What the audit found, as text, JSON and SARIF 2.1.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.layout import echo
from flycatcher.terminal import one_line, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.commands.doctor.audit import Problem

SCHEMA = "flycatcher.audit/1"
UNSEEN = "not seen from here: multi-factor authentication, and the protection of branches"


def print_text(problems: Sequence[Problem]) -> None:
    """Print for a person."""
    for each in problems:
        echo(f"{each.check}: {visible(each.place)}: {one_line(each.evidence)}")
        echo(f"  why: {each.why}")
        echo(f"  fix: {one_line(each.fix)}")
    echo(counted(len(problems), "problem"))
    echo(UNSEEN)


def as_json(problems: Sequence[Problem]) -> str:
    """Return one JSON document."""
    return json.dumps({"schema": SCHEMA, "problems": msgspec.to_builtins(problems), "unseen": UNSEEN}, indent=2)


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return one SARIF document, a rule for each check that found something."""
    rules = {each.check: each.why for each in problems}
    run = {
        "tool": {
            "driver": {"name": "flycatcher", "version": __version__, "rules": [_rule(*each) for each in rules.items()]}
        },
        "results": [_result(each) for each in problems],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}, indent=2)


def _rule(check: str, why: str) -> dict[str, Any]:
    return {"id": check, "shortDescription": {"text": why}}


def _result(problem: Problem) -> dict[str, Any]:
    from urllib.parse import quote  # noqa: PLC0415 - only SARIF has addresses

    return {
        "ruleId": problem.check,
        "level": "warning",
        "message": {"text": visible(f"{problem.evidence}. To mend it: {problem.fix}")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"file://{quote(problem.place)}"}}}],
    }
