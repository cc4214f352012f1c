"""What the console needs: the order of arrival, notes, users, sessions, the audit, and indexes over what is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what is stored already has arrived in the order of its times."""
    _arrivals()
    _notes()
    _people()
    _indexes()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer, primary_key=True, autoincrement=True)


def _arrivals() -> None:
    op.create_table(
        "arrivals",
        _number(),
        sa.Column(
            "uid", sa.String(32), sa.ForeignKey("executions.uid", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO arrivals (uid) SELECT uid FROM executions ORDER BY time, uid")


def _notes() -> None:
    op.create_table("notes", _number(), _word("fingerprint", 16), _text("who"), _time("time"), _text("text"))
    op.create_index("ix_notes_fingerprint", "notes", ["fingerprint"])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(64), primary_key=True),
        _word("role", 16), _text("password"), _time("created"), _time("changed"),
    )  # fmt: skip
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        _word("user", 64), _word("csrf", 64), _time("created"), _time("seen"),
    )  # fmt: skip
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "audit", _number(), _time("time"), _text("who"), _text("address"), _word("action", 32), _text("target")
    )
    op.create_index("ix_audit_time", "audit", ["time"])


def _indexes() -> None:
    for name in ("fingerprint", "host", "job"):
        op.drop_index(f"ix_executions_{name}", "executions")
    op.create_index("ix_executions_host_level", "executions", ["host", "level"])
    op.create_index("ix_executions_job_level", "executions", ["job", "level", "time"])
    op.create_index("ix_executions_fingerprint_time", "executions", ["fingerprint", "time", "uid"])
    counted = [
        "time",
        "fingerprint",
        "level",
        "score",
        "interpreter",
        "vector",
        "host",
        "environment",
        "outcome",
        "job",
    ]
    op.create_index("ix_executions_counted", "executions", counted)
    op.create_index("ix_detections_worst", "detections", ["score", "last_seen", "fingerprint"])
    op.create_index("ix_detections_latest", "detections", ["last_seen", "fingerprint"])
    op.create_index("ix_detections_newest", "detections", ["first_seen", "fingerprint"])
