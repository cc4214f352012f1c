"""tools/corpus_files.py: what counts as found, as missed and as a finding without a label."""

import json
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[3] / "tools" / "corpus_files.py"
ROWS = [
    {
        "source": "demo/demo", "path": "build.sh", "file_type": "shell", "note": "",
        "text": "python3 -c 'print(1)'\nperl script.pl\nruby -e 'puts 1'\nawk '{ print }' x\n",
        "labels": [
            {"line": 1, "interpreter": "python", "in_scope": "true", "form": "argv-code"},
            {"line": 2, "interpreter": "perl", "in_scope": "true", "form": "argv-code"},
            {"line": 4, "interpreter": "awk", "in_scope": "unclear", "form": "awk-program"},
        ],
    },
    {"source": "demo/demo", "path": "big.sh", "file_type": "shell", "note": "text omitted (over 40 kB)", "text": "", "labels": []},
]  # fmt: skip


def measured(tmp_path: Path, *words: str) -> str:
    (tmp_path / "build_files.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    done = subprocess.run([sys.executable, TOOL, tmp_path, *words], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_table_counts_lines_and_lists_what_was_missed(tmp_path):
    printed = measured(tmp_path, "--list", "misses")
    rows = [" ".join(line.split()) for line in printed.splitlines()]
    assert "shell 1 2 1 (50.0 %) 2 1 (50.0 %)" in rows
    assert "python 1 1 (100.0 %) 1 0 (0.0 %)" in rows
    assert "ruby 0 - 1 1 (100.0 %)" in rows
    assert "0 demo/demo build.sh:2 shell perl argv-code" in rows
    assert "'perl script.pl'" in rows


def test_findings_without_a_label_are_listed_with_their_lines(tmp_path):
    printed = measured(tmp_path, "--list", "false")
    assert "build.sh:3 shell ruby argument" in printed
    assert "puts 1" in printed
    assert "build.sh:1 shell" not in printed
