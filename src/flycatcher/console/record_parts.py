"""A stored record in the parts that its page shows; a record can come from anywhere, and may lack any of them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from flycatcher.console.shown import Mark, code, marks
from flycatcher.console.tree import items, table, tables, whole
from flycatcher.sinks.formats.tree import origin, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

_LAYERS = 40
_ANCESTORS = 60
_EXECUTION = ("exe", "cwd", "stdin", "interpreter")
_SNIPPET = ("interpreter", "language", "vector", "option", "path", "url")


def texts(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each snippet with its layers: number, what the layer is, its text."""
    found = []
    hashes, analyses = tables(record.get("texts")), tables(record.get("analyses"))
    for number, snippet in enumerate(tables(record.get("snippets"))):
        layers = tables(analyses[number].get("layers")) if number < len(analyses) else []
        about: dict[str, Any] = {name: str(snippet.get(name) or "") for name in _SNIPPET}
        digest = hashes[number] if number < len(hashes) else {}
        about |= {"number": number, "sha256": str(digest.get("sha256", "")), "bytes": whole(digest.get("bytes"))}
        about["captured"] = snippet.get("text") is not None
        found.append(about | {"layers": list(_layers(str(snippet.get("text") or ""), layers))})
    return found


def _layers(text: str, known: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a text's layers; where nothing was analysed, the text itself."""
    if not known:
        yield {"number": 0, "origin": "as it was given", "text": text}
    for index, layer in enumerate(known[:_LAYERS]):
        yield {"number": index, "origin": _origin(known, index), "text": str(layer.get("text", ""))}


def _origin(known: Sequence[Mapping[str, Any]], index: int) -> str:
    try:
        return origin(known, index)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return str(known[index].get("language", ""))


def highlighted(record: Mapping[str, Any], snippet: int, layer: int, text: str) -> Markup:
    """Return a layer's text with its evidence marked."""
    found: list[Mark] = marks(record).get((snippet, layer), [])
    return code(text, found)


def reasons(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the reasons of the risk: points, text, and the quotes that show it."""
    found = []
    for number, reason in enumerate(items(table(record.get("risk")).get("reasons"))):
        known = reason if isinstance(reason, dict) else {"text": str(reason)}
        quotes = [
            {
                "layer": each.get("layer", 0),
                "snippet": known.get("snippet") or 0,
                "quote": str(each.get("quote", ""))[:400],
            }
            for each in tables(known.get("evidence"))[:8]
        ]
        said = {
            "points": whole(known.get("points")),
            "text": str(known.get("text", "")),
            "capability": str(known.get("capability") or ""),
        }
        found.append({"number": number, "quotes": quotes} | said)
    return found


def sentence(record: Mapping[str, Any]) -> str:
    """Return the verdict in one line; empty for a record of which none can be made."""
    try:
        return verdict(record)
    except (TypeError, ValueError, KeyError, AttributeError):
        return ""


def chain(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who started it, from the oldest ancestor down to the process itself."""
    execution = table(record.get("execution"))
    own = {"argv": execution.get("argv"), "exe": execution.get("exe")} | table(execution.get("process"))
    above = list(reversed(tables(execution.get("ancestry"))[:_ANCESTORS]))
    return [_process(each) for each in above] + [_process(own) | {"own": True}]


def _process(process: Mapping[str, Any]) -> dict[str, Any]:
    argv = [str(word) for word in items(process.get("argv"))]
    said = {name: str(process.get(name, "")) for name in ("pid", "exe", "comm", "uid", "cwd")}
    return said | {"words": shlex.join(argv) or said["exe"] or said["comm"] or "?", "own": False}


def context(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's context."""
    return table(table(record.get("execution")).get("context"))


def facts(record: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return names and values by heading: what ran, where, and how it was seen."""
    execution = table(record.get("execution"))
    fidelity, policy = table(execution.get("fidelity")), table(record.get("policy"))
    ran = [("argv", shlex.join(str(word) for word in items(execution.get("argv"))))]
    ran += [(name, str(execution[name])) for name in _EXECUTION if execution.get(name)]
    found = {
        "Where": sorted((str(key), str(value)) for key, value in context(record).items()),
        "What ran": ran,
        "How it was seen": [(name, _said(value)) for name, value in fidelity.items()],
        "What was done": [(name, _said(value)) for name, value in policy.items()],
        "Found in": [(name, _said(value)) for name, value in table(record.get("finding")).items()],
        "Environment variables": sorted((str(key), str(value)) for key, value in table(execution.get("env")).items()),
    }
    observed = [("", str(each)) for each in items(record.get("observations"))]
    return {head: rows for head, rows in (found | {"Observations": observed}).items() if rows}


def _said(value: object) -> str:
    """Return a value in words."""
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    return ", ".join(f"{key}: {_said(each)}" for key, each in value.items()) if isinstance(value, dict) else str(value)
