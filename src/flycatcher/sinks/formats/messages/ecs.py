"""ECS 9 (Elastic Common Schema): an alert about a process, with the text on its way into it.

The text is ``process.io.text`` where it came by a stream, and part of ``process.args`` where it was an argument;
``flycatcher.*`` holds what ECS has no field for (custom fields have a capitalised or product name of their own).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.sinks.formats.facts import Facts, facts_of, filled
from flycatcher.sinks.formats.title import title
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

VERSION = "9.0.0"
_SEVERITIES = {"none": 0, "low": 21, "medium": 47, "high": 73, "critical": 99}
"""As Elastic's own detection rules grade them."""


class Ecs:
    """``format = "ecs"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one document."""
        made: dict[str, Any] = {
            "@timestamp": rfc3339(event.time),
            "ecs": {"version": VERSION},
            "message": title(event),
            "host": {"hostname": event.host, "name": event.host},
            "observer": {"product": "Flycatcher", "vendor": "Flycatcher", "type": "ids", "version": __version__},
            "event": {
                "id": event.uid,
                "module": "flycatcher",
                "dataset": f"flycatcher.{event.kind}",
                "severity": _SEVERITIES[event.level],
            },
        }
        if event.is_detection:
            return msgspec.json.encode(filled(_merged(made, _detection(event))))
        kind = {"kind": "event", "category": ["process"], "type": ["info"], "action": event.kind}
        rest = {"event": kind, "flycatcher": {"notice": event.record.get("summary") or event.record}}
        return msgspec.json.encode(filled(_merged(made, rest)))


def _detection(event: Event) -> dict[str, Any]:
    """Return what a detection adds."""
    facts = facts_of(event)
    context = facts.context
    return {
        "event": {
            "kind": "alert",
            "category": ["process"],
            "type": ["start"] if facts.outcome != "denied" else ["denied"],
            "action": facts.outcome,
            "outcome": "failure" if facts.outcome == "denied" else "success",
            "risk_score": float(facts.score),
            "reason": "; ".join(facts.reasons),
            "hash": facts.sha256,
            "created": facts.fidelity.get("time", ""),
        },
        "rule": {"id": "code_on_the_fly", "name": "Code on the fly", "uuid": facts.id, "version": __version__},
        "threat": _threat(facts),
        "process": _process(facts),
        "user": {"id": str(facts.process.get("uid", "")), "name": context.get("user.name", "")},
        "container": _container(context),
        "orchestrator": {
            "namespace": context.get("kubernetes.namespace", ""),
            "resource": {
                "name": context.get("kubernetes.pod", ""),
                "type": "pod" if context.get("kubernetes.pod") else "",
            },
            "type": "kubernetes" if context.get("kubernetes.pod") else "",
        },
        "labels": {
            key.replace(".", "_"): value for key, value in context.items() if key.startswith(("ci.", "environment"))
        },
        "flycatcher": _own(event, facts),
    }


def _threat(facts: Facts) -> dict[str, Any]:
    """Return the techniques; a sub-technique with its parent."""
    return {
        "framework": "MITRE ATT&CK",
        "tactic": {"id": ["TA0002"], "name": ["Execution"]},
        "technique": {
            "id": list(dict.fromkeys(technique.partition(".")[0] for technique in facts.techniques)),
            "subtechnique": {"id": [technique for technique in facts.techniques if "." in technique]},
        },
    }


def _process(facts: Facts) -> dict[str, Any]:
    """Return the interpreter's process and its parent."""
    made = _entry(facts.process, facts.argv, str(facts.execution.get("exe", "")))
    made["working_directory"] = facts.execution.get("cwd", "")
    made["env_vars"] = [f"{key}={value}" for key, value in (facts.execution.get("env") or {}).items()]
    made["tty"] = {}
    if facts.snippet.get("vector") == "stdin" and facts.snippet.get("text") is not None:
        seen = facts.texts[0].get("bytes", 0) if facts.texts else 0
        made["io"] = {"text": facts.snippet["text"], "total_bytes_captured": seen}
    if facts.parent:
        made["parent"] = _entry(facts.parent, facts.parent.get("argv") or [], str(facts.parent.get("exe", "")))
    return made


def _entry(entry: dict[str, Any], argv: list[str], path: str) -> dict[str, Any]:
    import shlex  # noqa: PLC0415

    return {
        "pid": entry.get("pid"),
        "entity_id": f"{entry['pid']}-{entry.get('start', 0)}" if entry.get("pid") else "",
        "name": path.rpartition("/")[2] or str(entry.get("comm", "")),
        "executable": path,
        "args": argv,
        "args_count": len(argv) or None,
        "command_line": shlex.join(argv),
    }


def _container(context: dict[str, str]) -> dict[str, Any]:
    return {
        "id": context.get("container.id", ""),
        "name": context.get("container.name", ""),
        "runtime": context.get("container.runtime", ""),
        "image": {"name": context.get("container.image", "")},
    }


def _own(event: Event, facts: Facts) -> dict[str, Any]:
    """Return what ECS has no field for."""
    return {
        "id": facts.id,
        "level": event.level,
        "interpreter": facts.interpreter,
        "capabilities": facts.capabilities,
        "snippets": [{**snippet, **text} for snippet, text in zip(facts.snippets, facts.texts, strict=False)]
        or facts.snippets,
        "layers": [[layer.get("text", "") for layer in layers] for layers in facts.layers if len(layers) > 1],
        "policy": facts.policy,
        "fidelity": facts.fidelity,
        "place": facts.finding,
        "group": msgspec.to_builtins(event.group),
    }


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Return two trees as one."""
    made = dict(left)
    for key, value in right.items():
        made[key] = _merged(made[key], value) if isinstance(value, dict) and isinstance(made.get(key), dict) else value
    return made


FORMAT = Ecs
