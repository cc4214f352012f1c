"""ERB: Ruby between marks."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language

LANGUAGE = Language(
    id="erb",
    parse=partial(
        marked.parse,
        mark=r"(?s:<%[-=]?(?P<block>(?:(?!-?%>).)+))|(?m:^%(?!%)(?P<line>[^\n]+))",
        skip=r"(?s:<%%|<%#(?:(?!%>).)*)|(?m:^%%)",
    ),
    delegates={"block": "ruby", "line": "ruby"},
)
