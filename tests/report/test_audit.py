"""An audit report: its figures, what its queries give, what is missing, and what hostile records do to it."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import sqlite3
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")

from flycatcher.commands import cli
from flycatcher.commands.report.audit.parts import ROWS
from flycatcher.commands.report.audit.span import span_of
from flycatcher.commands.report.audit.values import duration, shown
from flycatcher.commands.report.audit.work import Asked, report
from flycatcher.core.errors import FlycatcherError
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.log import Log
from flycatcher.signing.keys import SigningKey, from_seed
from flycatcher.signing.note import ED25519
from flycatcher.sinks.message import rfc3339
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest
from tests.delivery.events import hostile
from tests.report.audits import FIRST, HOUR, LAST, NODE, PERL, at, fill, judged, month, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flycatcher.commands.report.audit.parts import Report, Table

HOSTILE = [
    "<script>alert(1)</script>",
    "x | y\n\n# heading\n\n[link](javascript:alert(1)) ![i](http://198.51.100.7/i.png)",
    "```\n<img src=x onerror=alert(1)>\n```",
    "\u202egpj.exe\u2066\u200b\x1b[31m\x00",
    "a" * 5000,
    "' OR 1=1; DROP TABLE executions; --",
    "::error::x ##[command]y",
    "caf\udcff",
]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Return the address of a store with the month in it."""
    address = f"store://{tmp_path}/store.db"
    engine = open_store(address)
    fill(engine)
    engine.dispose()
    return address


def made(store: str, **asked: Any) -> Report:
    return report(Asked(**({"first": FIRST, "last": LAST, "store": store} | asked)))


def table(found: Report, title: str) -> Table:
    return next(each for section in found.sections for each in section.tables if each.title == title)


def rows(found: Report, title: str) -> list[tuple[Any, ...]]:
    return list(table(found, title).rows)


def test_coverage_is_counted_within_the_time(store: str) -> None:
    found = made(store)
    assert rows(found, "Figures") == [(3, 2, 5, 6)]
    assert [row[:3] for row in rows(found, "Hosts")] == [("ci-1", 3, 0), ("ci-2", 1, 0), ("web-1", 1, 6)]
    # 4 hours of the first watch lie within; the second was not stopped, and is counted up to its last sign; the third has 2 hours
    assert rows(found, "Time watched, by host and sensor") == [
        ("web-1", "seccomp", 3, 1, 12 * HOUR, pytest.approx(100 * 12 / (31 * 24)), at("2026-10-20T02:00:00"))
    ]
    assert rows(found, "CI jobs with detections") == [
        ("github", "acme/shop", "build.yml", "build", 2, 3, at("2026-10-06T10:00:00"))
    ]
    assert rows(found, "Losses and gaps, by kind") == [("gap", 1, 0), ("loss", 1, 3)]


def test_detections_are_told_with_what_became_of_them(store: str) -> None:
    found = made(store)
    assert [row[1:4] for row in rows(found, "By level")] == [(1, 1, 1), (3, 4, 2)]
    assert {row[1]: row[2:] for row in rows(found, "By level and state")} == {
        "accepted": (1, 2), "closed": (1, 1), "malicious": (1, 1), "new": (1, 1),
    }  # fmt: skip
    worst = rows(found, "Each detection, the worst first")[0]
    assert worst[4:] == (
        1, 1, at("2026-10-10T06:00:00"), at("2026-10-10T06:00:00"), "malicious", "ann", at("2026-10-10T10:00:00"), "it is ours",
    )  # fmt: skip
    assert rows(found, "By what was done at once") == [("observed", 4, 5)]


def test_the_time_to_triage_is_the_median_and_the_worst_of_those_that_were_triaged(store: str) -> None:
    found = made(store)
    # python 2 h, ruby 0.5 h, perl 4 h; nobody said anything of node
    assert rows(found, "Time to triage, all levels") == [("all", 4, 3, 1, 2 * HOUR, 4 * HOUR)]
    quiet = next(row for row in rows(found, "Time to triage, by level") if row[1] == 3)
    assert quiet[1:] == (3, 2, 1, 1.25 * HOUR, 2 * HOUR)
    assert [row[1:3] for row in rows(found, "Open")] == [(1, 0), (1, 1)]
    assert [row[:4] for row in rows(found, "Who judged, in this time")] == [
        ("ann", "closed", 1, 1), ("ann", "investigating", 1, 1), ("ann", "malicious", 1, 1), ("bob", "accepted", 1, 1),
    ]  # fmt: skip


