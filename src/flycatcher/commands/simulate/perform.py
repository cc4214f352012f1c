"""Runs a plan of techniques: a program of its own, so that a sensor can be put around it. ``python -m`` it with a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 60.0
"""Seconds that one technique may take."""
PLAN, DONE = "plan.json", "done.jsonl"


def perform(root: Path) -> None:
    """Run every row of the plan, one after the other, and append what came of it to ``done.jsonl``."""
    plan = json.loads((root / PLAN).read_text(encoding="utf-8"))
    with (root / DONE).open("w", encoding="utf-8") as out:
        for row in plan:
            out.write(json.dumps(_one(root, row)) + "\n")
            out.flush()


def _one(root: Path, row: dict[str, str]) -> dict[str, object]:
    """Run a technique's script in its folder and return whether its marker was printed."""
    folder = root / row["marker"]
    env = {"PATH": row["path"], "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
    began = time.time()
    with subprocess.Popen(
        ["sh", "technique.sh"],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as child:
        try:
            output, _ = child.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            output, _ = child.communicate()
    ran = row["marker"].encode() in output
    return {"id": row["id"], "began": began, "ran": ran, "output": output[-400:].decode("utf-8", "replace")}


if __name__ == "__main__":
    perform(Path(sys.argv[1]))
