"""Jibril's events, version 2: ``base`` and, for what ran, ``file`` and ``process``, so that its users can read ours beside theirs.

What that shape has no field for (the words as a list, truncation, decoded layers, losses) is in ``note``.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.sinks.formats.facts import Facts, facts_of, filled
from flycatcher.sinks.formats.title import title
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class Jibril:
    """``format = "jibril"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one event."""
        return msgspec.json.encode(body(event))


def body(event: Event) -> dict[str, Any]:
    """Return the event as a tree."""
    base = {
        "uuid": str(uuid.UUID(hex=event.uid.partition("-")[0])),
        "timestamp": rfc3339(event.time),
        "note": _note(event),
        "metadata": _metadata(event),
        "score": _score(event),
    }
    if not event.is_detection:
        return {"base": filled(base)}
    facts = facts_of(event)
    base |= {"background": _background(facts), "scenarios": _scenarios(event, facts)}
    exe = str(facts.execution.get("exe", ""))
    folder, _, name = exe.rpartition("/")
    return {
        "base": filled(base),
        "file": filled({"file": exe, "dir": folder, "base": name}),
        "process": filled(_process(facts.process, facts.command_line, exe) | {"cwd": facts.execution.get("cwd", "")}),
    }


def _metadata(event: Event) -> dict[str, Any]:
    facts = facts_of(event)
    technique = facts.techniques[0] if facts.techniques else ""
    return {
        "kind": "detections" if event.is_detection else "infos",
        "name": "code_on_the_fly" if event.is_detection else f"flycatcher_{event.kind}",
        "format": "flycatcher",
        "version": __version__,
        "description": title(event),
        "tactic": "TA0002" if event.is_detection else "",
        "technique": technique.partition(".")[0],
        "subtechnique": technique if "." in technique else "",
        "importance": "critical" if event.is_detection else event.level,
        "documentation": facts.guidance,
    }


def _score(event: Event) -> dict[str, Any]:
    """Return how bad it is: severity and risk from 0 to 100."""
    facts = facts_of(event)
    return {
        "source": "flycatcher",
        "severity": facts.score,
        "severity_level": event.level,
        "risk_score": facts.score,
        "reasons": facts.reasons,
    }


def _background(facts: Facts) -> dict[str, Any]:
    context = facts.context
    container = {
        "id": context.get("container.id", ""),
        "name": context.get("container.name", ""),
        "image": context.get("container.image", ""),
        "runtime": context.get("container.runtime", ""),
    }
    chain = [_process(each, " ".join(each.get("argv") or []), str(each.get("exe", ""))) for each in facts.ancestry]
    return {
        "ancestry": [filled(each) for each in chain],
        "containers": [filled(container)] if filled(container) else [],
    }


def _process(entry: dict[str, Any], arguments: str, exe: str) -> dict[str, Any]:
    return {
        "pid": entry.get("pid"),
        "cmd": entry.get("comm") or exe.rpartition("/")[2],
        "exe": exe,
        "args": arguments,
        "uid": entry.get("uid"),
        "gid": entry.get("gid"),
    }


def _scenarios(event: Event, facts: Facts) -> dict[str, Any]:
    context = facts.context
    github = {key: context.get(f"ci.{key}", "") for key in ("repository", "workflow", "job", "run", "commit", "ref")}
    return {
        "github": github if context.get("ci.system") == "github" else {},
        "hostos": {"hostname": event.host},
        "k8s": {"namespace": context.get("kubernetes.namespace", ""), "pod": context.get("kubernetes.pod", "")},
    }


def _note(event: Event) -> str:
    """Return what has no field, as JSON."""
    if not event.is_detection:
        return msgspec.json.encode(event.record).decode()
    facts = facts_of(event)
    rest = {
        "id": facts.id,
        "argv": facts.argv,
        "snippets": facts.snippets,
        "texts": facts.texts,
        "layers": [[layer.get("text", "") for layer in layers] for layers in facts.layers if len(layers) > 1],
        "capabilities": facts.capabilities,
        "fidelity": facts.fidelity,
        "policy": facts.policy,
        "group": msgspec.to_builtins(event.group),
    }
    return msgspec.json.encode(filled(rest)).decode()


FORMAT = Jibril
