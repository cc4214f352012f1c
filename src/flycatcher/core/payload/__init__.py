"""What a snippet would do: its decoded layers and its capabilities, from its syntax tree.

Pure: no I/O, no clock, nothing of the payload runs. Bounded by :class:`Limits`, in steps, so that an answer never depends on
the machine's speed.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import bourne_grammar_of, is_shell
from flycatcher.core.payload.model import Analysis, Capability, Evidence, Layer, Limits, Measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.model import Parse
    from flycatcher.core.snippet import Snippet

__all__ = ["Analysis", "Capability", "Evidence", "Layer", "Limits", "Measures", "analyse"]

DEFAULT_LIMITS = Limits()
CACHE_SIZE = 512
CACHED_TEXT = 64 * 1024
"""Characters of a text whose analysis is kept; the memory of the cache is bounded by both."""
_cache: OrderedDict[tuple[str, str, bool, bool, bool, str, Limits], Analysis] = OrderedDict()


def analyse(
    snippet: Snippet,
    *,
    nested: Callable[[Execution], list[Snippet]] | None = None,
    follow: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> Analysis:
    """Return what ``snippet`` would do.

    ``nested`` says which snippets an execution hands to an interpreter (None: executions inside are not followed); it must
    be a pure function, for equal payloads are analysed once. Without ``follow`` the snippets are only asked where they come from.
    """
    if snippet.text is None:
        return Analysis(layers=(), parse="not parsed", notes=("text not captured",))
    hosted = snippet.language == "shell" and not is_shell(snippet.interpreter)
    grammar = bourne_grammar_of(snippet.interpreter) if snippet.language == "shell" else snippet.language
    if len(snippet.text) > CACHED_TEXT:
        return _analyse(snippet.text, snippet.language, nested, limits, hosted=hosted, follow=follow, grammar=grammar)
    key = (snippet.language, snippet.text, nested is not None, hosted, follow, grammar, limits)
    known = _cache.get(key)
    if known is not None:
        _cache.move_to_end(key)
        return known
    analysis = _analyse(snippet.text, snippet.language, nested, limits, hosted=hosted, follow=follow, grammar=grammar)
    _cache[key] = analysis
    if len(_cache) > CACHE_SIZE:
        _cache.popitem(last=False)
    return analysis


def _analyse(
    text: str,
    language: str,
    nested: Callable[[Execution], list[Snippet]] | None,
    limits: Limits,
    *,
    hosted: bool,
    follow: bool,
    grammar: str,
) -> Analysis:
    """Analyse one text; ``hosted``: another program's text for a shell, so that a shell in it is for whoever sits there."""
    # parsers and rules only when there is something to read
    from flycatcher.core.payload.benign_shapes import tiny  # noqa: PLC0415
    from flycatcher.core.payload.findings import Findings  # noqa: PLC0415
    from flycatcher.core.payload.scan import read_layers  # noqa: PLC0415

    scan = Findings(limits, nested, follow=follow, grammar=grammar)
    read_layers(scan, text, language, int(hosted))
    capabilities = scan.capabilities()
    return Analysis(
        layers=tuple(scan.layers),
        capabilities=capabilities,
        nested=tuple(scan.nested),
        parse=_worst(layer.parse for layer in scan.layers if layer.made != ("literal",)),
        shape="" if len(scan.layers) > 1 or not _only_looks(capabilities) else scan.shape or tiny(language, text),
        measures=_measures(text, scan.layers, scan.folded_names, scan.longest),
        notes=tuple(scan.notes),
    )


def _only_looks(capabilities: Iterable[Capability]) -> bool:
    """Whether a text does nothing but read files: where those lie says whether that is harmless."""
    return all(found.id == "file.read" for found in capabilities)


def _worst(states: Iterable[Parse]) -> Parse:
    order: tuple[Parse, ...] = ("parsed", "partial", "not parsed")
    return max(states, key=order.index, default="parsed")


def _measures(text: str, layers: list[Layer], folded_names: int, longest: int) -> Measures:
    sample = text[:65_536]
    counts = Counter(sample)
    total = len(sample) or 1
    entropy = -sum(count / total * math.log2(count / total) for count in counts.values())
    return Measures(
        decoded_layers=sum(1 for layer in layers if layer.made and not layer.handed),
        folded_names=folded_names,
        longest_literal=longest,
        entropy=round(entropy, 3),
        hidden_by_width=" " * 200 in text[: 256 * 1024],
    )
