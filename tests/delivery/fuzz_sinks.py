"""Texts by the hundred thousand against five forms that a text could break out of: a CEF and a LEEF line, Markdown, HTML, a workflow command.

``python -m tests.delivery.fuzz_sinks [TEXTS [SEED [FORM...]]]`` prints the table of docs/performance.md (``make fuzz-sinks``). Each text
is put into every field of foreign origin, and what is written is read by the form's own rules. The generator is a plain
random one: Hypothesis would take longer to choose a text than the formats take to write it.
"""

from __future__ import annotations

import html.parser
import json
import random
import re
import sys
import time
import zlib
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from flycatcher.commands.report.comment import comment
from flycatcher.commands.report.compare import Compared
from flycatcher.console.shown import Mark, code
from flycatcher.sinks.delivery.registry import format_classes
from flycatcher.sinks.formats.github import annotation, row
from flycatcher.sinks.formats.markdown import Markdown
from flycatcher.sinks.formats.timeline import _entry, _json
from flycatcher.sinks.message import packed, unpacked
from flycatcher.terminal import html as escaped
from flycatcher.terminal import visible
from tests.delivery.events import hostile
from tests.delivery.test_messages import read_cef, read_leef
from tests.hostile import PIECES as ORDERS
from tests.hostile import commands_in, unprintable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECES = (
    *ORDERS, "\\", "\\|", "\\\\|", "=", "\\=", " cs1=x", " act=denied", "\n\n", "\t", "\tsev=1", "CEF:0|", "LEEF:2.0|", "\\n", "```", "~~~", "``",
    "\n```\n", "<http://a.example>", "https://a.example", "www.a.example", "a@b.example", "<b>", "<!channel>", "<@U1>", "@everyone", "&lt;",
    "&#96;", "&", "*x*", "_x_", "~x~", "||x||", "# h", "\n# h\n", "> q", "- l", "1. l", "![i](x)", "| a | b |\n|---|---|\n", "{{7*7}}", "{% x %}",
    "\ud800", "\U000e0041", "é", "日本", "%0A", "%3A", "%", "$(x)", "</a>", "</pre>", "</script>", "<!--", "-->", "]]>", '"', "'", "}", "]", ",", ":", "::",
    '" onmouseover="alert(1)', "' onload='x", "\n::warning::x", "<details>", "</details>", "<img src=x onerror=alert(1)>",
)  # fmt: skip
RANGES = (
    (0x20, 0x7E),
    (0x20, 0x7E),
    (0x00, 0x1F),
    (0x7F, 0x2FF),
    (0x2000, 0x206F),
    (0x300, 0xFFFF),
    (0x10000, 0x10FFFF),
)
"""Of characters that stand alone; halves of pairs (surrogates) are among them."""


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield texts: pieces, characters and runs of one character, in any order."""
    chance = random.Random(seed)
    for _ in range(count):
        parts = []
        for _ in range(chance.randrange(9)):
            kind = chance.random()
            if kind < 0.6:
                parts.append(chance.choice(PIECES))
            elif kind < 0.95:
                parts += [chr(chance.randint(*chance.choice(RANGES))) for _ in range(chance.randrange(1, 5))]
            else:
                parts.append(chance.choice("\\|=`<&\n: ") * chance.randrange(2, 40))
        yield "".join(parts)


def rendered(name: str, text: str) -> str:
    """Return what a format makes of an event that has been through the spool."""
    return str(format_classes()[name]().render(unpacked(packed(hostile(text)))).decode())


@cache
def plain(name: str) -> str:
    return rendered(name, "plain text")


def cef(text: str) -> None:
    """Header and extension have the fields that they have for plain text."""
    line = rendered("cef", text)
    assert line.isprintable()
    head, extension = read_cef(line)
    expected_head, expected = read_cef(plain("cef"))
    assert head == expected_head
    assert set(extension) <= set(expected)
    if text.strip():
        assert extension.keys() == expected.keys()


def leef(text: str) -> None:
    """Header and attributes have the fields that they have for plain text."""
    line = rendered("leef", text)
    head, attributes = read_leef(line)
    expected_head, expected = read_leef(plain("leef"))
    assert head == expected_head
    assert set(attributes) <= set(expected)
    assert len(line.split("\t")) == len(attributes)
    assert line.replace("\t", "").isprintable()


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Kept:
    """A transport that keeps what it is given."""

    path = "kept"

    def __init__(self) -> None:
        self.text = ""

    def open(self) -> None:
        """Nothing to do."""

    def write(self, data: bytes) -> None:
        self.text += data.decode()

    def close(self) -> None:
        """Nothing to do."""


def _markdown_of(text: str) -> str:
    """Return the comment of a pull request, the step summary's row and the scan's table of one detection."""
    record = hostile(text).record
    found = record | {"finding": {"path": text, "span": {"line": 1}, "change": {"author": text, "age_days": 1}}}
    kept = Kept()
    sink = Markdown(kept)
    sink.open()
    sink.write(found)
    said = comment(Compared([(record, 1)], [(found, 2)], [], 0, 0, (f"make runs {text}",)), compared=True)
    return f"{said}\n{kept.text}\n| a | b | c | d |\n|---|---|---|---|\n{row(record)}\n"


def _tree(text: str) -> list[tuple[str, str]]:
    """Return the elements that a reader makes of Markdown, with the tags of what is raw HTML."""
    return [
        (child.type, child.content if child.type in {"html_inline", "html_block"} else "")
        for token in MARKDOWN.parse(text)
        for child in [token, *(token.children or [])]
        if child.type not in {"text", "text_special"}
    ]


_TEXT = re.compile(r"(?:[^\\`*_{}\[\]()#+\-.!|~<>&@:$^=/\n\r]|&#\d+;)+")
"""What no reader of Markdown or HTML takes for markup."""
_PARSED = 20
"""One text in so many goes through a Markdown parser as well, which takes ten times as long as all the rest."""


@cache
def _plain_tree() -> list[tuple[str, str]]:
    return _tree(_markdown_of("plain text"))


@cache
def _plain_markup() -> str:
    return _TEXT.sub("", _markdown_of("plain text"))


def markdown(text: str) -> None:
    """Every character that could be markup is one that stands there for plain text, too; a reader finds the same elements."""
    shown = _markdown_of(text.encode("utf-8", "backslashreplace").decode())
    assert _TEXT.sub("", shown) == _plain_markup()
    if zlib.crc32(text.encode("utf-8", "surrogatepass")) % _PARSED == 0:
        assert _tree(shown) == _plain_tree()


class Elements(html.parser.HTMLParser):
    """Collects elements with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"span", "mark"}:
            self.found.append((tag, *(name for name, _ in attrs)))
        elif {name for name, _ in attrs} - {"class", "title"}:
            self.found.append((tag, "other attributes"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"span", "mark"}:
            self.found.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def as_html(text: str) -> None:
    """An element, an attribute, a marked text of the console and the timeline's block of data end where we end them."""
    marked = code(text, [Mark(1, 5, 0, 9, text)])
    reader = Elements()
    reader.feed(f'<p title="{escaped(text)}">{escaped(text)}</p><pre>{marked}</pre>')
    reader.close()
    assert reader.found == [("p", "title"), ("/p",), ("pre",), ("/pre",)]
    block = _json(_entry(unpacked(packed(hostile(text))).record))
    assert not re.search("[<>&\u2028\u2029\n\r]", block)
    json.loads(block)


def workflow(text: str) -> None:
    """A runner finds one command in the line, with the properties that it has for plain text, and no other line."""
    record = hostile(text).record
    span = {"line": 1, "end_line": 1, "column": 1, "end_column": 2}
    for each, keys in (
        (record, ["title"]),
        (record | {"finding": {"path": text, "span": span}}, ["file", "line", "endLine", "col", "endColumn", "title"]),
        ({"notice": {"path": text, "line": 1, "kind": text, "message": text}}, ["file", "line", "title"]),
    ):
        line = annotation(each)
        assert unprintable(line) == ""
        assert len(commands_in(line)) == 1
        command, _, data = line[2:].partition("::")
        assert [part.partition("=")[0] for part in command.partition(" ")[2].split(",")] == keys
        assert visible(data) == data


FORMS: dict[str, Callable[[str], None]] = {
    "CEF": cef,
    "LEEF": leef,
    "Markdown": markdown,
    "HTML": as_html,
    "workflow-commands": workflow,
}


def main() -> None:
    """Print a row for each form; end at the first text that breaks one."""
    words = sys.argv[1:]
    count, seed = int(words[0]) if words else 100_000, int(words[1]) if len(words) > 1 else 1
    print("| form | texts | broken out | processor seconds |\n|---|---|---|---|", flush=True)
    for name in words[2:] or FORMS:
        began = time.process_time()
        for text in texts(count, seed):
            try:
                FORMS[name](text)
            except Exception:
                print(f"{name}: {text!r}", file=sys.stderr)
                raise
        print(f"| {name} | {count:,} | 0 | {time.process_time() - began:.0f} |", flush=True)


if __name__ == "__main__":
    main()
