"""One line for people and for log files, escaped: time, level, host, what it is, the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.sinks.formats.title import payload, title
from flycatcher.sinks.message import rfc3339
from flycatcher.terminal import line_start, visible

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class Text:
    """``format = "text"``."""

    content_type = "text/plain; charset=utf-8"

    def render(self, event: Event) -> bytes:
        """Return one line without its end; ``id=`` is the same in every copy."""
        said = f": {payload(event)}" if payload(event) else ""
        line = f"{rfc3339(event.time)} {event.level} {visible(event.host)} {title(event)}{said} id={event.uid}"
        return line_start(line).encode()


FORMAT = Text
