from __future__ import annotations

import datetime as dt
import json

import pytest

from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.finding import FileResult
from flycatcher.scanning.suppress import apply_comments
from tests.commands.scan.conftest import Tree

TODAY = dt.date(2026, 11, 23)
CODE = "python3 -c 'print(1)'"


def judged(text: str, path: str = "x.sh", *, honour: bool = True) -> FileResult:
    result = scan_bytes(path, text.encode())
    apply_comments(result, text, honour=honour, today=TODAY)
    return result


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.sh", f"{CODE}  # flycatcher: ignore[argument] prints a constant until=2027-01-31\n"),
        ("x.sh", f"# flycatcher: ignore[argument] prints a constant until=2027-01-31\n# more\n\n{CODE}\n"),
        ("x.sh", f"# flycatcher: ignore[stdin, argument] prints a constant until=2026-11-23\n{CODE}\n"),
        ("package.json", '{\n// flycatcher: ignore[argument] prints a constant until=2027-01-31\n"scripts": {"a": "node -e 1"}}'),
        ("x.js", "/* flycatcher: ignore[argument] prints a constant until=2027-01-31 */\nrequire('child_process').execSync('node -e 1');\n"),
        ("x.lua", "-- flycatcher: ignore[argument] prints a constant until=2027-01-31\nos.execute('perl -e 1')\n"),
    ],
)  # fmt: skip
def test_a_comment_with_reason_and_end_accepts_a_finding(path: str, text: str) -> None:
    result = judged(text, path)
    assert (len(result.findings), len(result.suppressed), result.notices) == (0, 1, [])


def test_the_id_of_a_detection_accepts_it_and_no_other() -> None:
    (finding,) = judged(CODE).findings
    comment = f"# flycatcher: ignore[{finding.detection.id}] prints a constant until=2027-01-31"
    assert judged(f"{comment}\n{CODE}\n").findings == []
    other = judged(f"{comment}\npython3 -c 'print(2)'\n")
    assert (len(other.findings), [n.kind for n in other.notices]) == (1, ["unused-suppression"])


@pytest.mark.parametrize(
    ("comment", "kind", "message"),
    [
        ("ignore[argument] prints a constant until=2026-11-22", "expired-suppression",
         "this suppression ended on 2026-11-22: review it again, or remove it"),
        ("ignore[stdin] prints a constant until=2027-01-31", "unused-suppression",
         "no finding here matches this comment (stdin): remove it"),
        ("ignore[argument] prints a constant", "faulty-suppression",
         "this comment suppresses nothing: it has no end date: add until=YYYY-MM-DD"),
        ("ignore[argument] short until=2027-01-31", "faulty-suppression",
         "this comment suppresses nothing: its reason is shorter than 10 characters"),
        ("ignore prints a constant until=2027-01-31", "faulty-suppression",
         "this comment suppresses nothing: it does not name what it accepts: ignore[argument], or the detection's id"),
        ("ignore[argument] prints a constant until=soon", "faulty-suppression",
         "this comment suppresses nothing: until=soon is not a date like 2027-01-31"),
    ],
)  # fmt: skip
def test_a_comment_that_does_not_hold_is_a_finding_itself(comment: str, kind: str, message: str) -> None:
    result = judged(f"# flycatcher: {comment}\n{CODE}\n")
    assert len(result.findings) == 1
    assert [(n.kind, n.line, n.column, n.message) for n in result.notices] == [(kind, 1, 1, message)]


def test_a_payload_cannot_accept_itself() -> None:
    inside = "python3 - <<'EOF'\n# flycatcher: ignore[stdin] looks harmless here until=2099-01-01\nprint(1)\nEOF\n"
    result = judged(inside)
    assert (len(result.findings), result.suppressed) == (1, [])


def test_no_ignores_shows_everything() -> None:
    text = f"{CODE}  # flycatcher: ignore[argument] prints a constant until=2027-01-31\n"
    assert len(judged(text, honour=False).findings) == 1


def test_configuration_accepts_by_fingerprint_and_says_what_is_not_needed(tree: Tree) -> None:
    tree.write("x.sh", CODE)
    (finding,) = judged(CODE).findings
    entry = '[[suppress]]\nfingerprint = "{}"\nreason = "prints a constant"\nowner = "ann"\nuntil = {}\n'
    tree.write(
        "flycatcher.toml", entry.format(finding.detection.id, "2099-01-01") + entry.format("0" * 16, "2099-01-01")
    )
    done = tree.scan("--format", "jsonl", ".")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["notice"]["message"] for row in rows[:-1]] == [
        "nothing has the fingerprint 0000000000000000 (ann) any more: remove it"
    ]
    assert rows[-1]["summary"]["suppressed"] == 1
    tree.write("flycatcher.toml", entry.format(finding.detection.id, "2020-01-01"))
    assert "ended on 2020-01-01" in tree.scan(".").stdout
    assert "python code by argument" in tree.scan(".").stdout


@pytest.mark.parametrize("kind", ["json", "jsonl", "sarif"])
def test_an_earlier_report_is_a_baseline(tree: Tree, kind: str) -> None:
    tree.write("x.sh", CODE)
    assert tree.scan("--format", kind, "-o", "old", ".").returncode == 0
    tree.write("x.sh", f"echo\n{CODE}\nperl -e 'print 1'\n")
    done = tree.scan("--baseline", "old", "--format", "json", ".")
    report = json.loads(done.stdout)
    assert [row["interpreter"] for row in report["detections"]] == ["perl"]
    assert report["summary"]["known"] == 1
