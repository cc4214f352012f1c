"""One file's bytes in, its findings out. Pure: no file is opened here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.detection import Detection, Text, detect
from flycatcher.core.execution import Execution, Fidelity, Place
from flycatcher.core.fingerprint import fingerprint
from flycatcher.core.interpreters.names import WINDOWS, bourne_grammar_of
from flycatcher.core.levels import at_least, level_of
from flycatcher.core.loud import loud
from flycatcher.core.recipe.risk import Reason, Risk
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN, Limits, read_shell
from flycatcher.core.shell.prefilter import may_start
from flycatcher.core.snippet import Snippet
from flycatcher.core.told import Told
from flycatcher.core.unread import word
from flycatcher.scanning.disguised import disguised, may_disguise
from flycatcher.scanning.finding import FileResult, Finding, Span
from flycatcher.scanning.limit import COMPILED, SECONDS, SIZE_LIMIT, TOO_LONG, TooLongError, bounded
from flycatcher.scanning.own import is_configuration, is_report
from flycatcher.scanning.place import Written, in_its_text, of_variable, origin, payload_span
from flycatcher.scanning.program import likely, stands_in
from flycatcher.scanning.scripts import scripts
from flycatcher.sinks.summary import Skipped
from flycatcher.sources.buildfiles import Document, Injection, Region, Start, candidates
from flycatcher.sources.buildfiles.engine.located import Located

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from flycatcher.core.shell import ReadResult
    from flycatcher.scanning.finding import Confidence
    from flycatcher.sources.buildfiles import FileType

MAX_FINDINGS = 2000
MAX_VARIANTS = 4
MAX_NESTED = 3
"""Scripts within scripts."""
_SHEBANG = lazy(r"#![ \t]*(\S+)[ \t]+(-[^\r\n]{2,250}?)[ \t]*(?:\r?\n|\Z)")
"""A ``#!`` line with options: the kernel hands all that follows the program on as one word (execve(2))."""
VALUES = frozenset({"loop over many words: the first ones are read", "calls nested too deep"})
"""Bounds behind which the text was read, though not with every value that it runs with."""
UNASKED = frozenset({"install", "open", "git", "login", "mail"})
"""Events whose hooks run without anybody's decision; what sets a machine up at its first boot does what it is there for."""
FRAME_LINES = 12
FRAME_WIDTH = 400
INJECTION = 60
"""Points of an expression injection: anybody who opens an issue can run code in the build."""
BYTES_A_SECOND = 50_000
"""Of a long file, which gets more time than a short one."""
BY_CONTENT = 70
"""Types of this rank and above are told by what is in a file, whatever its name."""
MAX_PROBLEMS = 20
_HEAD = 4096
_SCRIPTS = (".sh", ".bash", ".zsh", ".ksh")
_LOWER: dict[Confidence, Confidence] = {"high": "medium", "medium": "low", "low": "low"}


def limits(text: str) -> Limits:
    """Return the bounds of reading a shell text: work that is linear in its length, so that a real one is read to its end."""
    size = len(text)
    return Limits(beyond=True, steps=20_000 + 4 * size, parsing=60_000 + size, text=(1 << 20) + 2 * size)


