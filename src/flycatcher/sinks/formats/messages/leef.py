r"""LEEF 2.0 (Log Event Extended Format): ``LEEF:2.0|vendor|product|version|event|0x09|attributes``, with tabs between them.

The format has no escape for its separator: tabs and line breaks in a value are written out (``\t``, ``\n``), and a bar in the
header is a slash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher import __version__
from flycatcher.sinks.formats.messages import cef
from flycatcher.sinks.message import rfc3339
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_NAMES = {
    "dvchost": "identHostName", "duser": "usrName", "externalId": "eventUid", "cnt": "eventCount", "dproc": "processName",
    "dpid": "processId", "act": "action", "reason": "reason", "cat": "cat", "filePath": "filePath", "fileHash": "fileHash",
    "msg": "msg", "cn1": "riskScore", "sproc": "parentProcessName",
}  # fmt: skip


class Leef:
    """``format = "leef"``."""

    content_type = "text/plain; charset=utf-8"

    def render(self, event: Event) -> bytes:
        """Return one line without its end."""
        found = cef.fields(event)
        labelled = {found[f"{key}Label"].title().replace(" ", ""): found.get(key, "") for key in _custom(found)}
        named = {_NAMES[key]: text for key, text in found.items() if key in _NAMES}
        times = {"devTime": rfc3339(event.time)[:23] + "Z", "devTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"}
        attributes = times | {"sev": str(cef.SEVERITIES[event.level])} | named | labelled
        code = "code_on_the_fly" if event.is_detection else event.kind
        head = "|".join(_header(part) for part in ("LEEF:2.0", "Flycatcher", "Flycatcher", __version__, code, "0x09"))
        body = "\t".join(f"{key}={visible(text[: cef.LIMIT])}" for key, text in attributes.items() if text)
        return f"{head}|{body}".encode()


def _custom(found: dict[str, str]) -> list[str]:
    """Return the keys with a label of their own."""
    return [key.removesuffix("Label") for key in found if key.startswith("cs") and key.endswith("Label")]


def _header(text: str) -> str:
    return visible(text).replace("|", "/")


FORMAT = Leef
