"""Languages of programs that hand marked text to a shell, or to a language: m4, dc, ed, make, rpm's macros, Forth, erb, PostScript, lftp, Miller."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked as _marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

M4 = Language(
    id="m4",
    parse=partial(_marked.parse, mark=r"\b(?:m4_)?e?syscmd\((?P<shell>)", skip=r"#[^\n]*|\bdnl\b[^\n]*"),
    starts=_SHELL,
)
DC = Language(
    id="dc", parse=partial(_marked.parse, mark=r"!(?![<>=])(?P<shell>[^\n]+)", skip=r"#[^\n]*"), starts=_SHELL
)
ED = Language(id="ed", parse=partial(_marked.parse, mark=r"(?m:^[^!\n]{0,80}!(?P<shell>[^\n]+))"), starts=_SHELL)
MAKE = Language(
    id="make",
    aliases=("makefile", "gmake"),
    parse=partial(
        _marked.parse,
        mark=r"\$[({]\s*shell\s+(?P<shell>)(?<=\s)|(?m:^\t[@+-]*(?P<recipe>[^\n]+))|!=\s*(?P<bang>[^\n]+)",
        skip=r"(?m:^#[^\n]*)",
    ),
    starts=_SHELL | dict.fromkeys(("recipe", "bang"), Starts("text")),
)
RPM = Language(
    id="rpm",
    parse=partial(_marked.parse, mark=r"%\((?P<shell>)|%\{\s*lua:(?P<lua>)"),
    starts=_SHELL,
    hands={"lua": "lua"},
)
FORTH = Language(
    id="forth",
    aliases=("gforth",),
    parse=partial(_marked.parse, mark=r"[sS]\"\s(?P<shell>[^\"]+)\"\s+(?:system|sh)\b", skip=r"\\\s[^\n]*|\(\s[^)]*\)"),
    starts=_SHELL,
)
ERB = Language(
    id="erb",
    parse=partial(
        _marked.parse,
        mark=r"(?s:<%[-=]?(?P<block>(?:(?!-?%>).)+))|(?m:^%(?!%)(?P<line>[^\n]+))",
        skip=r"(?s:<%%|<%#(?:(?!%>).)*)|(?m:^%%)",
    ),
    hands={"block": "ruby", "line": "ruby"},
)
POSTSCRIPT = Language(
    id="postscript",
    aliases=("gs",),
    parse=partial(_marked.parse, mark=r"%pipe%(?P<shell>(?:\\.|[^()\\])+)", skip=r"%(?!pipe%)[^\n]*"),
    starts=_SHELL,
)
LFTP = Language(
    id="lftp",
    parse=partial(_marked.parse, mark=r"(?m:(?:^|;)\s*(?:!|shell\s)\s*(?P<shell>[^\n]+))", skip=r"(?m:^\s*#[^\n]*)"),
    starts=_SHELL,
)
MILLER = Language(
    id="mlr",
    aliases=("miller",),
    parse=partial(
        _marked.parse, mark=r"(?:\b(?:system|exec)\s*\(\s*|\|\s*)\"(?P<shell>(?:\\.|[^\"\\])+)", skip=r"(?m:#[^\n\"]*$)"
    ),
    starts=_SHELL,
)
LANGUAGES = (LFTP, MILLER, POSTSCRIPT, ERB, M4, DC, ED, MAKE, RPM, FORTH)
