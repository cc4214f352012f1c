"""OCSF 1.5.0 (Open Cybersecurity Schema Framework): a Detection Finding (2004) with the script itself as evidence.

Notices are Application Lifecycle (6002: start, stop) or Application Error (6008: loss, gap, limit) events, so that a receiver that
counts findings does not count them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.sinks.formats.facts import Facts, facts_of, filled, integer
from flycatcher.sinks.formats.title import title

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

VERSION = "1.5.0"
SEVERITIES = {
    "none": (1, "Informational"), "low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical"),
}  # fmt: skip
_RISKS = {
    "none": (0, "Info"),
    "low": (1, "Low"),
    "medium": (2, "Medium"),
    "high": (3, "High"),
    "critical": (4, "Critical"),
}
_PYTHON, _JAVASCRIPT, _SHELL, _OTHER = 3, 4, 6, 99
_SCRIPTS = {"python": _PYTHON, "javascript": _JAVASCRIPT, "shell": _SHELL}
_SCRIPT_NAMES = {_PYTHON: "Python", _JAVASCRIPT: "JavaScript", _SHELL: "Unix Shell"}
_SHA256, _REGULAR, _UNKNOWN = 3, 1, 0
_RULE = 1


class Ocsf:
    """``format = "ocsf"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one event."""
        made = finding(event) if event.is_detection else notice(event)
        return msgspec.json.encode(filled(made) | {"severity_id": SEVERITIES[event.level][0]})


def base(event: Event, class_uid: int, class_name: str, activity: tuple[int, str]) -> dict[str, Any]:
    """Return what every class has; times are milliseconds since 1970, type_uid is class_uid * 100 + activity_id."""
    number, name = activity
    return {
        "activity_id": number,
        "activity_name": name,
        "class_uid": class_uid,
        "class_name": class_name,
        "category_uid": class_uid // 1000,
        "type_uid": class_uid * 100 + number,
        "severity": SEVERITIES[event.level][1],
        "time": int(event.time * 1000),
        "message": title(event),
        "metadata": {
            "version": VERSION,
            "uid": event.uid,
            "product": {"name": "Flycatcher", "vendor_name": "Flycatcher", "version": __version__},
            "event_code": str(event.record.get("id") or event.kind),
        },
    }


def finding(event: Event) -> dict[str, Any]:
    """Return a Detection Finding."""
    facts = facts_of(event)
    made = base(event, 2004, "Detection Finding", (1, "Create")) | {
        "category_name": "Findings",
        "is_alert": event.kind == "detection",
        "status": "Suppressed" if event.kind == "suppressed" else "New",
        "status_id": 3 if event.kind == "suppressed" else 1,
        "risk_score": facts.score,
        "risk_level": _RISKS[event.level][1],
        "risk_details": "; ".join(facts.reasons),
        "finding_info": _info(event, facts),
        "evidences": _evidences(facts),
        "device": device(event),
        "remediation": {"desc": facts.guidance} if facts.guidance else {},
        "unmapped": unmapped(facts),
    }
    if event.group is not None:
        made["count"] = event.group.count
    return made


def _info(event: Event, facts: Facts) -> dict[str, Any]:
    """Return what was found by which rule."""
    return {
        "uid": facts.id,
        "uid_alt": event.uid,
        "title": "Code on the fly",
        "desc": title(event),
        "created_time": int(event.time * 1000),
        "types": ["Code on the fly"],
        "analytic": {
            "uid": "code_on_the_fly",
            "name": "Code on the fly",
            "type": "Rule",
            "type_id": _RULE,
            "version": __version__,
        },
        "attacks": [_attack(technique) for technique in facts.techniques],
    }


def _attack(technique: str) -> dict[str, Any]:
    """Return a technique, with its parent where it is a sub-technique; the tactic of the recipe's own is known."""
    parent, _, rest = technique.partition(".")
    made: dict[str, Any] = {"technique": {"uid": parent, "name": parent}}
    if rest:
        made["sub_technique"] = {"uid": technique, "name": technique}
    if parent == "T1059":
        made["technique"]["name"] = "Command and Scripting Interpreter"
        made["tactic"] = {"uid": "TA0002", "name": "Execution"}
    return made


