"""Recall and false findings of the scan on a corpus of labelled build files, by file type: a Markdown table.

    python tools/build_corpus.py CORPUS/build_files.jsonl [--list] [--type TYPE]

A row of the corpus is one file: ``path``, ``text``, ``file_type``, ``labels`` (``line``, ``in_scope``: true | unclear).
The files are parsed, never run. A label counts as found where a finding's command or program text covers its line;
a finding is false where no
label, of whatever scope, is on its lines.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.scan.engine import scan_bytes

if TYPE_CHECKING:
    from flycatcher.scan.finding import Finding


def covers(finding: Finding, line: int) -> bool:
    """Tell whether a finding is on a line."""
    spans = [finding.span, *([finding.payload] if finding.payload else [])]
    return any(span.line <= line <= span.end_line for span in spans)


def read(row: dict[str, Any]) -> list[Finding]:
    """Scan one file of the corpus."""
    return scan_bytes(row["path"], row["text"].encode("utf-8", "surrogateescape")).findings


def main() -> None:
    """Print the table; with ``--list`` also what was missed and what is false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--type", default="")
    given = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    for text in given.corpus.open(encoding="utf-8"):
        row = json.loads(text)
        if row["text"] and (not given.type or row["file_type"] == given.type):
            _count(counts.setdefault(row["file_type"], Counter()), row, listing=given.list)
    _table(counts)


def _count(count: Counter[str], row: dict[str, Any], *, listing: bool) -> None:
    """Compare one file's findings with its labels."""
    findings = read(row)
    labels = [label for label in row["labels"] if label["in_scope"] == "true"]
    missed = [label for label in labels if not any(covers(finding, label["line"]) for finding in findings)]
    known = [label["line"] for label in row["labels"]]
    false = [finding for finding in findings if not any(covers(finding, line) for line in known)]
    count.update(files=1, labels=len(labels), found=len(labels) - len(missed), findings=len(findings), false=len(false))
    count["clean files with findings"] += bool(findings and not known)
    if listing:
        for label in missed:
            sys.stdout.write(
                f"missed {row['path']}:{label['line']} {label['interpreter']} {label['form']} {label['code'][:100]!r}\n"
            )
        for finding in false:
            snippet = finding.detection.snippets[0]
            argv = finding.detection.execution.argv[:4]
            shown = f"{snippet.interpreter} {snippet.vector} {(snippet.text or '')[:100]!r} argv {argv}"
            sys.stdout.write(f"false  {row['path']}:{finding.span.line} {shown[:300]}\n")


def _table(counts: dict[str, Counter[str]]) -> None:
    """Print the Markdown table."""
    sys.stdout.write(
        "\n| file type | files | labelled | found | recall | findings | unlabelled | share |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    total: Counter[str] = Counter()
    for name, count in sorted(counts.items()):
        total.update(count)
        _row(name, count)
    _row("all", total)


def _row(name: str, count: Counter[str]) -> None:
    """Print one row."""
    recall = f"{count['found'] / count['labels']:.1%}" if count["labels"] else "-"
    share = f"{count['false'] / count['findings']:.1%}" if count["findings"] else "-"
    cells = [name, count["files"], count["labels"], count["found"], recall, count["findings"], count["false"], share]
    sys.stdout.write("| " + " | ".join(map(str, cells)) + " |\n")


if __name__ == "__main__":
    main()