def scan_bytes(  # noqa: PLR0913 - what a scan may be asked for
    path: str, data: bytes, *, shells: bool = False, truncated: bool = False, beyond: str = "", docs: bool = False
) -> FileResult:
    """Scan one file. Never raises for what is in the file: what cannot be read is listed with its reason.

    ``truncated``: the file goes on behind ``data``; ``beyond`` is the word of an interpreter that stands there.
    """
    result = FileResult(path=path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
    types = candidates(path, data[:256], docs=docs)
    result.typed = bool(types)
    by_name = [each for each in types if each.rank < BY_CONTENT]
    if by_name and not any(each.nul for each in by_name) and (wide := _wide(data)):
        named = word(data.decode(wide, "replace").encode("utf-8", "surrogatepass"))
        if named:
            said = "UTF-16 without a byte-order mark: read as the bytes that it has"
            result.skipped.append(Skipped(path=path, reason=said, partial=True, unread=named))
    document = Document(path, data.decode("utf-8", "surrogateescape"))
    seconds = SECONDS + len(data) / BYTES_A_SECOND
    found: list[Finding] = []
    reason = ""
    try:
        with bounded(seconds):
            # what is found before the time is up is kept
            found.extend(_read(document, data, types, result, shells=shells))
    except RecursionError:
        reason = "nested too deeply"
    except Exception as error:  # noqa: BLE001 - one file that a reader fails over is listed, and costs no other
        reason = f"reading it failed ({type(error).__name__}): what comes behind was not read"
    except TooLongError:
        reason = f"{TOO_LONG} {seconds:.0f} seconds: what comes behind was not read"
    if reason:
        result.skipped.append(Skipped(path=path, reason=reason, partial=True, unread=word(data)))
    if beyond or (truncated and result.parsed):
        said = f"only the first {SIZE_LIMIT >> 20} MiB were read"
        result.skipped.append(Skipped(path=path, reason=said, partial=result.parsed, unread=beyond))
    result.skipped.extend(_problems(document))
    result.findings = _numbered(found)
    return result


def _wide(data: bytes) -> str:
    """Return the encoding of text in UTF-16 that has no byte-order mark: every other byte of its beginning is NUL; else nothing."""
    head = data[:_HEAD]
    for encoding, zeros, letters in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros and zeros.count(0) > 0.9 * len(zeros) and 0 not in letters:
            return encoding
    return ""


def _read(
    document: Document, data: bytes, types: tuple[FileType, ...], result: FileResult, *, shells: bool
) -> Iterator[Finding]:
    """Choose a file's type, and yield the findings; note why a file is not read."""
    file_type, reason = _chosen(document, types, data)
    opening = _SHEBANG.match(document.text) if types else None
    if opening and file_type is None:
        file_type = types[0]
    if file_type is None:
        if reason and data and (named := word(data)):
            said = reason.format(word=named)
            result.skipped.append(Skipped(path=document.path, reason=said, unread=named))
        return
    result.file_type, result.parsed = file_type.id, True
    if opening:
        start = Start(argv=(opening[1], opening[2], document.path), span=(0, opening.end()), payload=opening.span(2))
        yield from _judged(document, file_type, _of_start(start), shells=shells, told=Told())
    yield from _found(document, file_type, result, shells=shells)


def _chosen(document: Document, types: tuple[FileType, ...], data: bytes) -> tuple[FileType | None, str]:
    """Return the type that a file is read as, or None and why it is not read; no reason: it is read, and holds nothing."""
    if data.startswith(COMPILED) or is_report(data) or is_configuration(document.path, data):
        return None, ""
    likely = tuple(t for t in types if any(words.search(data) for words in t.words))
    if not likely:
        read = any(t.rank < BY_CONTENT for t in types)
        return None, "" if read else "not a type of file that is read, but it names {word}"
    if b"\0" in data[:_HEAD] and not any(t.nul for t in likely):
        return None, "binary"
    return _by_content(document, likely), "not in a form that is read, but it names {word}"


def _by_content(document: Document, likely: tuple[FileType, ...]) -> FileType | None:
    """Return the first type that takes the file for one of its own.

    One that is told by content must find a command in it: else the content is another one's, unless it was not read to its end.
    """
    stopped: list[FileType | None] = []
    for found in likely:
        if not found.accepts(document):
            continue
        trial = Document(document.path, document.text)
        if found.rank < BY_CONTENT or next(iter(found.read(trial)), None) is not None:
            return found
        stopped.append(found if any(each.stops for each in trial.problems) else None)
    return next(iter(stopped), None)


def _problems(document: Document) -> Iterator[Skipped]:
    """Yield what a reader could not read; what made it stop is never left out of the list."""
    stops = [each for each in document.problems[MAX_PROBLEMS:] if each.stops]
    for each in (*document.problems[:MAX_PROBLEMS], *stops[:MAX_PROBLEMS]):
        end = None if each.stops else document.at(each.line + 1, 1)
        start = document.at(each.line, each.column if each.stops else 1)
        unread = word(document.text[start:end].encode("utf-8", "surrogateescape")) if each.stops or each.blanked else ""
        yield Skipped(
            path=document.path, reason=each.message, line=each.line, column=each.column, partial=True,
            unread=each.unread or unread,
        )  # fmt: skip


def _found(document: Document, file_type: FileType, result: FileResult, *, shells: bool) -> Iterator[Finding]:
    """Yield the findings of a file in the order of its reader."""
    count = 0
    known: dict[str, list[Span]] = {}
    told = Told()
    for item in _items(file_type.read(document)):
        if isinstance(item, Injection):
            each: Iterable[Finding] = [_injection(document, file_type, item)]
        else:
            written = _of_region(document, item, result) if isinstance(item, Region) else _of_start(item)
            each = _judged(document, file_type, written, shells=shells, told=told)
        for finding in each:
            # what several places lead to (a variable that two recipes use, an anchor, a script in a script) is found once
            spans = known.setdefault(finding.detection.id, [])
            if finding.span in spans or (finding.confidence == "low" and any(map(finding.span.meets, spans))):
                continue
            spans.append(finding.span)
            count += 1
            if count > MAX_FINDINGS:
                said = f"only the first {MAX_FINDINGS} findings are kept"
                more = finding.detection.interpreter
                result.skipped.append(Skipped(path=document.path, reason=said, partial=True, unread=more))
                return
            yield finding


def _items(items: Iterable[Region | Start | Injection], depth: int = 0) -> Iterator[Region | Start | Injection]:
    """Yield a reader's items, and after each shell text the scripts that it writes into files."""
    for item in items:
        yield item
        if isinstance(item, Region) and depth < MAX_NESTED:
            yield from _items(scripts(item), depth + 1)


def _of_region(document: Document, region: Region, result: FileResult) -> Iterator[Written]:
    """Read shell text; yield each program start with its offsets in the file."""
    dialect = "bash" if region.dialect in WINDOWS else region.dialect
    if region.dialect in WINDOWS and "\\" in region.text.text:
        region = structs.replace(region, text=Located(_PATHS.sub(_slashed, region.text.text), region.text.segments))
    yield from _given(document, region, dialect)
    if not may_start(region.text.text, region.env) and not may_disguise(region.text.text):
        return
    # what is known of the environment is put before the text: to the reader a mapping would mean that there is nothing else
    preface = "".join(
        f"export {name}={shlex.quote(value)}\n"
        for name, value in region.env.items()
        if name.isidentifier() and name.isascii()
    )
    reading = read_shell(preface + region.text.text, dialect=dialect, args=region.args, limits=limits(region.text.text))
    text = Document("", preface + region.text.text)
    if region.confidence != "low":
        for problem in reading.errors[:5]:
            offset = text.at(problem.line, problem.column) - len(preface)
            document.problem(region.text.start(max(0, offset)), f"shell text: {problem.message}")
    result.skipped.extend(_cut(document, region, reading, text, len(preface)))
    for execution in reading.executions:
        place = execution.place
        if place is None:
            continue
        low = text.at(place.line, place.column) - len(preface)
        high = text.at(place.end_line, place.end_column) - len(preface)
        if high > 0:
            yield Written(
                execution, region.text, max(low, 0), max(high, 1), region.symbol, region.context, region.confidence,
                origins=region.origins, values=[(region.env[name], *span) for name, span in region.values.items()],
            )  # fmt: skip


_PATHS = lazy(r"(?<![^\s&|;(\"'])(?:\.{0,2}\\|[A-Za-z]:\\|[\w.%-]+\\)[\w.%\\-]+(?=[\s\"'])")
"""A path as Windows' shells take it, where a word begins."""


def _slashed(match: re.Match[str]) -> str:
    """Return a path as other shells take it."""
    return match[0].replace("\\", "/")


def _cut(document: Document, region: Region, reading: ReadResult, text: Document, preface: int) -> Iterator[Skipped]:
    """Yield why shell text was not read to its end, at the place where reading stopped."""
    offset = max(0, text.at(*reading.stopped) - preface) if reading.stopped else 0
    line, column = document.position(region.text.start(offset))
    for reason in reading.truncated:
        rest = "" if reason in VALUES else region.text.text[offset:]
        yield Skipped(
            path=document.path, reason=f"shell text: {reason}", line=line, column=column, partial=True,
            unread=word(rest.encode("utf-8", "surrogateescape")),
        )  # fmt: skip


def _given(document: Document, region: Region, dialect: str) -> Iterator[Written]:
    """Yield the text itself, as the shell is given it, where it is loud by itself; a script's own file is there to be read."""
    if document.path.endswith(_SCRIPTS) or region.confidence == "low" or region.context.get("script") == "file":
        return
    if not region.symbol and document.text.startswith("#!"):
        # a script without a suffix is a file of its own as well
        return
    own = None if _installs(region) else loud(region.text.text, dialect=dialect)
    execution = own.reading.execution if own is not None else None
    if execution is None and region.context.get("hook") in UNASKED:
        execution = _by_itself(region)
    if execution is not None:
        yield Written(
            execution, region.text, 0, len(region.text.text), region.symbol, region.context, region.confidence,
            origins=region.origins,
        )  # fmt: skip


def _installs(region: Region) -> bool:
    """Whether a step of an image's build checks what it fetches before it installs it: that is its work, and can be reviewed."""
    return "dockerfile.instruction" in region.context and _CHECKS.search(region.text.text) is not None


_CHECKS = lazy(
    r"\b(?:sha\d*sum|b2sum|shasum)\b[^\n;|&]*(?:-\w*c|--check)|\bgpgv?\b[^\n;|&]*--(?:verify|decrypt)|\bcosign\s+verify"
)


def _by_itself(region: Region) -> Execution | None:
    """Return the start of the shell that gets a hook's text, where what the text itself does is of high risk.

    Nobody decides to run a hook, so it counts as ``run`` would judge it; what it starts is judged as well.
    """
    execution = Execution(argv=("sh", "-c", region.text.text), context=region.context)
    inner = read_shell(region.text.text, dialect="bash", limits=limits(region.text.text)).executions
    if any(detect(each, live=True) is not None for each in inner):
        return None
    detection = detect(execution, live=True)
    return execution if detection is not None and at_least(detection.risk.level, "high") else None


def _of_start(start: Start) -> Iterator[Written]:
    """Yield a program start, and what it leads to (``["sh", "-c", "..."]``, ``env``, ``sudo``)."""
    own = Execution(
        argv=start.argv, env=start.env, stdin="file" if start.stdin_text is not None else "null", stdin_text=start.stdin_text,
        descriptors=start.descriptors, holes=tuple(i for i, word in enumerate(start.argv) if UNKNOWN in word),
    )  # fmt: skip
    yield Written(own, None, *start.span, start.symbol, start.context, start.confidence, start.payload)
    if not start.argv:
        return
    preface = "".join(
        f"export {n}={shlex.quote(v)}\n" for n, v in start.env.items() if n.isidentifier() and n.isascii()
    )
    texts = {**start.descriptors, **({} if start.stdin_text is None else {0: start.stdin_text})}
    texts = {
        number: text.removesuffix("\n") for number, text in texts.items()
    }  # a here-string ends with one of its own
    given = "".join(f" {number}<<< {shlex.quote(text)}" for number, text in texts.items())
    text = shlex.join(start.argv) + given
    if not may_start(text, start.env):
        return
    before = preface.count("\n")
    started = read_shell(preface + text, dialect="bash").executions
    for execution in [each for each in started if each.place is not None and each.place.line > before][1:]:
        yield Written(execution, None, *start.span, start.symbol, start.context, start.confidence, start.payload)


def _judged(
    document: Document, file_type: FileType, written: Iterable[Written], *, shells: bool, told: Told
) -> Iterator[Finding]:
    """Yield the findings among the program starts; what one command runs several times is one finding with variants."""
    by_place: dict[tuple[int, int, str], list[Finding]] = {}
    for each in map(likely, written):
        if stands_in(each.execution):
            continue
        context = {**each.execution.context, **each.context, "file_type": file_type.id}
        detection = detect(structs.replace(each.execution, context=context), shells=shells, live=True, told=told)
        if detection is None:
            if (hidden := disguised(each.execution)) is not None:
                document.problem(
                    each.offsets()[0], f"{hidden[0]} runs {hidden[1]}, whose ending is no script's: it was not read"
                )
                document.problems[-1] = structs.replace(document.problems[-1], unread=hidden[0])
            continue
        finding = _finding(document, file_type, each, detection)
        kept = by_place.setdefault((*each.offsets(), detection.interpreter), [])
        if all(other.detection.id != detection.id for other in kept):
            kept.append(finding)
    for kept in by_place.values():
        more = len(kept) - MAX_VARIANTS
        for number, finding in enumerate(kept[:MAX_VARIANTS]):
            yield structs.replace(finding, variants=more) if number == 0 and more > 0 else finding


def _finding(document: Document, file_type: FileType, written: Written, detection: Detection) -> Finding:
    """Put the detection into its place."""
    low, high = written.offsets()
    payload = written.payload or payload_span(written, detection, document.text)
    elsewhere = origin(written, payload, detection, document.text) or of_variable(written, payload, detection)
    if elsewhere:
        (low, high), payload = elsewhere
    within = None
    if inner := in_its_text(written, payload, detection, document.text) if not elsewhere else None:
        within = _span(document, low, high)
        low, high = inner
    span = _span(document, low, high)
    execution = structs.replace(
        detection.execution,
        place=Place(
            path=document.path, line=span.line, column=span.column, end_line=span.end_line, end_column=span.end_column,
            symbol=written.symbol,
        ),
        fidelity=Fidelity(sensor="scan"),
    )  # fmt: skip
    confidence: Confidence = written.confidence  # type: ignore[assignment]
    if (
        any(snippet.text is not None and UNKNOWN in snippet.text for snippet in detection.snippets)
        or 0 in execution.holes
    ):
        confidence = _LOWER[confidence]
    frame, first = _frame(document, low, max(high, payload[1] if payload else 0))
    return Finding(
        path=document.path,
        file_type=file_type.id,
        span=span,
        within=within,
        payload=_span(document, *payload) if payload else None,
        symbol=written.symbol,
        confidence=confidence,
        frame=frame,
        frame_line=first,
        detection=structs.replace(detection, execution=execution),
    )


def _injection(document: Document, file_type: FileType, item: Injection) -> Finding:
    """Make a finding of an expression that injects."""
    span = _span(document, *item.span)
    snippet = Snippet(
        interpreter=item.language, language=item.language, vector="runner", text=item.expression,
        note=f"the runner puts {item.source} into the program text before it runs",
    )  # fmt: skip
    place = Place(
        path=document.path, line=span.line, column=span.column, end_line=span.end_line, end_column=span.end_column,
        symbol=item.symbol,
    )  # fmt: skip
    context = {**item.context, "file_type": file_type.id, "injection": item.source}
    snippets = (snippet,)
    kind = "shell" if bourne_grammar_of(item.language) else "scripting"
    detection = Detection(
        id=fingerprint("expression-injection", snippets, groups=((item.source,),)),
        techniques=("T1059",),
        interpreter=item.language,
        interpreter_class=kind,  # type: ignore[arg-type]
        execution=Execution(argv=(item.language,), place=place, context=context, fidelity=Fidelity(sensor="scan")),
        snippets=snippets,
        texts=(Text(sha256=snippet.sha256, bytes=len(snippet.data)),),
        risk=Risk(
            score=INJECTION,
            level=level_of(INJECTION),
            reasons=(Reason(points=INJECTION, text=f"{item.source} becomes program text"),),
        ),
        guidance="flycatcher guide ci",
    )
    frame, first = _frame(document, *item.span)
    return Finding(
        kind="expression-injection", path=document.path, file_type=file_type.id, span=span, payload=span, symbol=item.symbol,
        frame=frame, frame_line=first, detection=detection,
    )  # fmt: skip


def _span(document: Document, low: int, high: int) -> Span:
    """Return two offsets as lines and columns, without the line ends after the last character."""
    high = max(low, high)
    while high > low + 1 and document.text[high - 1] in "\r\n \t":
        high -= 1
    return Span(*document.position(low), *document.position(high))


def _frame(document: Document, low: int, high: int) -> tuple[tuple[str, ...], int]:
    """Return the lines around a span, and the first one's number."""
    first, last = document.position(low)[0], document.position(max(low, high))[0]
    start = document.at(first, 1)
    lines = document.text[start : start + FRAME_LINES * 10_000].split("\n", FRAME_LINES)[
        : min(last - first + 1, FRAME_LINES)
    ]
    return tuple(line.rstrip("\r")[:FRAME_WIDTH] for line in lines), first


def _numbered(findings: list[Finding]) -> list[Finding]:
    """Sort by place and count the findings of the same text."""
    seen: dict[tuple[str, str], int] = {}
    out = []
    for finding in sorted(findings, key=lambda f: (f.span.line, f.span.column, f.span.end_line, f.span.end_column)):
        key = (finding.kind, finding.detection.id)
        number = seen.get(key, 0)
        seen[key] = number + 1
        out.append(structs.replace(finding, occurrence=number) if number else finding)
    return out
