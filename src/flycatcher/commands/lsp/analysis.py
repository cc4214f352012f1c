"""One document's text in, what the editor shows of it out: offsets, words and levels, without a word of the protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, json

from flycatcher.commands.lsp.settings import LspSettings
from flycatcher.commands.lsp.words import hover, rule_page
from flycatcher.config import Config, load
from flycatcher.config.tables import install
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.payload.origins import accept
from flycatcher.core.unread import OVERLAP, word
from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.limit import SIZE_LIMIT
from flycatcher.scanning.record import finding_record
from flycatcher.scanning.suppress import Configured, apply_comments
from flycatcher.scanning.wanted import wanted
from flycatcher.sinks.formats.line import level_of
from flycatcher.sinks.formats.rules import RULES, rule_of
from flycatcher.sinks.formats.sarif import message
from flycatcher.sources.buildfiles import Document
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.payload.model import Layer
    from flycatcher.scanning.finding import FileResult, Finding, Span, SuppressionNotice
    from flycatcher.sinks.summary import Skipped

NOT_READ = "not-read"
"""The code of what is said about text that was not read."""
MAX_NOTES = 1000
MAX_LAYERS = 24
_WORDS = 300


class Request(Struct, frozen=True, kw_only=True):
    """A document to be scanned."""

    shown: str
    text: str
    folder: str = ""
    """Where the search for a configuration begins; empty: nowhere."""
    settings: LspSettings = LspSettings()


class Related(Struct, frozen=True):
    """A decoded layer, and where it is written."""

    low: int
    high: int
    message: str


class Note(Struct, frozen=True, kw_only=True):
    """One thing that the editor shows; ``low`` and ``high`` are offsets into the text."""

    low: int
    high: int
    level: str
    """A risk level; of what is no finding: ``warning``, ``note``."""
    code: str
    page: str = ""
    """An address that says what the code means."""
    message: str
    hover: str = ""
    related: tuple[Related, ...] = ()
    detection: str = ""
    """The detection's id; empty for what is no finding."""
    vectors: tuple[str, ...] = ()
    """What a suppression of it names."""
    lines: tuple[int, ...] = ()
    """1-based lines that a suppressing comment may speak of."""


class Answer(Struct, frozen=True, kw_only=True):
    """What a scan of a document gave."""

    notes: tuple[Note, ...] = ()
    file_type: str = ""
    problem: str = ""
    """Why the configuration does not count."""
    suppressed: tuple[str, ...] = ()
    """Ids of what comments and the configuration accept."""


class OtherConfigurationError(Exception):
    """The process serves another configuration, whose interpreters it cannot forget."""


class Analyst:
    """Scans documents; the first configuration's interpreters stay."""

    def __init__(self) -> None:
        """Begin without a configuration."""
        self._tables: bytes | None = None

    def answer(self, request: Request) -> Answer:
        """Scan one document. Raises OtherConfigurationError."""
        config, path, problem = _configuration(request)
        problem = self._install(config) or problem
        result = _scanned(request)
        configured = Configured(config.suppress, path, rules=config.rule)
        accepted: list[Finding] = []
        kept: list[Finding] = []
        for finding in result.findings:
            suppressed = not request.settings.no_ignores and configured.accepts(finding)
            (accepted if suppressed else kept).append(finding)
        return Answer(
            notes=tuple(_notes(request, result, kept)),
            file_type=result.file_type,
            problem=problem,
            suppressed=tuple(finding.detection.id for finding in (*result.suppressed, *accepted)),
        )

    def _install(self, config: Config) -> str:
        """Make a configuration's interpreters known; return why they cannot be."""
        tables = json.encode([config.interpreters, config.accepted_installers])
        if self._tables is not None and tables != self._tables:
            raise OtherConfigurationError
        if tables == self._tables:
            return ""
        self._tables = tables
        accept(config.accepted_installers)
        try:
            install(config.interpreters)
        except FlycatcherError as error:
            return str(error)
        return ""


def _configuration(request: Request) -> tuple[Config, str, str]:
    """Return the configuration, its file, and why there is none."""
    given = request.settings.config_path
    if not request.folder and given is None:
        return Config(), "", ""
    try:
        loaded = load(given, start=Path(request.folder or "/"))
    except FlycatcherError as error:
        return Config(), "", str(error)
    except OSError as error:
        return Config(), "", f"{error.filename}: {error.strerror}"
    return loaded.config, str(loaded.path or ""), ""


