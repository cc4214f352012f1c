"""Search by detection: which texts a detection has, and full-text search that leads from a word to detections in one step.

A number of its own takes the place of SQLite's rowid, which VACUUM is free to change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table from what is stored, full-text search over it, and an index from which filters are answered."""
    op.create_table(
        "detection_snippets",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "fingerprint", sa.String(16), sa.ForeignKey("detections.fingerprint", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("snippets.sha256"), nullable=False),
        sa.UniqueConstraint("fingerprint", "sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_detection_snippets_sha256", "detection_snippets", ["sha256"])
    op.execute(
        "INSERT INTO detection_snippets (fingerprint, sha256) SELECT DISTINCT executions.fingerprint, execution_snippets.sha256 "
        "FROM execution_snippets JOIN executions ON executions.uid = execution_snippets.uid"
    )
    if op.get_bind().dialect.name == "sqlite":
        _search()
    _index()


def _search() -> None:
    """FTS5 over a view, kept up by triggers; PostgreSQL keeps the index that it has."""
    op.execute("DROP TRIGGER snippets_added")
    op.execute("DROP TRIGGER snippets_gone")
    op.execute("DROP TABLE snippet_search")
    op.execute(
        "CREATE VIEW searched AS SELECT number, words FROM detection_snippets "
        "JOIN snippets ON snippets.sha256 = detection_snippets.sha256"
    )
    op.execute(
        "CREATE VIRTUAL TABLE snippet_search USING fts5(words, content='searched', content_rowid='number', columnsize=0)"
    )
    op.execute("INSERT INTO snippet_search(snippet_search) VALUES ('rebuild')")
    op.execute(
        "CREATE TRIGGER detection_snippets_added AFTER INSERT ON detection_snippets BEGIN "
        "INSERT INTO snippet_search(rowid, words) SELECT new.number, words FROM snippets WHERE sha256 = new.sha256; END"
    )
    op.execute(
        "CREATE TRIGGER detection_snippets_gone AFTER DELETE ON detection_snippets BEGIN "
        "INSERT INTO snippet_search(snippet_search, rowid, words) "
        "SELECT 'delete', old.number, words FROM snippets WHERE sha256 = old.sha256; END"
    )


def _index() -> None:
    """Hold in the index what is asked of the sightings of one detection."""
    op.drop_index("ix_executions_fingerprint_time", "executions")
    own = ["level", "score", "interpreter", "vector", "host", "environment", "outcome", "job"]
    op.create_index("ix_executions_fingerprint_time", "executions", ["fingerprint", "time", "uid", *own])
