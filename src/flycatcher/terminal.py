"""Escaping: text of unknown origin made fit for a terminal, a CI runner's log, Markdown, a workflow command or HTML.

Every function is pure, and its result is one line. Whoever prints a text that the product did not write itself goes
through one of them: :func:`visible` inside a line, :func:`line_start` where the text begins one.
"""

from __future__ import annotations

import re
import unicodedata

from flycatcher.core.unknown import UNKNOWN

UNKNOWN_SHOWN = "<?>"
_PLAIN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", UNKNOWN: UNKNOWN_SHOWN}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INVISIBLE = re.compile(
    "[\\ufe00-\\ufe0d\\U000e0100-\\U000e01ef\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u3164\\uffa0]|[\\ufe0e\\ufe0f]"
)
"""Marks and letters that show as nothing (Default_Ignorable_Code_Point) and that Unicode counts among the printable ones."""
_RUNNER = re.compile(r"##(?=\[[A-Za-z]|vso\[|teamcity\[)", re.IGNORECASE)
"""What begins a runner's command anywhere in a line. Source: actions/runner ActionCommand.TryParse (``##[``), Azure
Pipelines' agent Command.TryParse (``##vso[``), TeamCity's service messages."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|~<>&@:$^=/]")
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_ELLIPSIS = "…"


def visible(text: str) -> str:
    """Return text with every control, format, bidirectional, surrogate or unassigned character as an escape.

    Parts of it that are not known (:data:`~flycatcher.core.unknown.UNKNOWN`) show as ``<?>``.

    No escape sequence gets through to a terminal, no newline to a log, no ``##[command]`` to a CI runner, and what looks
    empty shows. Applied to its own result, it changes nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_escape, text))
    return _RUNNER.sub(r"#\\x23", text) if "##" in text else text


def one_line(text: str, limit: int = 0) -> str:
    """Return :func:`visible` text, cut at ``limit`` characters of the original (0: not cut)."""
    if 0 < limit < len(text):
        return visible(text[:limit]) + _ELLIPSIS
    return visible(text)


def line_start(text: str) -> str:
    """Return :func:`visible` text that may begin a line: a runner takes ``::name::`` there as a workflow command.

    Source: actions/runner ActionCommand.TryParseV2, which skips white space before the colons.
    """
    shown = visible(text)
    body = shown.lstrip()
    if not body.startswith("::"):
        return shown
    return f"{shown[: len(shown) - len(body)]}\\x3a{body[1:]}"


def markdown(text: str) -> str:
    """Return one line in which every character that Markdown or HTML could read as markup is a character reference."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found.group())};", visible(text))


def sarif_message(text: str) -> str:
    """Return one line for a SARIF message, in which ``[text](target)`` would be a link (SARIF 2.1.0, 3.11.6)."""
    return _LINK.sub(r"\\[", line_start(text))


def html(text: str) -> str:
    """Return one line for the content of an HTML element or a quoted attribute."""
    return "".join(_HTML.get(character, character) for character in visible(text))


def workflow_data(text: str) -> str:
    """Return text as the message of a workflow command.

    Source: GitHub's reference of workflow commands: data escapes ``%``, CR and LF; properties also ``:`` and ``,``.
    """
    return visible(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """Return text as a property of a workflow command (``title=``)."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def workflow_path(path: str) -> str:
    """Return a file's name as a property of a workflow command: as it is where a log can show it, else made visible.

    The runner decodes the escapes and looks the file up, so that a line break in a name stays one.
    """
    shown = "".join(character for character in path if character not in "\r\n")
    if visible(shown) != shown:
        return workflow_property(path)
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")


def diagnostics(message: str, hint: str = "") -> str:
    """Return an error as stderr shows it: what is wrong on one line, how to mend it on the next."""
    way_out = f"  hint: {visible(hint)}\n" if hint else ""
    return f"flycatcher: {visible(message)}\n{way_out}"


def _escape(character: str) -> str:
    """Return one character, escaped as Python writes it where it would not be seen."""
    if character.isprintable() and unicodedata.category(character) not in _HIDDEN and not _INVISIBLE.match(character):
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
