"""A line or two cut out of a build file: what stands around the shell text in it, taken away.

``RUN python3 -c ...``, ``run: perl -e ...``, ``"install": "node -e ..."``, ``@$(PYTHON) -c ...`` are no shell text by
themselves. A shell would take ``run:`` for the command. Only shapes that no shell command has are touched.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOCKER = lazy(
    r"[ \t]*(?:ONBUILD[ \t]+)?(?:HEALTHCHECK[ \t]+[^\n]*?)?(?:RUN|CMD|ENTRYPOINT)[ \t]+((?:--[\w-]+=\S+[ \t]+(?:\\\n[ \t]*)?)*)"
)
_KEY = lazy(r"[ \t]*(?:-[ \t]+)*(?:\"[\w@:./-]+\"|[A-Za-z_][\w.-]*)[ \t]*:(?=[ \t])[ \t]*(?:[|>][-+0-9]*[ \t]*$)?")
_ITEM = lazy(r"[ \t]*-[ \t]+(?=\S)")
_SETTING = lazy(r"[ \t]*\$?[A-Za-z_][\w.-]*[ \t]+[?:+!]?=[ \t]+(?=\S)")
_RECIPE = lazy(r"[ \t]*(?:\$[({](?:Q|V|AT|E|SILENT|QUIET\w*|AM_V_\w+)[)}][ \t]*)+|[ \t]*[@+-]+(?=[\w$\"'./({\[])")
_TEMPLATE = lazy(r"\$?\{\{([^{}\n]{0,200})\}\}|(?<![\w@])@([A-Z][A-Z0-9_]*)@|%\{(_*\w+)\}")
_MAKE = lazy(r"\$\$(?=[A-Za-z_({'\"@*#?!0-9])")
_QUOTING = lazy(r"\\.|['\"]|(?:^|[ \t])#", re.DOTALL)
_APOSTROPHE = lazy(r"\w'\w")
_HEREDOC = lazy(r"<<-?[ \t]*[\"'\\]?([A-Za-z_]\w*)")
_OTHER = frozenset(
    {"ansible", "playbook", "discovered", "matrix", "env", "inputs", "vars", "item", "steps", "outputs", "path"}
)


def shell_text(text: str) -> str:
    """Return the shell text in a fragment; shell text itself comes back as it is."""
    if "{{" in text or "@" in text or "%{" in text:
        text = _TEMPLATE.sub(_template, text)
    if "$$" in text and re.search(r"\$\$[({]?[A-Za-z_]", text):
        text = _MAKE.sub("$", text)
    lines = text.split("\n")
    return "\n".join(_lines(lines)) if len(lines) < 5000 else text


def _lines(lines: list[str]) -> Iterator[str]:
    """Yield the lines without their wrapping; one by which another goes on, or that stands in quotes or in a here-document, has none."""
    goes_on, quote, until = False, "", ""
    last = {line.strip(): at for at, line in enumerate(lines)}
    for at, line in enumerate(lines):
        if until:
            until = "" if line.strip() == until else until
            yield line
            continue
        whole = line if goes_on or quote else _line(line)
        yield whole
        opens = _HEREDOC.search(whole) if "<<" in whole else None
        if opens is not None and last.get(opens[1], 0) > at:
            until = opens[1]
        goes_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        quote = _open_quote(whole, quote)


def _open_quote(line: str, quote: str) -> str:
    """Return the quote that is open behind a line, empty for none; ``quote``: the one that is open before it."""
    for found in _QUOTING.finditer(line):
        if not quote and found[0][0] in " \t#":
            return ""
        apostrophe = found[0] == "'" and not quote and _APOSTROPHE.match(line, max(found.start() - 1, 0)) is not None
        if found[0] in ("'", '"') and not apostrophe and quote in ("", found[0]):
            quote = "" if quote else found[0]
        elif quote == "'" and found[0] == "\\'":  # no backslash quotes there
            quote = ""
    return quote


def _template(found: re.Match[str]) -> str:
    """Return the interpreter that a template's variable is named after, else a hole."""
    inner = found[1] or found[2] or found[3] or ""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", inner) if word and word.lower() not in _OTHER]
    return interpreter_by_name("_".join(words)) or (UNKNOWN if found[1] is not None or found[2] else found[0])


def _line(line: str) -> str:
    """Take one line's wrapping away."""
    if match := _DOCKER.match(line):
        rest = line[match.end() :]
        return _exec_form(rest) or " " * match.end() + rest
    if match := _KEY.match(line):
        rest = line[match.end() :]
        return " " * match.end() + (_scalar(rest) or rest)
    if match := _ITEM.match(line):
        rest = line[match.end() :]
        return " " * match.end() + (_scalar(rest) or rest)
    if match := _SETTING.match(line) or _RECIPE.match(line):
        return " " * match.end() + line[match.end() :]
    return line


def _exec_form(rest: str) -> str:
    """Return the words of ``["python3", "-c", "..."]`` quoted for a shell; empty where it is no such list."""
    rest = rest.strip()
    if not (rest.startswith("[") and rest.endswith("]")):
        return ""
    try:
        words = json.loads(rest)
    except (ValueError, RecursionError):
        return ""
    return shlex.join(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else ""


def _scalar(rest: str) -> str:
    """Return the text of a quoted YAML or JSON value that takes the rest of the line; empty where it is none."""
    body = rest.strip().removesuffix(",").rstrip()
    if exec_form := _exec_form(body):
        return exec_form
    if len(body) < 2 or body[0] != body[-1] or body[0] not in "'\"" or not re.search(r"\s", body):
        return ""
    if body[0] == "'":
        inner = body[1:-1]
        return inner.replace("''", "'") if "'" not in inner.replace("''", "") else ""
    body = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: chr(min(int(found[1], 16), 0x10FFFF)), body)
    try:
        text = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return text if isinstance(text, str) else ""
