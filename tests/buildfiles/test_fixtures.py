"""Each file type has a folder of fixtures: files, and what is found in them, written out in expected.txt.

A line is: file, command's span, program text's span (- where it is not written as it runs), interpreter, vector, text, place.
A file that is not named there is clean: nothing may be found in it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from flycatcher.core.shell import UNKNOWN
from flycatcher.scanning import engine
from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.finding import Finding, Span
from flycatcher.sources.buildfiles import Document, file_types
from flycatcher.sources.buildfiles.engine.filetype import Always, FileType

FIXTURES = Path(__file__).parent / "fixtures"
IDS = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())


def span(where: Span | None) -> str:
    return "-" if where is None else f"{where.line}:{where.column}-{where.end_line}:{where.end_column}"


def line(finding: Finding) -> str:
    snippet = finding.detection.snippets[0]
    text = "None" if snippet.text is None else ascii(snippet.text)
    where = " / ".join(finding.symbol) or "-"
    return " ".join(
        [finding.path, span(finding.span), span(finding.payload), snippet.interpreter, snippet.vector, text, "@", where]
    )


def found(folder: Path) -> dict[str, list[str]]:
    results = {}
    for root, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = Path(root, name)
            shown = str(path.relative_to(folder))
            if shown != "expected.txt":
                result = scan_bytes(shown, path.read_bytes(), docs=True)
                assert result.skipped == [], shown
                results[shown] = [line(finding) for finding in result.findings]
    return results


@pytest.mark.parametrize("name", IDS)
def test_finds_exactly_what_is_written_out(name: str) -> None:
    results = found(FIXTURES / name)
    assert (
        "\n".join(row for rows in results.values() for row in rows)
        == (FIXTURES / name / "expected.txt").read_text().strip()
    )


@pytest.mark.parametrize("name", IDS)
def test_the_span_of_the_program_text_holds_it(name: str) -> None:
    checked = 0
    for path in found(FIXTURES / name):
        data = (FIXTURES / name / path).read_bytes()
        document = Document(path, data.decode("utf-8", "surrogateescape"))
        for finding in scan_bytes(path, data, docs=True).findings:
            text = next((s.text for s in finding.detection.snippets if s.text and s.vector != "url"), "")
            if finding.payload is None or not text:
                continue
            low, high = (
                (finding.payload.line, finding.payload.column),
                (finding.payload.end_line, finding.payload.end_column),
            )
            written = document.text[document.at(*low) : document.at(*high)]
            word = re.search(r"\w{2,}", text.partition(UNKNOWN)[0].partition("\n" if "\n" in written else "\0")[0])
            assert word is None or word[0] in written or written.startswith("$("), (
                path,
                finding.payload,
                text,
                written,
            )
            assert finding.span.line <= finding.payload.line, "the text stands in its command, or below"
            checked += 1
    assert checked


@pytest.mark.parametrize("name", IDS)
def test_fixtures_are_of_the_type_they_stand_for_and_one_is_clean(name: str) -> None:
    results = found(FIXTURES / name)
    types = {
        scan_bytes(path, (FIXTURES / name / path).read_bytes(), docs=True).file_type
        for path, rows in results.items()
        if rows
    }
    assert types == {name}
    assert any(not rows for rows in results.values()), "no clean file"


@pytest.mark.parametrize("name", IDS)
def test_what_is_skipped_holds_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found(FIXTURES / name)
    monkeypatch.setattr(engine, "may_start", lambda _text, _env=None: True)
    for file_type in file_types():
        if FileType.words[0] in file_type.words:
            monkeypatch.setattr(type(file_type), "words", (Always(),))
    assert found(FIXTURES / name) == before


def test_every_file_type_has_fixtures() -> None:
    assert sorted({file_type.id for file_type in file_types()}) == IDS
