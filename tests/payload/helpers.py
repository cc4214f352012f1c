"""Short ways to analyse a text."""

from flycatcher.core import interpreters
from flycatcher.core.payload import analyse
from flycatcher.core.recipe.risk import assess
from flycatcher.core.snippet import Snippet


def nested(execution):
    reading = interpreters.read(execution)
    return [] if reading is None else list(reading.snippets)


def snippet(text, language="python", **fields):
    name = "sh" if language == "shell" else language  # a shell's own text, not what another program hands to one
    return Snippet(interpreter=name, language=language, **({"vector": "argument"} | fields), text=text)


def analysis(text, language="python"):
    return analyse(snippet(text, language), nested=nested)


def capabilities(text, language="python"):
    return {c.id for c in analysis(text, language).capabilities}


def layers(text, language="python"):
    return [(layer.language, layer.made, layer.text) for layer in analysis(text, language).layers[1:]]


def risk(text, language="python", execution=None):
    return assess([(snippet(text, language), analysis(text, language))], execution)
