"""Where a program start and the text that it runs are written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.regex import lazy
from flycatcher.scanning.align import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.detection import Detection
    from flycatcher.core.execution import Execution
    from flycatcher.core.snippet import Snippet
    from flycatcher.sources.buildfiles.engine.located import Located


SHORT = 4
"""Characters below which a text is looked for from the command's end: its options come before it."""


class Written(NamedTuple):
    """A program start with its place: offsets into ``text`` where there is one, else into the file."""

    execution: Execution
    text: Located | None
    low: int
    high: int
    symbol: tuple[str, ...]
    context: dict[str, str]
    confidence: str
    payload: tuple[int, int] | None = None
    origins: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType({})
    """:attr:`flycatcher.sources.buildfiles.engine.filetype.Region.origins`."""
    values: Sequence[tuple[str, int, int]] = ()
    """Values of variables of the environment, each with the offsets in the file between which it is written."""

    def offsets(self) -> tuple[int, int]:
        """Return the command's offsets in the file."""
        if self.text is None:
            return self.low, self.high
        return self.text.start(self.low), self.text.end(self.high)


def payload_span(written: Written, detection: Detection, source: str) -> tuple[int, int] | None:
    """Return the offsets of the program text in the file, None where it is not written there.

    ``source`` is the file's text. The program text stands within the command, or, for a here-document, behind it: as it runs,
    or as quoting has it. One that is decoded or put together stands nowhere.
    """
    texts = [snippet for snippet in detection.snippets if snippet.text is not None and snippet.text.strip()]
    if written.text is None:
        return _in_words(written, texts, source)
    source = written.text.text
    for snippet in texts:
        behind = snippet.vector in ("stdin", "descriptor")
        found = _verbatim(source, snippet.text or "", written, behind=behind)
        if found is None and _fed(written) and len(text_of := (snippet.text or "").strip()) >= SHORT:
            at = source.find(text_of, written.high)
            found = (at, at + len(text_of)) if at >= 0 else None
        found = found or aligned(source, snippet.text or "", written.low, len(source) if behind else written.high)
        if found:
            return written.text.start(found[0]), written.text.end(found[1])
    return None


def _fed(written: Written) -> bool:
    """Whether the command stands in a text that another command gets on its standard input."""
    return any(program.endswith(" <") for program in written.execution.via)


def _verbatim(source: str, text: str, written: Written, *, behind: bool) -> tuple[int, int] | None:
    """Return where a text is written line by line as it runs; ``behind``: it may be a here-document after the command."""
    first, _, rest = text.strip("\n").partition("\n")
    find = source.find if len(first) >= SHORT else source.rfind
    at = find(first, written.low, written.high)
    limit = written.high
    if at < 0 and behind:
        limit = len(source)
        at = source.find("\n" + first, written.low) + 1 or -1
    if at < 0:
        return None
    end = at + len(first)
    for line in rest.split("\n") if rest else ():
        found = source.find(line, end, limit)
        if found < 0 or source[end:found].strip():
            return None
        end = found + len(line)
    return at, end


def origin(
    written: Written, payload: tuple[int, int] | None, detection: Detection, source: str
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the offsets of the value that holds the program text, and of that text in it; None where it is no value.

    What a command takes from a variable is written where the variable is set.
    """
    value = written.origins.get(payload) if payload else None
    text = next((snippet.text for snippet in detection.snippets if snippet.text and snippet.text.strip()), "")
    first = text.strip("\n").partition("\n")[0].strip()
    if value is None or not first:
        return None
    for form in (first, first.replace("$", "$$")):
        at = source.find(form, *value)
        if at >= 0:
            return value, (at, at + len(form))
    return None


def of_variable(
    written: Written, payload: tuple[int, int] | None, detection: Detection
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the same for the value of a variable of the environment: ``python -c "$$SCRIPT"`` with an exported ``define``."""
    if payload is not None:
        return None
    texts = {snippet.text.strip() for snippet in detection.snippets if snippet.text and snippet.text.strip()}
    found = next(((low, high) for value, low, high in written.values if value.strip() in texts), None)
    return (found, found) if found is not None else None


def in_its_text(
    written: Written, payload: tuple[int, int] | None, detection: Detection, source: str
) -> tuple[int, int] | None:
    """Return the offsets of a command that stands on a line of its own in the text that another command is given.

    A here-document for ``bash``, the text of ``sh -c``, the body of a test: the outer command begins above. None where the command
    is the outer one, or is put together on the outer one's line.
    """
    argv = detection.execution.argv
    if payload is None or not argv or not argv[0]:
        return None
    low, _high = written.offsets()
    at = source.rfind(argv[0], low + 1, payload[0])
    if at < 0 or not _LINE_END.search(source, low, at):
        return None
    if detection.snippets[0].vector in _GIVEN:
        end = source.find("\n", at)
        return at, end if end >= 0 else len(source)
    return at, payload[1] + (source[payload[1] : payload[1] + 1] in _QUOTES)


_GIVEN = frozenset({"stdin", "descriptor"})
_QUOTES = frozenset("\"'")
_LINE_END = lazy(r"(?<!\\)(?:\\\\)*\r?\n")
"""The end of a line that no backslash continues."""


def _in_words(written: Written, texts: Sequence[Snippet], source: str) -> tuple[int, int] | None:
    """Return where the program text of a start without a shell is, in the words as written."""
    for snippet in texts:
        text = snippet.text or ""
        find = source.find if len(text) >= SHORT else source.rfind
        at = find(text, written.low, written.high)
        if at >= 0:
            return at, at + len(text)
        if found := aligned(source, text, written.low, written.high):
            return found
    return None
