"""What the audit found, as text, JSON and SARIF 2.1.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.layout import echo
from flycatcher.terminal import one_line, sarif_message, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.commands.doctor.audit import Problem

SCHEMA = "flycatcher.audit/1"
UNSEEN = (
    "not seen from here: multi-factor authentication, the protection of branches, and the settings of an organization"
)


def print_text(problems: Sequence[Problem]) -> None:
    """Print for a person."""
    for each in problems:
        line = f":{each.line}" if each.line else ""
        echo(f"{each.check}: {visible(each.place)}{line}: {one_line(each.evidence)}")
        echo(f"  why: {each.why}{_ids(each)}")
        echo(f"  fix: {one_line(each.fix)}")
    echo(counted(len(problems), "problem"))
    echo(UNSEEN)


def _ids(problem: Problem) -> str:
    return f" ({', '.join(problem.references)})" if problem.references else ""


def as_json(problems: Sequence[Problem], checked: Sequence[str]) -> str:
    """Return one JSON document."""
    found = {"schema": SCHEMA, "checked": list(checked), "problems": msgspec.to_builtins(problems), "unseen": UNSEEN}
    return json.dumps(found, indent=2)


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return one SARIF document, a rule for each check that found something."""
    rules = {each.check: each for each in problems}
    run = {
        "tool": {"driver": {"name": "flycatcher", "version": __version__, "rules": list(map(_rule, rules.values()))}},
        "results": [_result(each) for each in problems],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}, indent=2)


def _rule(problem: Problem) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": problem.check, "shortDescription": {"text": problem.why}}
    if problem.references:
        rule["properties"] = {"tags": list(problem.references)}
    return rule


def _result(problem: Problem) -> dict[str, Any]:
    from urllib.parse import quote  # noqa: PLC0415 - only SARIF has addresses

    scheme = "file://" if problem.place.startswith("/") else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": f"{scheme}{quote(problem.place)}"}}
    if problem.line:
        place["region"] = {"startLine": problem.line}
    return {
        "ruleId": problem.check,
        "level": "warning",
        "message": {"text": sarif_message(f"{problem.evidence}. To mend it: {problem.fix}")},
        "locations": [{"physicalLocation": place}],
    }
