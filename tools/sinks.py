"""Write docs/reference/sinks.md from what formats and transports say about themselves: ``python tools/sinks.py``."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import Any, get_type_hints

from msgspec.structs import fields

from flycatcher.destination import Destination, SpoolSettings
from flycatcher.sinks.delivery.registry import format_classes, transport_classes
from flycatcher.sinks.store import language

PAGE = Path(__file__).resolve().parents[1] / "docs/reference/sinks.md"
HEAD = """# Sinks and the store

Written by `python tools/sinks.py` from the sources; a test compares both. How to use them: [send detections](../how-to/send-detections.md),
[keep detections](../how-to/keep-detections.md). What it costs, and what was broken on purpose: [performance](../performance.md#sinks).

## What is guaranteed

- **In the spool first.** A record is in the spool, an SQLite database in WAL mode, before anything else can fail. `kill -9` of any process loses nothing that was
  reported. A power cut can cost what was reported in the last moment: the disk is not waited for at each record.
- **At least once, in order.** Each sink has its own queue. An event leaves it in the transaction that follows its delivery; nothing behind it is sent before. A
  copy carries the id of the first: `event.id`, `X-Flycatcher-Id`, `Nats-Msg-Id`, the document's `_id`, and so on.
- **Retries** after 0.5 to 60 seconds, doubled each time, with jitter, never before `Retry-After`. `429`, `5xx`, `408`, `425`, no answer and an answer that is none
  are tried again; so are `401`, `403`, `404` and redirects, which speak of the address or the token. Any other `4xx` refuses the message: it becomes a **dead letter** with its reason
  (`flycatcher sinks status --dead`, `retry`, `drop`).
- **Nobody waits.** Delivery is a process of its own. `run` and `watch` write to the spool and ring a bell; at their end they wait `spool.wait` seconds for
  what is left, which then stays for the next run.
- **A bound.** Beyond `spool.size` bytes the oldest events of the lowest level go first: notices, then detections from `none` to `critical`; what tells of a loss goes last.
  What went is counted for each sink, and told to it as a loss.
- **Losses, starts, stops, gaps and suppressed detections** are events of their own in every format; `events` chooses among them.

What cannot be guaranteed: UDP and the local socket have no answer. Syslog over TCP and TLS counts as delivered when the receiver closes the ended connection in
order, which says that it has read everything, not that it has kept it. A spool in a place that the observed build can write to can be changed by that build.
"""


def _summary(text: str | None) -> str:
    """Return the first paragraph of a docstring, as Markdown."""
    first = (inspect.cleandoc(text or "")).partition("\n\n")[0].replace("\n", " ")
    return re.sub(r":\w+:`~?\.*([^`]+)`", r"`\1`", first).replace("``", "`").replace("|", "\\|")


def _notes(kind: type[Any]) -> dict[str, str]:
    """Return what stands below each field of a struct."""
    source = inspect.getsource(kind)
    found = re.findall(r'^\s+(\w+): [^\n]+\n\s+"""(.+?)"""', source, re.MULTILINE | re.DOTALL)
    return {name: " ".join(text.split()).replace("``", "`") for name, text in found}


def _table(kind: type[Any]) -> list[str]:
    """Return a struct's fields as rows."""
    notes, hints = _notes(kind), get_type_hints(kind)
    rows = ["| field | default | meaning |", "|---|---|---|"]
    for field in fields(kind):
        del hints[field.name]
        default = (
            "required"
            if field.required
            else f"`{field.default!r}`"
            if field.default_factory.__class__.__name__ == "NoDefaultType"
            else "`{}`"
        )
        rows.append(f"| `{field.name}` | {default} | {notes.get(field.name, '')} |")
    return rows


def _transports() -> list[str]:
    rows = ["| address | format | at once | what it does | options |", "|---|---|---|---|---|"]
    for kind in dict.fromkeys(transport_classes().values()):
        module = sys.modules[kind.__module__]
        options = ", ".join(f"`{name}`" for name in kind.Options.__struct_fields__)
        schemes = ", ".join(f"`{scheme}:`" for scheme in kind.schemes)
        rows.append(f"| {schemes} | `{kind.format}` | {kind.most} | {_summary(module.__doc__)} | {options} |")
    return rows


def _formats() -> list[str]:
    rows = ["| format | content type | what it is |", "|---|---|---|"]
    rows += [
        f"| `{name}` | `{kind.content_type}` | {_summary(sys.modules[kind.__module__].__doc__)} |"
        for name, kind in format_classes().items()
    ]
    return rows


def page() -> str:
    """Return the page's text."""
    parts = [
        HEAD, "## Fields of `[[sink]]`\n", *_table(Destination),
        "\n`--sink ADDRESS,FIELD=VALUE,...` takes the same fields, with `+` between the values of a list; other names are the transport's options.\n",
        "## Fields of `[spool]`\n", *_table(SpoolSettings), "\n## Transports\n", *_transports(), "\n## Formats\n", *_formats(),
        "\n## Templates\n",
        ("`template` is Jinja in its sandbox. It sees `event` (`id`, `kind`, `time`, `host`, `level`, `group`), `record` and `title`. Every text of the record is of unknown "
        "origin: write it with one of the filters `visible`, `markdown`, `html`, `json`.\n"),
        "## The query language of the store\n", inspect.cleandoc(language.__doc__ or "").replace("``", "`"), "",
        f"Fields: {', '.join(f'`{name}`' for name in language.FIELDS)}.\n",
    ]  # fmt: skip
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
