"""The schema of the first version, written out: later changes of :mod:`flycatcher.sinks.store.schema` do not reach it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and what full-text search needs."""
    _places()
    _sightings()
    _texts()
    _notes()
    _search()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str, kind: type[sa.types.TypeEngine[int]] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=False)


def _places() -> None:
    op.create_table(
        "hosts", sa.Column("host", sa.String(255), primary_key=True), _time("first_seen"), _time("last_seen")
    )
    names = ("system", "repository", "workflow", "name", "run", "commit", "ref")
    op.create_table("jobs", sa.Column("job", sa.String(32), primary_key=True), *map(_text, names))


def _sightings() -> None:
    op.create_table(
        "detections",
        sa.Column("fingerprint", sa.String(16), primary_key=True),
        _word("shape", 16), _word("interpreter", 64), _number("level"), _number("score"), _text("title"), _text("techniques"),
        _time("first_seen"), _time("last_seen"), _number("count", sa.BigInteger),
    )  # fmt: skip
    op.create_index("ix_detections_shape", "detections", ["shape"])
    op.create_index("ix_detections_interpreter", "detections", ["interpreter"])
    op.create_table(
        "executions",
        sa.Column("uid", sa.String(32), primary_key=True),
        _time("time"),
        sa.Column("fingerprint", sa.String(16), sa.ForeignKey("detections.fingerprint", ondelete="CASCADE"), nullable=False),
        sa.Column("host", sa.String(255), sa.ForeignKey("hosts.host"), nullable=False),
        sa.Column("job", sa.String(32), sa.ForeignKey("jobs.job")),
        _number("level"), _number("score"), _word("interpreter", 64), _word("vector", 32), _word("environment", 32),
        _word("outcome", 32), _word("sensor", 32), _text("user"), _text("container"), _text("path"), _text("command"),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )  # fmt: skip
    for name in ("fingerprint", "host", "job"):
        op.create_index(f"ix_executions_{name}", "executions", [name])
    op.create_index("ix_executions_time_uid", "executions", ["time", "uid"])
    op.create_index("ix_executions_level_time", "executions", ["level", "time"])


def _texts() -> None:
    op.create_table(
        "snippets",
        sa.Column("sha256", sa.String(64), primary_key=True),
        _word("language", 64), _number("bytes", sa.BigInteger), _text("text"), _text("words"),
    )  # fmt: skip
    op.create_table(
        "execution_snippets",
        sa.Column("uid", sa.String(32), sa.ForeignKey("executions.uid", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("snippets.sha256"), nullable=False),
        _word("vector", 32),
    )
    op.create_index("ix_execution_snippets_sha256", "execution_snippets", ["sha256"])
    op.create_table(
        "layers",
        sa.Column("sha256", sa.String(64), sa.ForeignKey("snippets.sha256", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _word("language", 64), _text("text"),
    )  # fmt: skip
    op.create_table(
        "capabilities",
        sa.Column(
            "fingerprint", sa.String(16), sa.ForeignKey("detections.fingerprint", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("capability", sa.String(128), primary_key=True),
    )
    op.create_index("ix_capabilities_capability", "capabilities", ["capability"])


def _notes() -> None:
    op.create_table(
        "notices",
        sa.Column("uid", sa.String(32), primary_key=True),
        _time("time"), _word("kind", 32),
        sa.Column("host", sa.String(255), sa.ForeignKey("hosts.host"), nullable=False),
        _word("sensor", 32), _text("place"), _number("count", sa.BigInteger), _text("text"),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )  # fmt: skip
    op.create_index("ix_notices_time", "notices", ["time"])
    op.create_index("ix_notices_kind", "notices", ["kind"])
    op.create_table(
        "triage",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        _word("fingerprint", 16), _word("state", 32), _text("who"), _time("time"), _text("why"),
        sa.UniqueConstraint("fingerprint", "time", "who"),
    )  # fmt: skip
    op.create_index("ix_triage_fingerprint", "triage", ["fingerprint"])


def _search() -> None:
    """FTS5 in SQLite, kept up by triggers; an index over a tsvector in PostgreSQL."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_snippets_words ON snippets USING gin (to_tsvector('simple', words))")
        return
    op.execute("CREATE VIRTUAL TABLE snippet_search USING fts5(words, content='snippets', content_rowid='rowid')")
    op.execute(
        "CREATE TRIGGER snippets_added AFTER INSERT ON snippets BEGIN "
        "INSERT INTO snippet_search(rowid, words) VALUES (new.rowid, new.words); END"
    )
    op.execute(
        "CREATE TRIGGER snippets_gone AFTER DELETE ON snippets BEGIN "
        "INSERT INTO snippet_search(snippet_search, rowid, words) VALUES ('delete', old.rowid, old.words); END"
    )