def test_a_word_that_was_said_after_the_report_changes_none_of_its_queries(store: str) -> None:
    found = made(store)
    engine = open_store(store)
    judged(engine, NODE, "closed", "2999-01-01T00:00:00")
    engine.dispose()
    connection = sqlite3.connect(store.removeprefix("store://"))
    for each in (table(found, "By level and state"), table(found, "Open"), table(found, "Time to triage, all levels")):
        assert connection.execute(each.queries[0].text).fetchall() == list(each.rows)


def test_each_query_that_is_printed_gives_the_rows_that_are_shown(store: str) -> None:
    kinds = {
        each.title: [column.kind for column in each.columns]
        for section in made(store).sections
        for each in section.tables
    }
    connection = sqlite3.connect(store.removeprefix("store://"))
    printed = [each for each in _tables(run(store).stdout) if each[2]]
    assert len(printed) == 16
    for title, cells, fences in printed:
        got = connection.execute(fences[0]).fetchall()
        assert (title, [[shown(*each) for each in zip(row, kinds[title], strict=True)] for row in got]) == (
            title,
            cells,
        )
        for fence in fences[1:]:
            query = re.fullmatch(r"flycatcher store query --count '(.*)'\n", fence)
            assert query is not None
            answer = CliRunner().invoke(cli, ["store", "query", "--store", store, "--count", query[1]])
            assert (query[1], answer.stdout.strip()) == (query[1], _values(made(store), query[1]))


def _values(found: Report, text: str) -> str:
    """Return what a report says that a query gives."""
    every = (query for section in found.sections for each in section.tables for query in each.queries)
    return str(next(query.value for query in every if query.text == text))


def _tables(text: str) -> Iterator[tuple[str, list[list[str]], list[str]]]:
    """Yield title, cells and fences of each table that is shown."""
    for part in text.split("\n### ")[1:]:
        tokens = MarkdownIt("commonmark").enable("table").parse(f"### {part}")
        cells: list[list[str]] = []
        for before, token in pairwise(tokens):
            if before.type == "tr_open":
                cells.append([])
            if before.type == "td_open":
                cells[-1].append("".join(child.content for child in token.children or ()))
        yield tokens[1].content, cells[1:], [token.content for token in tokens if token.type == "fence"]


def run(store: str, *words: str, first: str = FIRST, last: str = LAST) -> Any:
    """Run the command; raise what it raises."""
    done = CliRunner().invoke(cli, ["report", "audit", "--store", store, "--from", first, "--to", last, *words])
    if isinstance(done.exception, FlycatcherError):
        raise done.exception
    return done


def test_a_report_changes_nothing_in_the_store(store: str, tmp_path: Path) -> None:
    before = (tmp_path / "store.db").read_bytes()
    run(store)
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_store_is_read_however_its_path_is_spelt(store: str, tmp_path: Path) -> None:
    (tmp_path / "a b?c#d%41").mkdir()
    odd = shutil.copy(tmp_path / "store.db", tmp_path / "a b?c#d%41" / "s?mode=rw.db")
    for address in (store.replace("store:///", "store:////"), str(tmp_path / "store.db"), f"store://{odd}"):
        assert run(address).exit_code == 0


