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
    from flycatcher.core.detection import nested
    from flycatcher.core.interpreters import registry
    from flycatcher.core.payload import Limits, analyse, rules, scan  # noqa: F401
    from flycatcher.core.payload.language import languages
    from flycatcher.core.recipe.risk import assess
    from flycatcher.core.snippet import Snippet

    LANGUAGES = sorted({language.id for language in languages().values()})
    rules.rules()
    registry()

FEWER = Limits(steps=5000, nodes=10_000)
"""Loops end sooner: coverage counters make each step dear."""
SECONDS = 5.0
"""Of processor time, instrumented: several times what it takes without."""


def one(data: bytes) -> None:
    """Analyse one input; raise where a span lies outside, a level is wrong, or the time is over."""
    if not data:
        return
    language = LANGUAGES[data[0] % len(LANGUAGES)]
    text = data[1:].decode("utf-8", "surrogateescape")
    snippet = Snippet(interpreter=language, language=language, vector="argument", text=text)
    began = time.process_time()
    found = analyse(snippet, nested=nested, limits=FEWER)
    took = time.process_time() - began
    assert took < SECONDS, f"{took:.1f} s for {data!r}"
    assert 0 <= assess([(snippet, found)]).score <= 100
    for capability in found.capabilities:
        for evidence in capability.evidence:
            start, end = evidence.span
            layer = found.layers[evidence.layer].text
            assert 0 <= start <= end <= len(layer)
            assert layer.startswith(evidence.quote, start)


def seeds(folder: Path) -> None:
    """Write the texts that the capability tests name, one a file."""
    from tests.payload import test_capabilities  # noqa: PLC0415 - only here

    folder.mkdir(parents=True, exist_ok=True)
    for value in vars(test_capabilities).values():
        for row in value if isinstance(value, list) else ():
            if isinstance(row, tuple) and len(row) >= 2 and row[0] in LANGUAGES:
                data = bytes([LANGUAGES.index(row[0])]) + str(row[1]).encode("utf-8", "surrogateescape")
                (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    if "--seeds" in sys.argv:
        seeds(Path(sys.argv[-1]))
    else:
        atheris.Setup(sys.argv, one)
        atheris.Fuzz()
