"""A timeline as one self-contained page, which loads nothing: a histogram, filters, every detection with who started it.

Records are data in it, never markup: they stand in a JSON block that no browser executes, and the page's script sets them as text.
The Content-Security-Policy names that script and that style by their hashes and forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flycatcher import __version__
from flycatcher.sinks.formats.flat import row
from flycatcher.terminal import html, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

_TEXT = 20_000
"""Characters of a text that the page holds."""
_ANCESTORS = 12
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_SHOWN = (
    "time", "host", "user", "login", "level", "score", "id", "interpreter", "vector", "option", "argv", "exe", "cwd", "log", "line",
    "certainty", "happened", "notes", "techniques",
)  # fmt: skip


def asset(name: str) -> str:
    """Return one of the page's own files."""
    return files("flycatcher.sinks.formats").joinpath(name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """Return the hash by which a policy names an inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class Timeline:
    """``--format html``."""

    takes_notices = True

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport
        self._separator = ""

    def open(self) -> None:
        """Write the page down to where the records begin."""
        script, style = asset("timeline.js"), asset("timeline.css")
        allowed = f"script-src '{digest(script)}'; style-src '{digest(style)}'"
        policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
        head = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Code on the fly: timeline</title>\n'
            f"<style>{style}</style>\n</head>\n<body>\n<noscript>This page needs its own script; it loads nothing.</noscript>\n"
            f'<main id="page"></main>\n<footer>flycatcher {html(__version__)}</footer>\n'
            '<script type="application/json" id="records">['
        )
        self._transport.open()
        self._transport.write(head.encode())

    def write(self, record: Record) -> None:
        """Add one record."""
        if "execution" not in record and "kind" not in record:
            return
        self._transport.write(f"{self._separator}{_json(_entry(record))}".encode("utf-8", "backslashreplace"))
        self._separator = ",\n"

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures and the page's script."""
        figures = {name: value for name, value in summary.items() if isinstance(value, int | str)}
        end = (
            f']</script>\n<script type="application/json" id="figures">{_json(figures)}</script>\n'
            f"<script>{asset('timeline.js')}</script>\n</body>\n</html>\n"
        )
        try:
            self._transport.write(end.encode("utf-8", "backslashreplace"))
        finally:
            self._transport.close()


def _entry(record: Record) -> dict[str, Any]:
    """Return what the page shows of a record, or of a notice."""
    if "execution" not in record:
        return {
            "notice": visible(str(record.get("text", ""))),
            "time": str(record.get("time", "")),
            "since": str(record.get("since", "")),
        }
    flat = row(record)
    entry: dict[str, Any] = {
        name: visible(value) if isinstance(value := flat[name], str) else value for name in _SHOWN if flat[name]
    }
    entry["text"] = _lines(str(flat["text"])[:_TEXT])
    reasons = record.get("risk", {}).get("reasons") or ()
    entry["reasons"] = [
        f"{each.get('points', 0):+} {visible(str(each.get('text', '')))}" for each in reasons if isinstance(each, dict)
    ]
    above = record["execution"].get("ancestry") or ()
    entry["ancestors"] = [_process(each) for each in above[:_ANCESTORS]]
    if record.get("policy", {}).get("action") == "suppressed":
        entry["suppressed"] = True
    return entry


def _lines(text: str) -> str:
    """Return a text whose lines stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def _process(process: Mapping[str, Any]) -> str:
    """Return an ancestor in one line."""
    words = " ".join(map(str, process.get("argv") or ())) or str(process.get("exe") or process.get("comm") or "?")
    return visible(f"{process['pid']} {words}" if process.get("pid") else words)[:_TEXT]


def _json(value: Any) -> str:  # noqa: ANN401 - a JSON tree
    """Return JSON in which nothing ends the block that it stands in."""
    return json.dumps(value, ensure_ascii=False).translate(_SAFE)
