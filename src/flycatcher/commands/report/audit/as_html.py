"""The report as one HTML file: no script, no address that is fetched, and every text that was recorded is escaped."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from flycatcher.commands.report.audit.as_markdown import query_text
from flycatcher.commands.report.audit.values import NUMBERS, heading, shown
from flycatcher.terminal import html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.report.audit.parts import Kind, Query, Report, Section, Table

_STYLE = """
:root { color-scheme: light }
body {
  font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff;
  max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
}
h1 { font-size: 1.7rem; margin-bottom: .5rem }
h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 2px solid #1b1f24; padding-bottom: .2rem }
h3 { font-size: 1.05rem; margin-top: 1.6rem; break-after: avoid }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
dt { color: #57606a }
dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font-size: .87rem }
caption { text-align: left; color: #57606a; caption-side: bottom; padding-top: .3rem }
th, td {
  border: 1px solid #b6bdc5; padding: .25rem .5rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; unicode-bidi: isolate;
}
th { background: #eef1f4 }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
pre {
  font: .78rem/1.4 ui-monospace, monospace; background: #f6f8fa; border-left: 3px solid #b6bdc5;
  padding: .5rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere;
}
p.gives { margin: .8rem 0 -.5rem; font-size: .87rem }
p.missing, p.broken { border-left: 4px solid #b35900; padding: .4rem .8rem; background: #fff8f0 }
p.broken { border-color: #b3261e; background: #fff1f0; font-weight: 600 }
nav ol { columns: 2 }
@media print {
  @page { margin: 15mm }
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt }
  thead { display: table-header-group }
  tr { break-inside: avoid }
  pre { border-left-color: #000 }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def as_html(report: Report) -> str:
    """Return the whole document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    title = html(report.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<dl>"
    yield from (f"<dt>{html(label)}</dt><dd>{html(value)}</dd>" for label, value in report.facts)
    yield "</dl>"
    if not report.is_sound:
        yield '<p class="broken">The evidence does not hold together: see integrity above.</p>'
    yield from (f"<p>{html(remark)}</p>" for remark in report.remarks)
    yield "<nav><ol>"
    yield from (f'<li><a href="#{each.id}">{html(each.title)}</a></li>' for each in report.sections)
    yield "</ol></nav>"
    for number, section in enumerate(report.sections, 1):
        yield f'<section id="{section.id}">\n<h2>{number}. {html(section.title)}</h2>'
        yield from _section(section)
        yield "</section>"
    yield "</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    if section.missing:
        yield f'<p class="missing"><strong>Not given:</strong> {html(section.missing)}</p>'
    yield from (f"<p>{html(remark)}</p>" for remark in section.remarks)
    for table in section.tables:
        yield f"<h3>{html(table.title)}</h3>"
        yield from _table(table)
        for query in table.queries:
            yield from _query(query)


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield "<p>None.</p>"
    else:
        heads = "".join(
            f'<th scope="col"{_class(column.kind)}>{html(heading(column.name))}</th>' for column in table.columns
        )
        yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
        for row in table.shown:
            cells = (_cell(value, column.kind) for value, column in zip(row, table.columns, strict=True))
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody>\n</table>"
    if table.is_cut:
        yield f"<p>The first {len(table.shown)} rows; the query gives all.</p>"
    if table.note:
        yield f"<p>{html(table.note)}</p>"


def _class(kind: Kind) -> str:
    return ' class="number"' if kind in NUMBERS else ""


def _cell(value: Any, kind: Kind) -> str:  # noqa: ANN401 - a database's value
    return f"<td{_class(kind)}>{html(shown(value, kind))}</td>"


def _query(query: Query) -> Iterator[str]:
    if query.gives:
        value = "" if query.value is None else f" ({query.value})"
        yield f'<p class="gives">{html(query.gives[:1].upper() + query.gives[1:])}{value}:</p>'
    lines = "\n".join(html(line) for line in query_text(query).split("\n"))
    yield f"<pre><code>{lines}</code></pre>"
