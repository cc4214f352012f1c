"""Records that say once what they have in common: environments, ancestors, the recipe.

A line ``{"schema": "flycatcher.shared/1", "ref": "e1", "env": {...}}`` comes before the first record that uses it. In the record,
``shared`` says what to fill in: ``{"env": "e1", "without": [...], "ancestry": "p7", "recipe": "r1"}``. What stands in
``execution.env`` then is only what differs. An ancestor names its own ancestor by ``parent``. ``stdin_text`` and ``layers`` name
snippets whose text stood on standard input, or as the first layer of the analysis, once more. A later line with the same ``ref``
replaces an earlier one, so that reports that are appended to each other can be read in order.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sinks import Record

SCHEMA = "flycatcher.shared/1"
BASES = 16
"""Environments that a record's is compared with, the last ones used."""
WORTH = 0.5
"""Of an environment: where more than this share differs, it is written anew."""
ENTRIES = 4096
"""Shared values that are remembered; then all are written anew."""


class Sharer:
    """Writes what records have in common once."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._refs: dict[str, str] = {}
        self._bases: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def restart(self) -> None:
        """Forget what was written: a new file begins."""
        self._refs.clear()
        self._bases.clear()

    def lines(self, record: Record) -> Iterator[Record]:
        """Yield the shared values that are new, then the record without them."""
        if len(self._refs) > ENTRIES:
            self.restart()
        execution = record.get("execution")
        if not isinstance(execution, dict):
            yield record
            return
        shared: dict[str, Any] = {}
        execution = dict(execution)
        if execution.get("env"):
            new, execution["env"], shared = self._environment(execution["env"])
            yield from new
        parent = ""
        for process in reversed(execution.get("ancestry") or ()):
            known, ref = self._ref("p", {"process": process, "parent": parent})
            if not known:
                yield {"schema": SCHEMA, "ref": ref, "process": process, **({"parent": parent} if parent else {})}
            parent = ref
        if parent:
            execution.pop("ancestry")
            shared["ancestry"] = parent
        if record.get("recipe"):
            known, shared["recipe"] = self._ref("r", record["recipe"])
            if not known:
                yield {"schema": SCHEMA, "ref": shared["recipe"], "recipe": record["recipe"]}
        rest = {key: value for key, value in record.items() if key not in {"recipe", "execution"}}
        yield {**_texts_once(rest, execution, shared), "execution": execution, "shared": shared}

    def _ref(self, kind: str, value: Mapping[str, Any]) -> tuple[bool, str]:
        """Return whether a value was written before, and its name."""
        key = kind + json.dumps(value, sort_keys=True)
        known = key in self._refs
        return known, self._refs.setdefault(key, f"{kind}{len(self._refs) + 1}")

    def _environment(self, env: Mapping[str, str]) -> tuple[list[Record], dict[str, str], dict[str, Any]]:
        """Return a new line where there is one, the variables that differ, and what to fill in."""
        ref, base = min(
            self._bases.items(), key=lambda each: _size(_difference(env, each[1])), default=("", {})
        )  # fmt: skip
        if ref and _size(_difference(env, base)) <= WORTH * _size((env, [])):
            self._bases.move_to_end(ref)
            changed, without = _difference(env, base)
            return [], changed, {"env": ref, **({"without": without} if without else {})}
        _known, ref = self._ref("e", env)
        self._bases[ref] = env
        if len(self._bases) > BASES:
            self._bases.popitem(last=False)
        return [{"schema": SCHEMA, "ref": ref, "env": env}], {}, {"env": ref}


def _texts_once(record: Record, execution: dict[str, Any], shared: dict[str, Any]) -> Record:
    """Return a record without a snippet's text where it stands a second time: on standard input, and as the first layer."""
    texts = [snippet.get("text") for snippet in record.get("snippets") or ()]
    given = execution.get("stdin_text")
    if given and given in texts:
        shared["stdin_text"] = texts.index(execution.pop("stdin_text"))
    analyses, same = [dict(each) for each in record.get("analyses") or ()], []
    for at, (analysis, text) in enumerate(zip(analyses, texts, strict=False)):
        layers = analysis.get("layers") or ()
        if text and layers and layers[0].get("text") == text:
            same.append(at)
            first = {key: value for key, value in layers[0].items() if key != "text"}
            analysis["layers"] = [first, *layers[1:]]
    if not same:
        return record
    shared["layers"] = same
    return {**record, "analyses": analyses}


def _difference(env: Mapping[str, str], base: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the variables that ``base`` lacks or has otherwise, and the names that only it has."""
    changed = {name: value for name, value in env.items() if base.get(name) != value}
    return changed, [name for name in base if name not in env]


def _size(difference: tuple[Mapping[str, str], list[str]]) -> int:
    changed, without = difference
    return sum(len(name) + len(value) + 6 for name, value in changed.items()) + sum(map(len, without))


class Filler:
    """Puts back what :class:`Sharer` took out, line by line."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._values: dict[str, Mapping[str, Any]] = {}

    def whole(self, value: Any) -> Any:  # noqa: ANN401 - a JSON tree
        """Return a record with everything in it, anything else as it is; None for a line that only others use."""
        if not isinstance(value, dict):
            return value
        if value.get("schema") == SCHEMA:
            self._values[str(value.get("ref"))] = value
            return None
        shared = value.get("shared")
        if not isinstance(shared, dict) or not isinstance(value.get("execution"), dict):
            return value
        record = {key: item for key, item in value.items() if key != "shared"}
        record["execution"] = self._execution(value["execution"], shared)
        _texts_again(record, shared)
        if "recipe" in shared:
            record["recipe"] = self._values.get(str(shared["recipe"]), {}).get("recipe", {})
        return record

    def _execution(self, execution: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
        filled = dict(execution)
        if "env" in shared:
            base = dict(self._values.get(str(shared["env"]), {}).get("env") or {})
            for name in shared.get("without") or ():
                base.pop(name, None)
            filled["env"] = base | (execution.get("env") or {})
        if "ancestry" in shared:
            filled["ancestry"] = list(self._ancestry(str(shared["ancestry"])))
        return filled

    def _ancestry(self, ref: str) -> Iterator[Any]:
        """Yield ancestors, the nearest first; a line that is missing, or that leads in a circle, ends them."""
        met: set[str] = set()
        while ref in self._values and ref not in met:
            met.add(ref)
            yield self._values[ref].get("process") or {}
            ref = str(self._values[ref].get("parent", ""))


def _texts_again(record: Record, shared: Mapping[str, Any]) -> None:
    """Put a snippet's text back where it stood a second time."""
    texts = [snippet.get("text", "") for snippet in record.get("snippets") or ()]
    at = shared.get("stdin_text")
    if isinstance(at, int) and 0 <= at < len(texts):
        record["execution"]["stdin_text"] = texts[at]
    for at, (analysis, text) in enumerate(zip(record.get("analyses") or (), texts, strict=False)):
        layers = analysis.get("layers")
        if at in (shared.get("layers") or ()) and layers:
            layers[0] = {"text": text, **layers[0]}
