"""No text of a record, a query or a form is ever markup, a formula, or hidden."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from flycatcher.console import accept, record_parts
from flycatcher.console.app import build
from flycatcher.console.pages import detection
from flycatcher.console.security import users
from flycatcher.console.settings import Settings
from flycatcher.console.shown import Mark, code, line
from flycatcher.sinks.formats.facts import facts_of
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest
from flycatcher.terminal import visible
from tests.console.conftest import PASSWORD, browser, csrf, log_in
from tests.console.stories import HOSTILE
from tests.delivery.events import hostile

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

NASTY = st.text(
    st.sampled_from(
        "<>&\"'`=/\\ \t\n\r\0\x1b\x7f\x85\u061c\u200b\u202e\u2028\u2066\ufeff\ud800\udcff{}%;()|ax1é\U000e0041"
    ),
    max_size=40,
) | st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "</code></pre><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }}",
        "javascript:alert(1)",
        "]]>",
        "<!--",
    ]
)
MARKED = "zqx<b>\"'&\u202e\x1b[1m\u200b"
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
MANY = settings(deadline=None, suppress_health_check=list(HealthCheck))
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


class Elements(HTMLParser):
    """Collects elements with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(text: str) -> Elements:
    found = Elements()
    found.feed(text)
    found.close()
    return found


@MANY
@given(NASTY)
@example(HOSTILE)
def test_a_text_is_shown_whole_as_text_with_every_hidden_character_written_out(text: str) -> None:
    found = parsed(f"<pre>{code(text)}</pre>")
    assert set(found.tags) <= {"pre", "span"}
    assert found.attributes <= {"class", "title"}
    assert found.text == "".join(each if each in "\n\t" else visible(each) for each in text)
    assert not HIDDEN.search(found.text)
    assert parsed(str(line(text))).text == "".join(map(visible, text))


@MANY
@given(NASTY, st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60), st.integers(0, 9), NASTY), max_size=8))
def test_marks_anywhere_change_no_character_of_a_text(text: str, places: list[tuple[int, int, int, str]]) -> None:
    found = parsed(str(code(text, [Mark(start, end, number, 5, said) for start, end, number, said in places])))
    assert set(found.tags) <= {"mark", "span"}
    assert found.attributes <= {"class", "title"}
    assert found.text == parsed(str(code(text))).text


KEYS = ("risk", "reasons", "evidence", "span", "layer", "snippet", "points", "text", "argv", "execution", "snippets", "texts", "layers",
        "analyses", "ancestry", "context", "fidelity", "policy", "finding", "observations", "env", "process")  # fmt: skip
JSON = st.recursive(
    st.none() | st.integers(-9, 1 << 70) | st.booleans() | st.sampled_from(["x", "<b>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=15,
)


@MANY
@given(st.sampled_from(KEYS), JSON)
def test_a_record_of_any_shape_has_its_page(key: str, value: object) -> None:
    whole = hostile("x").record
    for record in (
        {key: value},
        {"risk": {key: value}},
        {"execution": {key: value}},
        {"risk": {"reasons": [{key: value}]}},
        dict(whole, **{key: value}),
    ):
        data = detection._parts(record) | {
            "verdict": record_parts.sentence(record),
            "accept": accept.entries(record, [], "x", dt.date(2026, 1, 1)),
        }
        for text in data["texts"]:
            for layer in text["layers"]:
                assert isinstance(
                    record_parts.highlighted(record, text["number"], layer["number"], layer["text"]), Markup
                )


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Return the browser of an administrator of a console whose store holds hostile records."""
    engine = open_store(f"store://{tmp_path_factory.mktemp('x')}/store.db")
    ingest(engine, [hostile(MARKED), hostile(HOSTILE)])
    with engine.begin() as connection:
        users.add(connection, "the-admin", "admin", PASSWORD)
    client = log_in(browser(build(engine, Settings(store="x"))), "the-admin")
    client.engine = engine  # type: ignore[attr-defined]
    return client


def pages(client: TestClient) -> list[str]:
    names = [row["fingerprint"] for row in client.get("/detections.json").json()["rows"]]
    return [
        "/",
        "/?span=all",
        "/detections",
        "/live",
        "/hosts",
        "/jobs",
        "/health",
        "/audit",
        *(f"/detections/{name}" for name in names),
    ]


@SLOW
@given(NASTY)
@example(MARKED)
def test_no_record_adds_an_element_to_any_page_nor_hides_anything(console: TestClient, text: str) -> None:
    ingest(console.engine, [hostile(text)])  # type: ignore[attr-defined]
    name = facts_of(hostile(text)).id
    for path in ("/?span=all", "/detections?sort=newest", f"/detections/{name}"):
        answer = console.get(path)
        found = parsed(answer.text)
        assert answer.status_code == 200
        assert found.attributes & {"onerror", "onload", "style", "srcset", "formaction"} == set()
        assert found.tags.count("img") == 1
        assert {"iframe", "object", "embed", "base"} & set(found.tags) == set()
        assert found.tags.count("script") == 3
        assert not HIDDEN.search(answer.text.replace("\n", ""))


def test_each_page_shows_a_hostile_text_and_never_raw(console: TestClient) -> None:
    for path in pages(console):
        text = console.get(path).text
        assert "zqx<b>" not in text
        assert not HIDDEN.search(text.replace("\n", ""))
    shown = console.get("/detections").text
    assert "zqx&lt;b&gt;" in shown
    assert '<span class="hidden" title="U+202E RIGHT-TO-LEFT OVERRIDE">\\u202e</span>' in shown


@SLOW
@given(NASTY)
def test_no_query_and_no_parameter_is_markup(console: TestClient, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    for path in ("/detections?q=", "/live?q=", "/hosts?like=", "/jobs?like=", "/audit?who=", "/login?next=", "/?span="):
        answer = console.get(path, params={path.partition("?")[2].rstrip("="): text})
        assert answer.status_code in {200, 303, 400}
        found = parsed(answer.text)
        assert found.tags.count("script") == len(re.findall(r'<script src="/assets/', answer.text))
        assert found.attributes & {"onerror", "onload", "style"} == set()


@SLOW
@given(NASTY)
def test_no_word_on_a_detection_is_markup(console: TestClient, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    name, token = console.get("/detections.json").json()["rows"][0]["fingerprint"], csrf(console)
    console.post(f"/detections/{name}/notes", data={"csrf": token, "text": text})
    console.post(f"/detections/{name}/triage", data={"csrf": token, "state": "accepted", "text": text})
    found = parsed(console.get(f"/detections/{name}").text)
    assert found.tags.count("script") == 3
    assert found.attributes & {"onerror", "onload", "style"} == set()


def test_no_cell_of_a_csv_is_a_formula(console: TestClient) -> None:
    formulas = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"]
    ingest(console.engine, [hostile(each) for each in formulas])  # type: ignore[attr-defined]
    for path in ("/detections.csv", "/hosts.csv", "/jobs.csv", "/live.csv", "/audit.csv", "/overview.csv"):
        for row in csv.DictReader(io.StringIO(console.get(path).text, newline="")):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_long_text_is_cut_and_says_so(tmp_path: Path) -> None:
    shown = str(code("x" * 200_000))
    assert len(shown) < 70_000
    assert "134,464 more characters" in shown