def test_a_store_that_nobody_may_write_is_read(store: str, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    shutil.copy(tmp_path / "store.db", tmp_path / "away" / "store.db")
    (tmp_path / "away").chmod(0o500)
    assert run(f"store://{tmp_path}/away/store.db").exit_code == 0


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("yesterday", "2026-10-31", "--from yesterday: no date"),
        ("2026-10-01", "2026-10-32", "--to 2026-10-32: no date"),
        ("2026-10-02", "2026-10-01", "--from 2026-10-02 is not before --to 2026-10-01"),
        ("0001-01-01", "2026-10-01", "more than a hundred years"),
        ("2026-10-01\x1b[31m", "2026-10-01", "no date"),
        ("9999999w", "2026-10-01", "no date"),
    ],
)
def test_a_wrong_date_is_named(first: str, last: str, said: str) -> None:
    with pytest.raises(FlycatcherError, match=said.replace("[", r"\[")) as error:
        span_of(first, last, 0.0)
    assert (error.value.code, bool(error.value.hint)) == (2, True)


def test_the_last_day_is_within_and_a_time_is_taken_as_it_is() -> None:
    assert span_of("2026-10-01", "2026-10-01", 0.0)[:2] == (at("2026-10-01T00:00:00"), at("2026-10-02T00:00:00"))
    assert span_of("2026-10-01T10:00Z", "2026-10-01T12:00+01:00", 0.0).seconds == HOUR
    assert span_of("2h", "now", 10_000.5)[:2] == (2800.0, 10_001.0)


def test_a_time_without_records_is_an_error_that_says_where_records_are(store: str) -> None:
    with pytest.raises(
        FlycatcherError, match="no records from 2020-01-01T00:00:00Z up to 2020-02-01T00:00:00Z"
    ) as error:
        run(store, first="2020-01-01", last="2020-01-31")
    assert error.value.code == 3
    assert error.value.hint.endswith("has records from 2026-09-07T10:00:00Z to 2026-11-01T00:00:00Z")


def test_an_empty_store_says_that_it_is(tmp_path: Path) -> None:
    open_store(f"store://{tmp_path}/empty.db").dispose()
    with pytest.raises(FlycatcherError, match="is empty"):
        run(f"store://{tmp_path}/empty.db")


def test_what_is_no_store_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FlycatcherError, match="there is no store here"):
        run(f"store://{tmp_path}/none.db")
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "text").write_text("no database at all, however long the text is that stands in it")
    with pytest.raises(FlycatcherError, match="file is not a database"):
        run(f"store://{tmp_path}/text")
    with pytest.raises(FlycatcherError, match="not a file"):
        run(f"store://{tmp_path}")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE x (y)")
    with pytest.raises(FlycatcherError, match="it holds no store of Flycatcher"):
        run(f"store://{tmp_path}/other.db")


def test_an_older_schema_is_named_and_left_as_it_is(store: str, tmp_path: Path) -> None:
    engine = open_store(store)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    engine.dispose()
    with pytest.raises(
        FlycatcherError, match="its schema is 0002, older than 0003, and a report changes nothing"
    ) as error:
        run(store)
    assert "flycatcher store status" in error.value.hint
    version = sqlite3.connect(tmp_path / "store.db").execute("SELECT version_num FROM alembic_version").fetchone()
    assert version == ("0002",)


def test_a_store_of_a_newer_version_is_named(store: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(FlycatcherError, match="a newer version made it"):
        run(store)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_of_a_record_or_a_word_is_markup(tmp_path: Path, number: int) -> None:
    text = HOSTILE[number]
    address = f"store://{tmp_path}/store.db"
    engine = open_store(address)
    ingest(engine, [hostile(text), seen("2026-11-29T10:00:00", *PERL)])
    word = text.replace("\udcff", "?").replace("\x00", "")
    judged(engine, PERL, "accepted", "2026-11-29T12:00:00", who=word, why=word)
    engine.dispose()
    done = run(address, first="2026-11-01", last="2026-11-30")
    assert done.exit_code == 0
    shape = _shape(done.stdout)
    assert not shape & {"image", "link_open", "html_block", "html_inline", "code_inline", "s_open", "em_open"}
    assert done.stdout.isprintable() or not set(done.stdout) & set("\u202e\u2066\u200b\x1b\x00")
    assert not re.search(r"^\s*::|##\[", done.stdout, re.MULTILINE)
    assert max(map(len, done.stdout.splitlines())) < 12_000


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_html_is_one_file_in_which_nothing_of_a_record_acts(tmp_path: Path, number: int) -> None:
    text = HOSTILE[number]
    address = f"store://{tmp_path}/store.db"
    engine = open_store(address)
    ingest(engine, [hostile(text), seen("2026-11-29T10:00:00", *PERL)])
    word = text.replace("\udcff", "?").replace("\x00", "")
    judged(engine, PERL, "accepted", "2026-11-29T12:00:00", who=word, why=word)
    engine.dispose()
    page = run(address, "--format", "html", first="2026-11-01", last="2026-11-30").stdout
    found = Elements()
    found.feed(page)
    found.close()
    assert found.open == []
    assert found.tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "dl", "dt", "dd", "p", "nav", "ol", "li", "a",
        "section", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "strong",
    }  # fmt: skip
    assert found.attributes <= {"lang", "charset", "http-equiv", "content", "name", "href", "id", "scope", "class"}
    assert all(target.startswith("#") for target in found.targets)
    assert not set(page) & set("\u202e\u2066\u200b\x1b\x00")
    assert "url(" not in page
    assert "@import" not in page


