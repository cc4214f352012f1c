"""What one analysis has found so far: layers, capabilities with their evidence, and what its bounds leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import entry_of, is_shell
from flycatcher.core.payload import rules
from flycatcher.core.payload.evaluator.evaluation import Budget
from flycatcher.core.payload.evaluator.values import Closure
from flycatcher.core.payload.model import Capability, Evidence, Layer, Limits
from flycatcher.core.payload.touched import LIMIT, MORE, joined
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.evaluator.values import Taint, Value
    from flycatcher.core.payload.model import Span
    from flycatcher.core.snippet import Snippet

    Nested = Callable[[Execution], list[Snippet]]

MAX_EVIDENCE = 8
BOUND = 128
"""Global names of a language that are kept."""
ADDRESSES, LONGEST_ADDRESS = 32, 2048
"""Texts with an address that are kept, and their characters."""


_LESS = ("network.send-file", "network.send-secret", "network.dns-data")
"""What sending credentials is, as long as nobody knows that they are."""


class Pending:
    """A layer that waits for its turn."""

    __slots__ = ("depth", "layer")

    def __init__(self, layer: Layer, depth: int) -> None:
        """Keep both."""
        self.layer = layer
        self.depth = depth


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


class Findings:
    """State of one analysis: the layers read and waiting, what was found in them, and what the bounds leave."""

    def __init__(self, limits: Limits, nested: Nested | None, *, follow: bool = True, grammar: str = "bash") -> None:
        """Start with nothing found. Without ``follow``, what an execution would run is read, and not analysed."""
        self.limits = limits
        self.grammar = grammar
        """Of the shell that the first layer's text is for."""
        self.snippets_of = nested
        self.nested_of = nested if follow else None
        self.layers: list[Layer] = []
        self.waiting: list[Pending] = []
        self.seen: set[tuple[str, str]] = set()
        self.found: dict[str, tuple[rules.Rule, list[Evidence]]] = {}
        self.nested: list[Snippet] = []
        self.notes: dict[str, None] = {}
        self.budget = Budget(limits.steps)
        self.nodes = limits.nodes
        self.parsing = limits.parsing
        self.folded_names = 0
        self.shape = ""
        self.guessing = False
        """A literal is read that may be code: its own literals are not."""
        self.tried = 0
        """Layers that were read to see whether a literal is code."""
        self.longest = 0
        self.folder = ""
        """Where the text has gone, seen from where it began."""
        self.vouched = self.unvouched = False
        """Whether somebody vouches for what the network brings to an interpreter, and for what nobody does."""
        self.paths: dict[str, dict[str, None]] = {}
        """The paths that a capability touches, by its id."""
        self.bound: dict[str, dict[str, Value]] = {}
        """By language, what its layers bound their global names to: text that they run finds those names."""
        self.written: dict[str, Taint] = {}
        """Where what shell text writes to a file comes from, by the file's path."""
        self.addresses: dict[str, None] = {}
        """Texts with an address in them, outside of shell text."""
        self.unresolved: set[int] = set()
        """Layers below which something is run or called that is not known, by their number."""
        self.started_files: dict[str, None] = {}
        """Files that are started as programs, or that interpreters are given: the text may have written them."""
        self.waiting_for_peer: dict[str, Evidence] = {}
        """What makes a reverse shell where there is a connection, and is nothing by itself: by capability."""

    def add(self, layer: Layer, depth: int) -> None:
        """Take a layer on, unless it has been seen or there are too many."""
        key = (layer.language, layer.text)
        if key in self.seen or not layer.text.strip():
            return
        if len(self.seen) + self.tried >= self.limits.layers or depth > self.limits.depth:
            self.notes["more layers than are read"] = None
            return
        self.seen.add(key)
        self.waiting.append(Pending(layer, depth))

    def unsettle(self, layer: Layer) -> None:
        """Take it that something in a layer is not known: all layers above it may say what it is."""
        parent = layer.parent
        while parent is not None and parent not in self.unresolved:
            self.unresolved.add(parent)
            parent = self.layers[parent].parent

    def start_file(self, words: Sequence[str]) -> None:
        """Take the file that a command's words start: a program by its path, or an interpreter's first operand."""
        runs = is_shell(words[0]) or entry_of(words[0]) is not None or words[0] in (".", "source")
        operand = next((word for word in words[1:] if not word.startswith("-")), "") if runs else ""
        for file in (words[0] if "/" in words[0] else "", operand):
            if file and UNKNOWN not in file and len(self.started_files) < LIMIT:
                self.started_files[file.removeprefix("./")] = None

    def report(self, rule: rules.Rule, evidence: Evidence) -> None:
        """Add evidence for a capability."""
        _rule, known = self.found.setdefault(rule.id, (rule, []))
        if len(known) < MAX_EVIDENCE and all(one.span != evidence.span or one.layer != evidence.layer for one in known):
            known.append(evidence)

    def withdraw(self, capabilities: Iterable[str], layer: int, spans: Sequence[Span]) -> None:
        """Take back what was said of some places of a layer."""
        for capability in capabilities:
            rule, known = self.found.get(capability, (None, []))
            kept = [one for one in known if one.layer != layer or not _within(one.span, spans)]
            if rule is not None and kept:
                self.found[capability] = (rule, kept)
            elif rule is not None:
                del self.found[capability]

    def touch(self, capability: str, paths: Iterable[str]) -> None:
        """Add the paths that a capability touches."""
        known = self.paths.setdefault(capability, {})
        for path in paths:
            known[joined(self.folder, path) if len(known) < LIMIT else MORE] = None

    def move(self, path: str) -> None:
        """Take a change of the working folder."""
        if path != "-":
            self.folder = joined(self.folder, path)

    def combine(self) -> None:
        """Add what makes a reverse shell with a connection, and what others make together; each brings the others' evidence."""
        if self.vouched and not self.unvouched:
            self.found.pop("network.pipe-to-interpreter", None)
        if "network.send-credentials" in self.found:  # the same act, and more is known of it
            for less in _LESS:
                self.found.pop(less, None)
        if not self.found:
            return
        if self.found.keys() & {"network.connect", "network.loopback", "network.listen"}:
            for capability, evidence in self.waiting_for_peer.items():
                rule = rules.named(capability)
                if rule is not None:
                    self.report(rule, evidence)
        self._doubt()
        for _ in range(3):
            before = len(self.found)
            for rule in rules.combined_rules():
                for together in rule.needs:
                    parts = [self._found(part) for part in sorted(together)]
                    if rule.id not in self.found and all(parts):
                        self.found[rule.id] = (rule, [part[0] for part in parts])
            if len(self.found) == before:
                return

    def bind(self, language: str, names: Mapping[str, Value]) -> None:
        """Keep the functions, modules and texts that a layer's global names are bound to."""
        if language == "shell":  # a shell's own text finds its variables where it stands
            return
        known = self.bound.setdefault(language, {})
        for name, value in names.items():
            means = value.name or isinstance(value.data, (str, Closure))
            if means and len(known) < BOUND and value.name != name:
                known.setdefault(name, value)

    def address(self, text: str) -> None:
        """Keep a text with an address in it."""
        if len(self.addresses) < ADDRESSES:
            self.addresses[text[:LONGEST_ADDRESS]] = None

    def _doubt(self) -> None:
        """Report fetched code as unverified where its address raises doubts, as far as can be told which address that is."""
        fetched = self.found.get("network.download-and-execute") or self.found.get("network.pipe-to-interpreter")
        if fetched is None or not self.addresses:
            return
        from flycatcher.core.payload.download_doubts import doubts  # noqa: PLC0415 - few texts fetch code

        rule = rules.named("network.unverified-code")
        if rule is not None and any(map(doubts, self.addresses)):
            self.report(rule, fetched[1][0])

    def _found(self, capability: str) -> list[Evidence]:
        """Return the evidence for a capability, empty for none; a connection to the host itself may be a tunnel's end."""
        found = self.found.get(capability)
        if found is None and capability == "network.connect":
            found = self.found.get("network.loopback")
        return [] if found is None else found[1]

    def capabilities(self) -> tuple[Capability, ...]:
        """Return what was found, the heaviest first."""
        ordered = sorted(self.found.values(), key=lambda item: (-item[0].points, item[0].id))
        return tuple(
            Capability(
                id=rule.id,
                technique=rule.technique,
                sentence=rule.sentence,
                points=rule.points,
                covers=tuple(sorted(rule.covers)),
                evidence=tuple(evidence),
                paths=tuple(self.paths.get(rule.id, ())),
            )
            for rule, evidence in ordered
        )
