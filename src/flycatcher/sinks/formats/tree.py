"""A record's verdict for people, at three depths: one line; the reasons with their evidence; the layers.

Works on records as JSON holds them, so that what ``check`` prints now and what ``explain`` prints of a saved record agree.
Nothing in the lines is obeyed by a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.recipe.places import IN_ITS_OWN_FOLDER
from flycatcher.core.recipe.risk import UNREVIEWED
from flycatcher.sinks.formats.paint import plain
from flycatcher.terminal import one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flycatcher.sinks.formats.paint import Paint

WIDTH = 160
LINES = 60
"""Lines of one layer that are shown."""
DEEDS = 3


def verdict(record: Mapping[str, Any], paint: Paint = plain) -> str:
    """Return the risk in one line: score, level, and the heaviest things that the code would do."""
    risk = record.get("risk") or {}
    weighty = [_text(reason) for reason in risk.get("reasons", ()) if _points(reason) and not _is_base(reason)]
    said = weighty[:DEEDS]
    if len(weighty) > DEEDS:
        said.append(f"{len(weighty) - DEEDS} more")
    score, level = risk.get("score", 0), risk.get("level", "none")
    harmless = [shape for analysis in record.get("analyses") or () if (shape := analysis.get("shape"))]
    deeds = "; ".join(said) or (f"only {harmless[0]}" if harmless else "nothing known to be harmful")
    return f"{paint(str(level), one_line(str(level)))} {one_line(f'({score} of 100): {deeds}')}"


def evidence(record: Mapping[str, Any], paint: Paint = plain) -> Iterator[str]:
    """Yield every reason with its points, and below it the places that show it; then what was not understood."""
    risk = record.get("risk") or {}
    for reason in risk.get("reasons", ()):
        covered = "  (part of the above)" if _is_part(reason) else ""
        yield f"{paint('points', f'{_points(reason):+4}')} {one_line(_text(reason))}{paint('label', covered)}"
        yield from _places(record, reason, paint)
    confidence = risk.get("confidence", 1.0)
    if confidence < 1:
        yield f"confidence {confidence:.0%}: part of what runs was not captured or not understood"
    for note in dict.fromkeys(note for analysis in record.get("analyses") or () for note in analysis.get("notes", ())):
        yield f"note: {one_line(str(note))}"


def layers(record: Mapping[str, Any], paint: Paint = plain) -> Iterator[str]:
    """Yield every layer of every snippet: what it is, what it was made from and how, and its text with line numbers."""
    analyses = record.get("analyses") or ()
    for number, analysis in enumerate(analyses):
        known: Sequence[Mapping[str, Any]] = analysis.get("layers") or ()
        if len(analyses) > 1:
            yield paint("layer", f"snippet {number + 1} of {len(analyses)}")
        for index, layer in enumerate(known):
            yield paint("layer", one_line(f"layer {index}: {origin(known, index)}"))
            yield from _numbered(str(layer.get("text", "")), paint)
        for snippet in analysis.get("nested") or ():
            words = [str(snippet.get(name, "")) for name in ("interpreter", "vector", "option")]
            yield f"starts {one_line(' '.join(filter(None, words)))}: {_shown(str(snippet.get('text') or 'text not captured'))}"
        yield from _measured(analysis.get("measures") or {})


def origin(known: Sequence[Mapping[str, Any]], index: int) -> str:
    """Return what a layer is, in words."""
    layer = known[index]
    language = str(layer.get("language") or "text of an unknown kind")
    state = layer.get("parse", "parsed")
    read = "" if state == "parsed" else f" ({state if state != 'partial' else 'parsed in part'})"
    parent = layer.get("parent")
    if parent is None:
        return f"{language}, as it was given{read}"
    made = tuple(layer.get("made") or ())
    steps = ", then ".join(map(str, made)) or "the code itself"
    verb = "passed on by" if layer.get("handed") else "made by"
    if layer.get("handed") and made == ("shell",):
        verb, steps = "handed to", "a shell"
    above = str(known[parent].get("text", "")) if parent < len(known) else ""
    return f"{language}, {verb} {steps} in layer {parent}, {_place(above, layer.get('span', (0, 0)))}{read}"


def _place(text: str, span: Sequence[int]) -> str:
    """Return a span's start as line and column."""
    start = min(span[0], len(text))
    return f"line {text.count(chr(10), 0, start) + 1} column {start - text.rfind(chr(10), 0, start)}"


def _places(record: Mapping[str, Any], reason: Any, paint: Paint) -> Iterator[str]:  # noqa: ANN401 - a JSON tree
    """Yield the places that show a reason."""
    if not isinstance(reason, dict):
        return
    analyses = record.get("analyses") or ()
    number = reason.get("snippet") or 0
    known = (analyses[number].get("layers") or ()) if number < len(analyses) else ()
    for each in reason.get("evidence") or ():
        index = each.get("layer", 0)
        text = str(known[index].get("text", "")) if index < len(known) else ""
        which = f"layer {index} " if len(known) > 1 else ""
        where = f"snippet {number + 1} " if len(analyses) > 1 else ""
        place = paint("label", f"{where}{which}{_place(text, each.get('span', (0, 0)))}:")
        yield f"       {place} {paint('text', _shown(str(each.get('quote', ''))))}"


def _numbered(text: str, paint: Paint) -> Iterator[str]:
    """Yield a text's first lines, each with its number."""
    lines = text.split("\n")
    for number, line in enumerate(lines[:LINES], 1):
        yield f"  {paint('gutter', f'{number:4} |')} {_shown(line)}"
    if len(lines) > LINES:
        yield f"       | ... {counted(len(lines) - LINES, 'more line')}"


def _measured(measures: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the text hides what it does."""
    said = []
    for name, word, rest in (
        ("decoded_layers", "decoded layer", ""),
        ("folded_names", "name", " put together out of strings"),
    ):
        if count := measures.get(name):
            said.append(f"{counted(count, word)}{rest}")
    if measures.get("hidden_by_width"):
        said.append("code behind a run of blanks")
    if said:
        yield one_line(f"hides by: {', '.join(said)}")


def _shown(text: str) -> str:
    """Return one line of text."""
    return one_line(text, WIDTH)


def _is_part(reason: Any) -> bool:  # noqa: ANN401 - a JSON tree
    """Whether a reason adds nothing because a heavier one includes it."""
    told = isinstance(reason, dict) and bool(reason.get("capability"))
    return told and not _points(reason) and IN_ITS_OWN_FOLDER not in _text(reason)


def _is_base(reason: Any) -> bool:  # noqa: ANN401 - a JSON tree
    """Whether a reason is the one that every detection has."""
    return _text(reason) == UNREVIEWED


def _points(reason: Any) -> int:  # noqa: ANN401 - a JSON tree
    return int(reason.get("points", 0)) if isinstance(reason, dict) else 1


def _text(reason: Any) -> str:  # noqa: ANN401 - a JSON tree
    return str(reason.get("text", "")) if isinstance(reason, dict) else str(reason)