def _evidences(facts: Facts) -> list[dict[str, Any]]:
    """Return one entry for each snippet: the script, and, with the first, who ran it where."""
    found = [{"script": script(facts, number)} for number in range(len(facts.snippets))] or [{}]
    found[0] |= {"process": process(facts), "container": container(facts)}
    return [filled(each) for each in found if filled(each)]


def script(facts: Facts, number: int) -> dict[str, Any]:
    """Return a snippet as a script: its text, its language, and the hash of what was seen before redaction."""
    snippet = facts.snippets[number]
    kind = _SCRIPTS.get(str(snippet.get("language", "")), _OTHER)
    text = snippet.get("text")
    size = facts.texts[number].get("bytes", 0) if number < len(facts.texts) else 0
    made: dict[str, Any] = {
        "script_content": {
            "value": str(text if text is not None else snippet.get("path") or snippet.get("url") or "(not captured)")
        },
        "type_id": kind,
        "type": _SCRIPT_NAMES.get(kind, str(snippet.get("language") or snippet.get("interpreter", ""))),
        "name": " ".join(filter(None, (str(snippet.get("vector", "")), str(snippet.get("option", ""))))),
    }
    if text is not None and number < len(facts.texts):
        digest = str(facts.texts[number].get("sha256", ""))
        made["hashes"] = [{"algorithm": "SHA-256", "algorithm_id": _SHA256, "value": digest}]
        if facts.fidelity.get("truncated") or facts.fidelity.get("stdin") == "partial":
            made["script_content"] |= {
                "is_truncated": True,
                "untruncated_size": max(integer(size), integer(facts.fidelity.get("bytes_total"))),
            }
    return made


def process(facts: Facts) -> dict[str, Any]:
    """Return the interpreter's process with its parent."""
    path = str(facts.execution.get("exe", ""))
    made = _process(facts.process, facts.argv, path)
    made["working_directory"] = facts.execution.get("cwd", "")
    made["user"] = {"uid": str(facts.process.get("uid", "")), "name": facts.context.get("user.name", "")}
    if facts.parent:
        made["parent_process"] = _process(
            facts.parent, facts.parent.get("argv") or [], str(facts.parent.get("exe", ""))
        )
    return made


def _process(entry: dict[str, Any], argv: list[str], path: str) -> dict[str, Any]:
    import shlex  # noqa: PLC0415

    name = path.rpartition("/")[2] or str(entry.get("comm", "")) or (argv[0] if argv else "")
    file = {"name": name, "path": path, "type_id": _REGULAR} if path else {}
    return {"pid": entry.get("pid"), "name": name, "cmd_line": shlex.join(argv), "file": file}


def container(facts: Facts) -> dict[str, Any]:
    """Return the container."""
    context = facts.context
    return {
        "uid": context.get("container.id", ""),
        "name": context.get("container.name", ""),
        "runtime": context.get("container.runtime", ""),
        "image": {"name": context["container.image"], "uid": context["container.image"]}
        if context.get("container.image")
        else {},
    }


def device(event: Event) -> dict[str, Any]:
    """Return the host; what kind of machine it is, nobody has asked."""
    return {"hostname": event.host, "type_id": _UNKNOWN, "type": "Unknown"}


def unmapped(facts: Facts) -> dict[str, Any]:
    """Return what the class has no field for."""
    return {
        "argv": facts.argv,
        "capabilities": facts.capabilities,
        "vectors": [str(snippet.get("vector", "")) for snippet in facts.snippets],
        "layers": [[layer.get("text", "") for layer in layers] for layers in facts.layers if len(layers) > 1],
        "policy": facts.policy,
        "fidelity": facts.fidelity,
        "context": {key: value for key, value in facts.context.items() if not key.startswith("container.")},
        "place": facts.finding,
    }


def notice(event: Event) -> dict[str, Any]:
    """Return a notice or a run's figures: a start or a stop, or an error of the application."""
    lifecycle = {"started": (3, "Start"), "stopped": (4, "Stop"), "reloaded": (5, "Restart")}
    if event.kind in {*lifecycle, "summary"}:
        made = base(event, 6002, "Application Lifecycle", lifecycle.get(event.kind, (4, "Stop")))
        made["app"] = made["metadata"]["product"]
    else:
        made = base(event, 6008, "Application Error", (1, "General Error"))
    rest = {key: value for key, value in event.record.items() if key not in {"schema", "text"}}
    return made | {"category_name": "Application Activity", "unmapped": rest | {"host": event.host}}


FORMAT = Ocsf
