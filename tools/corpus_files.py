"""Measure ``flycatcher scan`` on a corpus of labelled build files, through its JSON report and nothing else.

    python tools/corpus_files.py DIR [--list misses|false|skipped] [--only TYPE]

DIR holds build_files.jsonl: one file a line with ``path``, ``text``, ``file_type`` and ``labels`` (``line``, ``interpreter``,
``in_scope``: "true" must be found on that line, "unclear" may be). A finding on lines without any label counts as false until
it has been read: labels made by rule have gaps. The files are written into a folder of their own and only read.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

Row = dict[str, Any]
OMITTED = "text omitted"
SAME = {"sh": "shell", "bash": "shell", "zsh": "shell", "dash": "shell", "ksh": "shell", "fish": "shell", "csh": "shell", "tcsh": "shell", "mksh": "shell", "busybox": "shell", "pypy": "python", "luajit": "lua", "gawk": "awk", "mawk": "awk", "bun": "node"}  # fmt: skip
"""Interpreters that a label calls by one name."""


def main() -> int:
    """Print recall and findings without a label by file type and by interpreter."""
    parser = argparse.ArgumentParser(description="Measure the scan on a corpus of labelled build files.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--list", choices=("misses", "false", "skipped"), help="print these, for reading")
    parser.add_argument("--only", help="only this file type or interpreter")
    options = parser.parse_args()
    lines = (options.directory / "build_files.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    rows = [row for row in rows if not str(row.get("note", "")).startswith(OMITTED)]
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        report = scan(Path(folder), rows)
    judge(rows, [each for each in report["detections"] if "finding" in each])
    table("file type", rows, lambda row, _label: row["file_type"])
    table("interpreter", rows, lambda _row, label: SAME.get(label["interpreter"], label["interpreter"]))
    if options.list == "skipped":
        for each in report["summary"]["skipped"]:
            print(f"{each['path'].split('/', 1)[1]}:{each.get('line', 0)}: {each['reason']}")
    elif options.list:
        listed(rows, options.list, options.only)
    return 0


def scan(folder: Path, rows: list[Row]) -> Row:
    """Write the files into numbered folders, so that each keeps its own path, and scan them."""
    for number, row in enumerate(rows):
        path = folder / str(number) / row["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["text"], encoding="utf-8", errors="surrogateescape", newline="")
    command = [
        sys.executable,
        "-m",
        "flycatcher",
        "scan",
        "--format",
        "json",
        "--no-history",
        "--no-redact",
        "--quiet",
        "--allow-unread",
    ]
    done = subprocess.run([*command, "."], cwd=folder, stdout=subprocess.PIPE, check=True)
    report: Row = json.loads(done.stdout)
    return report


def judge(rows: list[Row], findings: list[Row]) -> None:
    """Give each row its ``findings``, its ``missed`` labels and its ``false`` findings."""
    for row in rows:
        row["findings"] = []
    for finding in findings:
        rows[int(finding["finding"]["path"].split("/", 1)[0])]["findings"].append(finding)
    for row in rows:
        row["missed"] = [
            label
            for label in row["labels"]
            if label["in_scope"] == "true" and not any(fits(f, label) for f in row["findings"])
        ]
        row["false"] = [
            finding for finding in row["findings"] if not any(covers(finding, label["line"]) for label in row["labels"])
        ]


def covers(finding: Row, line: int) -> bool:
    """Tell whether a line is one of the command's."""
    return bool(finding["finding"]["span"]["line"] <= line <= finding["finding"]["span"]["end_line"])


def fits(finding: Row, label: Row) -> bool:
    """Tell whether a finding is the one that a label asks for."""
    names = {finding["interpreter"], *(snippet["interpreter"] for snippet in finding["snippets"])}
    return covers(finding, label["line"]) and label["interpreter"] in {SAME.get(each, each) for each in names} | names


def table(title: str, rows: list[Row], key: Any) -> None:  # noqa: ANN401 - a function of a row and a label
    """Print one table."""
    wanted: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for row in rows:
        for label in row["labels"]:
            wanted[key(row, label)] += label["in_scope"] == "true"
        for label in row["missed"]:
            missed[key(row, label)] += 1
        for finding in row["findings"]:
            found[key(row, finding)] += 1
        for finding in row["false"]:
            false[key(row, finding)] += 1
    print(
        f"\n{title:<20} {'files' if title == 'file type' else '':>6} {'labelled':>9} {'found':>16} {'findings':>9} {'without a label':>18}"
    )
    files = Counter(row["file_type"] for row in rows)
    for name in sorted(wanted.keys() | found.keys(), key=lambda each: (-wanted[each], each)):
        print(
            f"{name:<20} {files[name] or '':>6} {wanted[name]:>9} {share(wanted[name] - missed[name], wanted[name]):>16}"
            f" {found[name]:>9} {share(false[name], found[name]):>18}"
        )
    every, gone, hits, wrong = (sum(each.values()) for each in (wanted, missed, found, false))
    print(f"{'all':<20} {len(rows):>6} {every:>9} {share(every - gone, every):>16} {hits:>9} {share(wrong, hits):>18}")


def share(part: int, whole: int) -> str:
    """Return a share as text."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "-"


def listed(rows: list[Row], what: str, only: str | None) -> None:
    """Print missed labels, or findings without a label, with the lines that they stand on."""
    for number, row in enumerate(rows):
        lines = row["text"].split("\n")
        if what == "misses":
            each = [(label["line"], label["line"], label["interpreter"], label["form"]) for label in row["missed"]]
        else:
            each = [
                (
                    f["finding"]["span"]["line"],
                    f["finding"]["span"]["end_line"],
                    f["interpreter"],
                    f["snippets"][0]["vector"],
                )
                for f in row["false"]
            ]
        for first, last, interpreter, form in each:
            if only is None or only in (row["file_type"], interpreter):
                print(f"\n{number} {row['source']} {row['path']}:{first} {row['file_type']} {interpreter} {form}")
                print("\n".join(f"  {line[:240]!a}" for line in lines[first - 1 : min(last, first + 5)]))


if __name__ == "__main__":
    sys.exit(main())
