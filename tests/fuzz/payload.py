"""Coverage-guided fuzzing of the payload analysis: ``pip install atheris``, then ``python -m tests.fuzz.payload [CORPUS_DIR]``.

The first byte picks the language, the rest is the text. Not collected by pytest: it runs until it is stopped.
"""

import sys
import time

import atheris

with atheris.instrument_imports(include=["flycatcher"]):
    from flycatcher.payload import analyse
    from flycatcher.payload.language import languages
    from flycatcher.snippet import Snippet

LANGUAGES = sorted({language.id for language in languages().values()})
SECONDS = 2.0


def one(data: bytes) -> None:
    """Analyse one input; raise where a span lies outside or the time is over."""
    if not data:
        return
    language = LANGUAGES[data[0] % len(LANGUAGES)]
    text = data[1:].decode("utf-8", "surrogateescape")
    began = time.process_time()
    found = analyse(Snippet(interpreter=language, language=language, vector="argument", text=text))
    assert time.process_time() - began < SECONDS
    for capability in found.capabilities:
        for evidence in capability.evidence:
            start, end = evidence.span
            assert 0 <= start <= end <= len(found.layers[evidence.layer].text)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