def _scanned(request: Request) -> FileResult:
    """Scan the text as a file of this name."""
    data = request.text.encode()
    settings = request.settings
    rest = word(data[SIZE_LIMIT - OVERLAP :]) if len(data) > SIZE_LIMIT else ""
    result = scan_bytes(
        request.shown, data[:SIZE_LIMIT], shells=settings.shells, docs=settings.docs, truncated=len(data) > SIZE_LIMIT, beyond=rest
    )  # fmt: skip
    apply_comments(result, request.text, honour=not settings.no_ignores)
    return result


def _notes(request: Request, result: FileResult, kept: Sequence[Finding]) -> Iterator[Note]:
    """Yield what is shown: findings, what is wrong with suppressions, what was not read."""
    document = Document(request.shown, request.text)
    for finding in kept[:MAX_NOTES]:
        yield _finding(document, finding, redact=not request.settings.no_redact)
    if len(kept) > MAX_NOTES:
        yield _unread(
            document, f"{len(kept) - MAX_NOTES} more findings are not shown; flycatcher scan lists them", 1, 1
        )
    for notice in result.notices[:MAX_NOTES]:
        yield _notice(document, notice)
    for each in result.skipped[:MAX_NOTES]:
        if _to_be_said(each, docs=request.settings.docs):
            yield _unread(document, f"not read: {one_line(each.reason, _WORDS)}", each.line or 1, each.column or 1)


def _to_be_said(skipped: Skipped, *, docs: bool) -> bool:
    """Whether a scan of the tree would name what was not read: it opens only files that a build may run."""
    return skipped.partial or (
        bool(skipped.unread) and wanted(skipped.path.rpartition("/")[2], skipped.path, docs=docs)
    )


def _finding(document: Document, finding: Finding, *, redact: bool) -> Note:
    """Return a finding, its secrets taken out."""
    record = finding_record(finding, redact=redact)
    rule = rule_of(record)
    low, high = _offsets(document, finding.payload or finding.span)
    detection = finding.detection
    vectors = dict.fromkeys(snippet.vector for snippet in detection.snippets)
    return Note(
        low=low,
        high=high,
        level=level_of(record) or "medium",
        code=rule.id,
        page=rule_page(rule),
        message=message(record),
        hover=hover(record),
        related=tuple(_layers(document, finding, record, low, high)),
        detection=detection.id,
        vectors=(finding.kind,) if finding.kind == "expression-injection" else tuple(vectors),
        lines=tuple(dict.fromkeys(span.line for span in (finding.span, finding.within) if span is not None)),
    )


def _offsets(document: Document, span: Span) -> tuple[int, int]:
    """Return a span as offsets."""
    low = document.at(span.line, span.column)
    return low, max(low, document.at(span.end_line, span.end_column))


def _layers(document: Document, finding: Finding, record: dict[str, object], low: int, high: int) -> Iterator[Related]:
    """Yield the decoded layers, each at the expression that gives it, else where the layer around it is written."""
    shown = record.get("analyses")
    for analysis, told in zip(finding.detection.analyses, shown if isinstance(shown, list) else (), strict=False):
        places: list[tuple[int, int]] = []
        for number, layer in enumerate(analysis.layers[:MAX_LAYERS]):
            places.append(_written(document, analysis.layers, layer, places) if number else (low, high))
            if number and finding.payload is not None:
                made = ", ".join(layer.made) or "a plain string"
                text = one_line(str(told["layers"][number]["text"]), _WORDS)
                yield Related(*places[number], f"layer {number} ({layer.language}, {made}): {text}")


def _written(
    document: Document, layers: Sequence[Layer], layer: Layer, places: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Return where a layer's expression is written, or the place of the layer around it."""
    parent = min(layer.parent or 0, len(places) - 1)
    low, high = places[parent]
    expression = layers[parent].text[slice(*layer.span)]
    at = document.text.find(expression, low, high) if expression.strip() else -1
    return (at, at + len(expression)) if at >= 0 else (low, high)


def _notice(document: Document, notice: SuppressionNotice) -> Note:
    """Return what is wrong with a suppression."""
    rule = next(rule for rule in RULES if rule.id == notice.kind)
    low = document.at(notice.line, notice.column)
    return Note(
        low=low, high=_end_of_line(document, low), level=rule.level, code=rule.id, message=one_line(notice.message),
        hover=f"{rule.full}\n\n{rule.help}",
    )  # fmt: skip


def _unread(document: Document, said: str, line: int, column: int) -> Note:
    """Return that something was not read."""
    low = document.at(line, max(1, column))
    return Note(low=low, high=_end_of_line(document, low), level="note", code=NOT_READ, message=said)


def _end_of_line(document: Document, low: int) -> int:
    """Return where the line ends that an offset is in."""
    end = document.text.find("\n", low)
    line = document.text[low : end if end >= 0 else None]
    return low + len(line.rstrip("\r"))
