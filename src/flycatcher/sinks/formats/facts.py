"""A detection's record as the facts that most formats have a field for, read once; what is missing is empty."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.sinks.message import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks.message import Event


class Facts(Struct, frozen=True):
    """One detection."""

    id: str
    interpreter: str
    techniques: list[str]
    capabilities: list[str]
    level: str
    score: int
    reasons: list[str]
    execution: dict[str, Any]
    argv: list[str]
    process: dict[str, Any]
    parent: dict[str, Any]
    ancestry: list[dict[str, Any]]
    context: dict[str, str]
    snippets: list[dict[str, Any]]
    texts: list[dict[str, Any]]
    layers: list[list[dict[str, Any]]]
    """Beside each snippet."""
    policy: dict[str, Any]
    fidelity: dict[str, Any]
    finding: dict[str, Any]
    """Where a scan found it; empty for what ran."""
    guidance: str

    @property
    def command_line(self) -> str:
        """The words as a shell would have to be given them."""
        return shlex.join(self.argv)

    @property
    def snippet(self) -> dict[str, Any]:
        """The first snippet."""
        return self.snippets[0] if self.snippets else {}

    @property
    def text(self) -> str:
        """The first snippet's text; where it was not captured, the path or the address it comes from."""
        return next((str(self.snippet[name]) for name in ("text", "path", "url") if self.snippet.get(name)), "")

    @property
    def sha256(self) -> str:
        """The hash of the first snippet's text as it was seen, before redaction; empty where it was not seen."""
        return str(self.texts[0].get("sha256", "")) if self.texts and self.snippet.get("text") is not None else ""

    @property
    def outcome(self) -> str:
        """What was done about it: ``observed``, ``denied``, ``killed``, ..."""
        return str(self.policy.get("action", "observed"))


def facts_of(event: Event) -> Facts:
    """Return the facts of a detection's event."""
    record = event.record
    risk, execution = mapping(record.get("risk")), mapping(record.get("execution"))
    ancestry = _tables(execution.get("ancestry"))
    return Facts(
        id=str(record.get("id", ""))[:16],
        interpreter=str(record.get("interpreter", ""))[:64],
        techniques=_words(record.get("techniques")),
        capabilities=_words(record.get("capabilities")),
        level=event.level,
        score=integer(risk.get("score")),
        reasons=[str(reason.get("text", "")) for reason in _tables(risk.get("reasons"))],
        execution=execution,
        argv=_words(execution.get("argv")),
        process=mapping(execution.get("process")),
        parent=ancestry[0] if ancestry else {},
        ancestry=ancestry,
        context={str(key): str(value) for key, value in mapping(execution.get("context")).items()},
        snippets=_tables(record.get("snippets")),
        texts=_tables(record.get("texts")),
        layers=[_tables(analysis.get("layers")) for analysis in _tables(record.get("analyses"))],
        policy=mapping(record.get("policy")),
        fidelity=mapping(execution.get("fidelity")),
        finding=mapping(record.get("finding")),
        guidance=str(record.get("guidance", "")),
    )


def integer(value: object) -> int:
    """Return a whole number of a record, 0 for anything else."""
    return value if isinstance(value, int) and abs(value) < 1 << 62 else 0


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that say something, at every depth: no None, no empty text, list or object."""
    found = {key: filled(value) if isinstance(value, dict) else value for key, value in fields.items()}
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _words(value: Any) -> list[str]:  # noqa: ANN401
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _tables(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list | tuple) else []
