r"""CEF 0 (Common Event Format): one line, ``CEF:0|vendor|product|version|signature|name|severity|extension``.

Escaping, as the format's guide asks for it: ``\`` and ``|`` in the header; ``\``, ``=`` and line breaks in the extension. What else
does not show (control characters, bidirectional marks) is written out, as a log line may be shown by anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher import __version__
from flycatcher.sinks.formats.facts import facts_of
from flycatcher.sinks.formats.title import title
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

SEVERITIES = {"none": 1, "low": 3, "medium": 5, "high": 8, "critical": 10}
LIMIT = 4000
"""Characters of a value: receivers cut longer ones (``msg`` 1,023, ``cs1`` 4,000)."""


class Cef:
    """``format = "cef"``."""

    content_type = "text/plain; charset=utf-8"

    def render(self, event: Event) -> bytes:
        """Return one line without its end."""
        signature = "code_on_the_fly" if event.is_detection else event.kind
        name = "Code on the fly" if event.is_detection else f"Flycatcher {event.kind}"
        head = [f"CEF:{0}", "Flycatcher", "Flycatcher", __version__, signature, name, str(SEVERITIES[event.level])]
        extension = " ".join(f"{key}={value(text)}" for key, text in fields(event).items() if text)
        return ("|".join(map(header, head)) + "|" + extension).encode()


def header(text: str) -> str:
    """Return text for the header."""
    return visible(text).replace("\\", "\\\\").replace("|", "\\|")


def value(text: str) -> str:
    r"""Return text for the extension: line breaks stay ``\n`` and ``\r``, as the format writes them."""
    shown = "".join({"\n": "\n", "\r": "\r"}.get(each) or visible(each) for each in text[:LIMIT])
    return shown.replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n").replace("\r", "\\r")


def fields(event: Event) -> dict[str, str]:
    """Return the extension's keys, from the format's dictionary, with their values."""
    made = {
        "rt": str(int(event.time * 1000)),
        "externalId": event.uid,
        "dvchost": event.host,
        "msg": title(event)[:1023],
    }
    if not event.is_detection:
        return made | {
            "cnt": str(event.record.get("count") or ""),
            "cs1Label": "place",
            "cs1": str(event.record.get("place", "")),
        }
    facts = facts_of(event)
    made |= {
        "act": facts.outcome,
        "cnt": str(event.group.count if event.group else ""),
        "dproc": facts.interpreter,
        "dpid": str(facts.process.get("pid", "")),
        "duser": facts.context.get("user.name", ""),
        "duid": str(facts.process.get("uid", "")),
        "sproc": facts.parent.get("comm", ""),
        "filePath": str(facts.execution.get("exe") or facts.finding.get("path", "")),
        "fileHash": facts.sha256,
        "reason": "; ".join(facts.reasons)[:1023],
        "cat": ",".join(facts.techniques),
        "cn1Label": "risk score",
        "cn1": str(facts.score),
    }
    custom = {
        "text": facts.text,
        "command line": facts.command_line,
        "detection": facts.id,
        "vector": str(facts.snippet.get("vector", "")),
        "capabilities": ",".join(facts.capabilities),
        "place": facts.context.get("container.id") or facts.context.get("ci.job", ""),
    }
    for number, (label, text) in enumerate(custom.items(), 1):
        made |= {f"cs{number}Label": label, f"cs{number}": text} if text else {}
    return {key: "" if text is None else str(text) for key, text in made.items()}


FORMAT = Cef
