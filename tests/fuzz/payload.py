"""Coverage-guided fuzzing of the payload analysis: ``pip install atheris``, then

    python -m tests.fuzz.payload --seeds FOLDER
    python -m tests.fuzz.payload FOLDER -max_total_time=600 -timeout=10 -rss_limit_mb=1500

``--seeds`` writes the texts of the capability tests into FOLDER, for the fuzzer to start from. The first byte of an input
picks the language, the rest is the text. Not collected by pytest: it runs until it is stopped.
"""

import hashlib
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["flycatcher"]):
    # modules are imported when they are first used: used here, so that all of them count for coverage
    from flycatcher.core.interpreters import registry
    from flycatcher.core.payload import rules, scan  # noqa: F401
    from tests.fuzz import mutated, targets

    rules.rules()
    registry()

SECONDS = 5.0
"""Of processor time, instrumented: several times what it takes without."""


def one(data: bytes) -> None:
    """Analyse one input; raise where a span lies outside, a level is wrong, or the time is over."""
    began = time.process_time()
    targets.payload(data)
    took = time.process_time() - began
    assert took < SECONDS, f"{took:.1f} s for {data!r}"


def seeds(folder: Path) -> None:
    """Write the texts that the capability tests name, one a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in mutated.seeds("payload"):
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    if "--seeds" in sys.argv:
        seeds(Path(sys.argv[-1]))
    else:
        atheris.Setup(sys.argv, one)
        atheris.Fuzz()
