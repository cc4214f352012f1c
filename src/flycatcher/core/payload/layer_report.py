"""One layer's findings: a capability, and the place in the layer's text that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir, named_only, rules
from flycatcher.core.payload.findings import MAX_EVIDENCE
from flycatcher.core.payload.language import Language, language_named
from flycatcher.core.payload.model import Evidence, Layer, Span
from flycatcher.core.payload.source import Source
from flycatcher.core.payload.touched import PLACED
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.findings import Findings

QUOTE = 160
"""Characters of a layer's text that one piece of evidence quotes at most."""


class LayerReport:
    """A layer, its language's rules, and the way from a node of its tree to evidence."""

    def __init__(self, scan: Findings, layer: Layer, depth: int) -> None:
        """Prepare."""
        self.scan = scan
        self.number = len(scan.layers)
        self.layer = layer
        self.depth = depth
        self.source = Source(layer.text, scan.limits.text_bytes, scan.parsing)
        self.language: Language | None = language_named(layer.language)
        any_case = self.language is not None and self.language.any_case
        self.index = rules.index(self.language.id if self.language else layer.language, any_case=any_case)

    def name(self, capability: str, node: ir.Node, paths: Sequence[str] = ()) -> None:
        """Report a capability by its id."""
        rule = rules.named(capability)
        if rule is not None:
            self.report(rule, node, paths)

    def report(self, rule: rules.Rule, node: ir.Node, paths: Sequence[str] = ()) -> None:
        """Report a capability with the node as evidence, and the paths that it touches there."""
        if rule.id in PLACED:
            self.scan.touch(rule.id, paths or (UNKNOWN,))
        known = self.scan.found.get(rule.id)
        if known is not None and len(known[1]) >= MAX_EVIDENCE:
            return
        self.scan.report(rule, self.evidence(*self._span(node)))

    def withdraw_touched(self, node: ir.Invoke) -> None:
        """Take back that a call touches the files which it only reads."""
        if not named_only.TOUCHED.isdisjoint(self.scan.found):
            spans = [self._span(arg) for arg in node.args if isinstance(arg, ir.Const)]
            self.scan.withdraw(named_only.TOUCHED, self.number, spans)

    def evidence(self, start: int, end: int) -> Evidence:
        """Return the characters from ``start`` to ``end`` of the layer as evidence."""
        quote = self.layer.text[start : min(end, start + QUOTE)]
        return Evidence(layer=self.number, span=(start, end), quote=quote)

    def _span(self, node: ir.Node) -> Span:
        start = self.source.char(node.start)
        return start, max(start, self.source.char(node.end))

    def _search(self, text: str) -> None:
        """Search text that was not parsed for values that rules look for, by cheap means."""
        offset = len(self.layer.text) - len(text) if text is self.source.rest else 0
        for rule, begin, stop in rules.values_in(text):
            self.scan.report(rule, self.evidence(begin + offset, stop + offset))
