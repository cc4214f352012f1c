"""A message written by a template of the configuration: Jinja, in its sandbox, with escaping to be asked for.

A template sees ``event`` (id, kind, time, host, level, group), ``record`` and ``title``; the filters are Jinja's own, and
``visible``, ``markdown``, ``html``, ``json`` (:mod:`flycatcher.terminal`), of which every text of the record needs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.formats.title import title
from flycatcher.sinks.message import rfc3339
from flycatcher.terminal import html, markdown, visible

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

LIMIT = 1 << 20
"""Characters that a message may have: a loop in a template must not fill memory."""


class Templated:
    """``template = "..."``."""

    def __init__(self, source: str, content_type: str) -> None:
        """Compile it. Raises FlycatcherError for what is no template."""
        with needed("jinja2", "sinks", by="template"):
            import jinja2  # noqa: PLC0415 - only a template needs it
            from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415
        self.content_type = content_type
        environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
        environment.filters |= {
            "visible": lambda value: visible(str(value)),
            "markdown": lambda value: markdown(str(value)),
            "html": lambda value: html(str(value)),
            "json": lambda value: msgspec.json.encode(value).decode(),
        }
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise FlycatcherError(f"template: {error}", hint="see docs/reference/sinks.md", code=2) from error

    def render(self, event: Event) -> bytes:
        """Return what the template makes of an event."""
        head = {
            "id": event.uid,
            "kind": event.kind,
            "time": rfc3339(event.time),
            "host": event.host,
            "level": event.level,
        }
        head["group"] = msgspec.to_builtins(event.group)
        made = ""
        for part in self._template.generate(event=head, record=event.record, title=title(event)):
            made += part
            if len(made) > LIMIT:
                raise ValueError(f"the template writes more than {LIMIT} characters")
        return made.encode()
