"""What an editor says about a finding, in plain text: nothing of a document is ever markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.frame import fix
from flycatcher.sinks.formats.line import how, level_of, what
from flycatcher.sinks.formats.rules import rule_of
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sinks.formats.rules import Rule

REASONS = 8
_LAYERS = 8
_WIDTH = 300
_PAGES = {
    "external/mitre/": "https://attack.mitre.org/techniques/{}/",
    "external/cwe/cwe-": "https://cwe.mitre.org/data/definitions/{}.html",
}
"""Where the catalogue of a rule's tag explains it."""


def rule_page(rule: Rule) -> str:
    """Return the address of the page that explains a rule: that of its last tag; empty without one."""
    found = [
        page.format(tag.removeprefix(begin))
        for tag in rule.tags
        for begin, page in _PAGES.items()
        if tag.startswith(begin)
    ]
    return found[-1] if found else ""


def hover(record: dict[str, Any]) -> str:
    """Return a finding with its reasons and what to do about it."""
    return "\n".join(_lines(record))


def _lines(record: dict[str, Any]) -> Iterator[str]:
    """Yield the lines."""
    rule, risk = rule_of(record), record.get("risk", {})
    yield f"{how(record)}: {level_of(record)} ({risk.get('score', 0)} of 100), confidence {record['finding']['confidence']}"
    yield rule.short + "."
    yield f"runs: {what(record)}"
    for reason in (risk.get("reasons") or ())[:REASONS]:
        yield f"  {int(reason['points']):+4} {one_line(reason['text'], _WIDTH)}"
    for analysis in record.get("analyses") or ():
        for number, layer in enumerate(analysis.get("layers", ())[1:_LAYERS], 1):
            made = ", ".join(layer.get("made") or ()) or "a plain string"
            yield f"layer {number} ({layer.get('language', '')}, {made}): {one_line(layer.get('text', ''), _WIDTH)}"
    yield f"fix: {fix(record)}"
    yield f"what to do next: {record.get('guidance', '')}"
    yield f"detection {record.get('id', '')}"
