"""TypeScript as JavaScript: what it says of types is blank, and every place stays (TypeScript handbook, type annotations).

The grammar at hand is JavaScript's, and recovers from much; a return type in front of a body costs it the whole function.
"""

from __future__ import annotations

import re

from flycatcher.core.regex import lazy

_NAME = r"[\w.$]+(?:<[^<>(){}]*(?:<[^<>(){}]*>[^<>(){}]*)*>)?(?:\[\])*"
_TYPE = rf"(?:{_NAME}|'[^'\n]*'|\"[^\"\n]*\"|\{{[^{{}}]*\}})(?:\s*[|&]\s*(?:{_NAME}|'[^'\n]*'|\"[^\"\n]*\"))*"
_WHOLE = (
    re.compile(r"^[ \t]*import[ \t]+type\b[^;\n]*;?", re.MULTILINE),
    re.compile(r"^[ \t]*(?:export[ \t]+)?(?:declare[ \t]+)?interface[ \t]+\w[^{\n]*\{[^{}]*\}", re.MULTILINE),
    re.compile(rf"^[ \t]*(?:export[ \t]+)?type[ \t]+\w+(?:<[^<>]*>)?[ \t]*=[ \t\n|]*{_TYPE};?", re.MULTILINE),
    re.compile(r"(?<=[\s(,])(?:public|private|protected|readonly|abstract|override|declare)[ \t]+(?=[\w$])"),
    re.compile(rf"(?<=\))[ \t]*:[ \t]*(?:\w+ is )?{_TYPE}(?=\s*(?:\{{|=>))"),
    re.compile(rf"(?<=\bconst )(?P<keep>\w+)[ \t]*:[ \t]*{_TYPE}(?=[ \t]*=)"),
    re.compile(rf"(?<=\blet )(?P<keep>\w+)[ \t]*:[ \t]*{_TYPE}(?=[ \t]*[=;\n])"),
    re.compile(r"(?<=[\w)\]])!(?=[.)\],;\[])"),
    re.compile(rf"(?<=\w)<{_TYPE}(?:\s*,\s*{_TYPE})*>(?=\()"),
)
_AS = lazy(rf"(?m)^[ \t]*(?:import|export)\b[^;\n]*|\bas[ \t]+(?:const\b|unknown[ \t]+as[ \t]+{_TYPE}|{_TYPE})")
"""An assertion; in an import, ``as`` gives a name."""
_PARAMETERS = lazy(r"\(([^()]*)\)(?=[ \t]*(?::[^(){}=]*)?(?:\{|=>))")
_ANNOTATION = lazy(rf"\??[ \t]*:[ \t]*{_TYPE}(?=\s*(?:[,=]|\Z))")


def without_types(text: str) -> str:
    """Return the text with blanks for types."""
    text = _PARAMETERS.sub(lambda match: "(" + _ANNOTATION.sub(_blank, match[1]) + ")", text)
    text = _AS.sub(lambda match: _blank(match) if match[0].startswith("as") else match[0], text)
    for pattern in _WHOLE:
        text = pattern.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    """Return as many blanks as a match has characters, with its line ends and what it keeps."""
    kept = match["keep"] if "keep" in match.re.groupindex else ""
    return kept + re.sub(r"[^\n]", " ", match[0][len(kept) :])
