"""Whether the same build gets the same ids in another folder: two runs of each build below two caches, compared.

    python -m bench.builds.ids [--only NAME,...] FOLDER FOLDER

Each folder is a cache of its own, as ``--cache`` of ``python -m bench.builds`` takes it. The table says how many distinct detections
have the same id in both runs, how many have only the same shape (their texts hold the folder's name, a temporary one, a port), and
how many have neither. Those are printed: each is something that a shape should leave out, and does not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.builds.__main__ import install
from bench.builds.catalogue import BUILDS, Build
from bench.builds.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.builds.workshop import Run

HEAD = "| build | distinct detections | same id | same shape only | neither |\n|---|---|---|---|---|"


def main() -> None:
    """Run each build in both folders, and compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.builds.ids", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="NAME,...")
    parser.add_argument("folders", nargs=2, metavar="FOLDER")
    options = parser.parse_args()
    builds = [build for build in BUILDS if not options.only or build.name in options.only.split(",")]
    install(builds)
    print(HEAD, flush=True)
    workshops = [Workshop(Path(folder)) for folder in options.folders]
    apart = [_compared(build, [workshop.run(build, "run") for workshop in workshops]) for build in builds]
    sys.exit(int(any(apart)))


def _compared(build: Build, runs: list[Run]) -> bool:
    """Print a build's row and the detections that only one run has; return whether there are any."""
    first, second = (_kinds(run.records) for run in runs)
    ids = first.keys() & second.keys()
    left = [[row for row in found.values() if row["id"] not in ids] for found in (first, second)]
    ones, others = (Counter(row["shape"] for row in rows) for rows in left)
    shapes = ones & others
    apart = [row for rows in left for row in rows if row["shape"] not in shapes]
    distinct = len(ids) + shapes.total() + len(apart)
    print(f"| {build.name} | {distinct} | {len(ids)} | {shapes.total()} | {len(apart)} |", flush=True)
    for row in apart:
        print(json.dumps({"build": build.name, **row}), flush=True)
    return bool(apart)


def _kinds(records: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what tells detections apart, once for each id."""
    return {
        record["id"]: {
            "id": record["id"],
            "shape": record["shape"],
            "argv": record["execution"]["argv"],
            "text": [
                (snippet.get("vector"), snippet.get("text") or snippet.get("path")) for snippet in record["snippets"]
            ],
        }
        for record in records
    }


if __name__ == "__main__":
    main()
