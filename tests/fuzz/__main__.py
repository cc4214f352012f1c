"""New examples for every property, for as long as there is time: ``python -m tests.fuzz --minutes 60 [--seed 1] [FOLDER ...]``.

`make test` draws the same examples each time, so that a change alone decides whether it is green. Here each round has a seed
of its own, for the properties and for the changed inputs of :mod:`.test_fuzz`; the first round that fails ends the run, and its command is printed, to be called again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time


def main() -> int:
    """Return 0 where every round passed, else pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", nargs="*", default=["tests"])
    options = parser.parse_args()
    end, seed = time.monotonic() + 60 * options.minutes, options.seed
    while time.monotonic() < end:
        environment = os.environ | {"FLYCATCHER_FUZZ_SEED": str(seed)}
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2"]
        properties = ["-m", "hypothesis", "--hypothesis-profile=fuzz", f"--hypothesis-seed={seed}", *options.folders]
        for command in ([*pytest, *properties], [*pytest, "tests/fuzz"]):
            if code := subprocess.run(command, env=environment, check=False).returncode:
                print(f"failed: FLYCATCHER_FUZZ_SEED={seed} {' '.join(command)}")
                return code
        seed += 1
    print(f"{seed - options.seed} rounds passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
