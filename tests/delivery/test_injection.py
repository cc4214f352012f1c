"""No text, whatever is in it, ends its field: each format is read by its own rules, and has the fields that it has for plain text.

``FLYCATCHER_EXAMPLES`` says how many texts Hypothesis tries; ``make fuzz-sinks`` tries 100,000 of another generator.
"""

from __future__ import annotations

import html.parser
import json
import os
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flycatcher.sinks.formats.chat import fenced, inert
from flycatcher.terminal import one_line, visible
from tests.delivery.fuzz_sinks import FORMS, plain, rendered, texts
from tests.delivery.test_messages import read_cef

EXAMPLES = int(os.environ.get("FLYCATCHER_EXAMPLES", "60"))
PIECES = [
    "|", "\\", "\\|", "\\\\|", "=", "\\=", " cs1=x", " act=denied", "\n", "\r\n", "\n\n", "\t", "\tsev=1", "CEF:0|", "LEEF:2.0|", "\\n",
    "```", "~~~", "`", "``", "\n```\n", "[x](http://a.example)", "<http://a.example>", "https://a.example", "www.a.example", "<b>",
    "</code>", "<!channel>", "<@U1>", "@everyone", "@here", "&lt;", "&#96;", "&", "*x*", "_x_", "~x~", "||x||", "# h", "> q", "- l", "1. l",
    "![i](x)", "| a | b |\n|---|---|", "<script>", "{{7*7}}", "{% x %}", "::error::", "##[error]", "\x1b[31m", "\u202e", "\u200b", "\x00",
    "\ud800", "\udcff", "\U000e0041", "é", "日本", "\u2028", "\u0085", "%0A", "$(x)", "</a>", '"', "'", "}", "]", ",",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=8)), max_size=12).map("".join)
tried = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def shape(value: Any) -> Any:
    """Return a JSON tree without its texts."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("name", FORMS)
def test_no_text_breaks_out_of_its_field(name: str) -> None:
    for text in texts(200, seed=7):
        FORMS[name](text)


@tried
@given(TEXTS.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_cef_gives_the_text_back(text: str) -> None:
    _, extension = read_cef(rendered("cef", text))
    assert (
        extension.get("cs1", "").split()
        == "".join(each if each in "\r\n" else visible(each) for each in text[:4000]).split()
    )


@tried
@given(TEXTS)
def test_text(text: str) -> None:
    line = rendered("text", text)
    assert visible(line) == line
    assert not line.startswith("::")


@pytest.mark.parametrize("name", ["slack", "teams", "mattermost", "discord", "google-chat"])
@tried
@given(text=TEXTS)
def test_chat_messages_keep_their_shape(name: str, text: str) -> None:
    found, expected = shape(json.loads(rendered(name, text))), shape(json.loads(plain(name)))
    if text.strip():
        assert sorted(json.dumps(found)) == sorted(json.dumps(expected)) or found.keys() == expected.keys()
    assert found.keys() == expected.keys()


@tried
@given(TEXTS)
def test_slack_has_markup_nowhere(text: str) -> None:
    found = json.loads(rendered("slack", text))
    assert "<" not in found["text"]
    assert ">" not in found["text"]
    assert not re.search(r"&(?!amp;|lt;|gt;)", found["text"])
    texts = [found["blocks"][0]["text"], *found["blocks"][-1]["fields"]]
    assert {each["type"] for each in texts} == {"plain_text"}


MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def tokens(text: str) -> list[str]:
    return [child.type for token in MARKDOWN.parse(text) for child in [token, *(token.children or [])]]


@tried
@given(TEXTS)
def test_inert_text_is_a_paragraph_of_text(text: str) -> None:
    shown = inert(one_line(text))
    assert set(tokens(shown)) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    assert not re.search(r"(?<!\\)(?:https?:|www\.)|@|<", shown)


@tried
@given(TEXTS)
def test_a_code_block_ends_where_we_end_it(text: str) -> None:
    assert tokens(fenced(one_line(text))) == ["fence"]
    assert "`" not in fenced(one_line(text))[4:-4]


class Tags(html.parser.HTMLParser):
    """Collects tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, _: Any) -> None:
        self.found.append(tag)

    handle_endtag = handle_decl = handle_comment = lambda self, tag: self.found.append(tag)  # type: ignore[assignment]


@tried
@given(TEXTS)
def test_google_chat_has_no_tag(text: str) -> None:
    for section in json.loads(rendered("google-chat", text))["cardsV2"][0]["card"]["sections"]:
        for widget in section["widgets"]:
            parser = Tags()
            parser.feed(next(iter(widget.values()))["text"])
            parser.close()
            assert parser.found == []