def test_html_and_markdown_show_the_same_cells(store: str) -> None:
    found = Elements()
    found.feed(run(store, "--format", "html").stdout)
    cells = [cell for _, rows, _ in _tables(run(store).stdout) for row in rows for cell in row]
    assert found.cells == cells
    assert "default-src 'none'; style-src 'sha256-" in found.policy
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in found.policy


class Elements(HTMLParser):
    """What stands in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: list[str] = []
        self.open: list[str] = []
        self.cells: list[str] = []
        self.policy = self.style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        if "href" in given:
            self.targets.append(str(given["href"]))
        if given.get("http-equiv"):
            self.policy = str(given["content"])
        if tag == "td":
            self.cells.append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data
        if "style" in self.open:
            self.style += data


def logged(folder: Path, key: SigningKey | None = None) -> Path:
    """Write the month into a ledger."""
    log = Log(str(folder), key)
    for event in month():
        log.append(body_of(event.record, rfc3339(event.time)))
    log.close()
    return folder


def of_ledger(ledger: Path, *words: str) -> Any:
    done = CliRunner().invoke(cli, ["report", "audit", "--ledger", str(ledger), "--from", FIRST, "--to", LAST, *words])
    if isinstance(done.exception, FlycatcherError):
        raise done.exception
    return done


def test_a_ledger_is_asked_as_a_store_is_but_for_what_people_said(tmp_path: Path) -> None:
    ledger = logged(tmp_path / "ledger")
    found = report(Asked(first=FIRST, last=LAST, ledger=ledger))
    assert found.is_sound
    assert dict(found.facts)["integrity"].startswith("holds together: 14 entries")
    assert rows(found, "Figures") == [(3, 2, 5, 6)]
    assert rows(found, "By what was done at once") == [("observed", 4, 5)]
    assert [section.id for section in found.sections if section.missing][:1] == ["triage"]
    text = of_ledger(ledger).stdout
    assert "**Not given:** what people said of detections&#58; a ledger does not hold it" in text
    assert "| state |" not in text
    # what the report says of how to ask it: import it, and run the query
    again = tmp_path / "again.db"
    done = CliRunner().invoke(cli, ["store", "import", "--store", f"store://{again}", str(ledger)])
    assert (done.exit_code, done.stdout) == (0, f"{ledger}: 14 added, 0 known\n")
    connection = sqlite3.connect(again)
    for section in found.sections:
        for each in section.tables if section.id in {"coverage", "detections"} else ():
            assert (each.title, connection.execute(each.queries[0].text).fetchall()) == (each.title, list(each.rows))


def test_a_ledger_that_was_changed_is_reported_as_that(tmp_path: Path) -> None:
    ledger = logged(tmp_path / "ledger")
    bodies = next((ledger / "bodies").rglob("*.jsonl"))
    bodies.write_bytes(bodies.read_bytes().replace(b"nothing was watched", b"nothing was missed!"))
    done = of_ledger(ledger)
    assert done.exit_code == 1
    assert "entry 3 was changed" in done.stdout
    assert "**The evidence does not hold together" in done.stdout
    assert '<p class="broken">' in of_ledger(ledger, "--format", "html").stdout


def test_what_stands_behind_the_checkpoint_is_in_no_figure_and_that_is_said(tmp_path: Path) -> None:
    ledger = logged(tmp_path / "ledger")
    bodies = next((ledger / "bodies").rglob("*.jsonl"))
    with bodies.open("ab") as file:
        file.write(body_of(seen("2026-10-30T10:00:00", *PERL).record, "2026-10-30T10:00:00.000000Z") + b"\n")
    done = of_ledger(ledger)
    assert done.exit_code == 0
    assert "holds together&#58; 14 entries" in done.stdout
    assert "Not in the figures is what was written after the last checkpoint&#58; entry 14 was put in" in done.stdout
    assert rows(report(Asked(first=FIRST, last=LAST, ledger=ledger)), "Figures") == [(3, 2, 5, 6)]


def test_the_key_of_a_ledger_is_checked_where_it_is_given(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    ours, other = (from_seed("log.example", ED25519, seed * 32) for seed in (b"a", b"b"))
    ledger = logged(tmp_path / "ledger", ours)
    assert "its signature was not checked, as no key was given" in of_ledger(ledger).stdout
    done = of_ledger(ledger, "--key", ours.verifier.text())
    assert (done.exit_code, "Who wrote the ledger is not known" in done.stdout) == (0, False)
    done = of_ledger(ledger, "--key", other.verifier.text())
    assert (done.exit_code, "the signature is missing" in done.stdout) == (1, True)
    done = CliRunner().invoke(cli, ["report", "audit", "--key", "x", "--from", FIRST, "--to", LAST])
    assert (done.exit_code, "--key needs --ledger" in done.output) == (2, True)


def test_what_is_no_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(FlycatcherError, match="No such file"):
        of_ledger(tmp_path / "none")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FlycatcherError, match="the checkpoint is missing, or is none"):
        of_ledger(tmp_path / "folder")


def test_a_store_and_a_ledger_are_not_both_given(store: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli, ["report", "audit", "--store", store, "--ledger", str(tmp_path), "--from", FIRST, "--to", LAST]
    )
    assert (done.exit_code, "--store and --ledger" in done.output) == (2, True)


def test_a_ledger_is_read_where_the_variable_names_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYCATCHER_STORE", "store:///nowhere/store.db")
    assert of_ledger(logged(tmp_path / "ledger")).exit_code == 0


def _shape(text: str) -> set[str]:
    """Return the kinds of what Markdown makes of a text."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}


def test_the_first_rows_are_shown_where_there_are_very_many_and_that_is_said(tmp_path: Path) -> None:
    address = f"store://{tmp_path}/store.db"
    engine = open_store(address)
    ingest(
        engine,
        [seen("2026-10-05T10:00:00", "ruby", "-e", f"puts {n}", host__name=f"host-{n:04}") for n in range(ROWS + 5)],
    )
    engine.dispose()
    found = made(address)
    assert (len(rows(found, "Hosts")), table(found, "Hosts").more) == (ROWS, True)
    assert rows(found, "Figures")[0][0] == ROWS + 5
    assert "The first 200 rows; the query gives all." in run(address).stdout


def test_an_output_that_cannot_be_written_is_an_error(store: str, tmp_path: Path) -> None:
    with pytest.raises(FlycatcherError, match="No such file"):
        run(store, "-o", f"{tmp_path}/no/report.md")


def test_values_are_shown_as_people_read_them() -> None:
    assert [duration(n) for n in (0, 59.6, 61, 7200, 90_061)] == [
        "0 s",
        "1 min 0 s",
        "1 min 1 s",
        "2 h 0 min",
        "1 d 1 h",
    ]
    assert shown(None, "count") == shown("", "text") == "-"
    assert (shown(1234567, "count"), shown(12.345, "percent")) == ("1,234,567", "12.3 %")
    assert shown(1e300, "time").endswith("s since 1970")
