"""The tables as they are now. Changes go through a migration (:mod:`.migrations`), which a test compares with this.

An execution is one sighting; what its texts are is told once by their hash, and what all sightings of one detection have in common
once by the detection's id.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})

hosts = Table(
    "hosts",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("first_seen", Float, nullable=False),
    Column("last_seen", Float, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job", String(32), primary_key=True),  # a hash of what follows
    Column("system", Text, nullable=False),
    Column("repository", Text, nullable=False),
    Column("workflow", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("commit", Text, nullable=False),
    Column("ref", Text, nullable=False),
)

detections = Table(
    "detections",
    metadata,
    Column("fingerprint", String(16), primary_key=True),
    Column("shape", String(16), nullable=False, index=True),
    Column("interpreter", String(64), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("techniques", Text, nullable=False),
    Column("first_seen", Float, nullable=False),
    Column("last_seen", Float, nullable=False),
    Column("count", BigInteger, nullable=False),
    Index("ix_detections_worst", "score", "last_seen", "fingerprint"),
    Index("ix_detections_latest", "last_seen", "fingerprint"),
    Index("ix_detections_newest", "first_seen", "fingerprint"),
)

executions = Table(
    "executions",
    metadata,
    Column("uid", String(32), primary_key=True),  # a hash of the record: the same record is stored once
    Column("time", Float, nullable=False),
    Column("fingerprint", ForeignKey("detections.fingerprint", ondelete="CASCADE"), nullable=False),
    Column("host", ForeignKey("hosts.host"), nullable=False),
    Column("job", ForeignKey("jobs.job"), nullable=True),
    Column("level", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("interpreter", String(64), nullable=False),
    Column("vector", String(32), nullable=False),
    Column("environment", String(32), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("sensor", String(32), nullable=False),
    Column("user", Text, nullable=False),
    Column("container", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),  # JSON without its snippets' texts, compressed (zlib)
    Index("ix_executions_time_uid", "time", "uid"),
    Index(
        "ix_executions_fingerprint_time",
        "fingerprint",
        "time",
        "uid",
        "level",
        "score",
        "interpreter",
        "vector",
        "host",
        "environment",
        "outcome",
        "job",
    ),
    Index("ix_executions_host_level", "host", "level"),
    Index("ix_executions_job_level", "job", "level", "time"),
    # what is counted, filtered and grouped by is read from this alone, never from the wide rows
    Index(
        "ix_executions_counted",
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
    ),
    Index("ix_executions_level_time", "level", "time"),
)

snippets = Table(
    "snippets",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("language", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", Text, nullable=False),  # what full-text search looks at
)

execution_snippets = Table(
    "execution_snippets",
    metadata,
    Column("uid", ForeignKey("executions.uid", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sha256", ForeignKey("snippets.sha256"), nullable=False, index=True),
    Column("vector", String(32), nullable=False),
)

detection_snippets = Table(
    "detection_snippets",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # full-text search's in SQLite
    Column("fingerprint", ForeignKey("detections.fingerprint", ondelete="CASCADE"), nullable=False),
    Column("sha256", ForeignKey("snippets.sha256"), nullable=False, index=True),
    UniqueConstraint("fingerprint", "sha256"),
    sqlite_autoincrement=True,
)

layers = Table(
    "layers",
    metadata,
    Column("sha256", ForeignKey("snippets.sha256", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("language", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

capabilities = Table(
    "capabilities",
    metadata,
    Column("fingerprint", ForeignKey("detections.fingerprint", ondelete="CASCADE"), primary_key=True),
    Column("capability", String(128), primary_key=True, index=True),
)

notices = Table(
    "notices",
    metadata,
    Column("uid", String(32), primary_key=True),
    Column("time", Float, nullable=False, index=True),
    Column("kind", String(32), nullable=False, index=True),
    Column("host", ForeignKey("hosts.host"), nullable=False),
    Column("sensor", String(32), nullable=False),
    Column("place", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

triage = Table(
    "triage",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(16), nullable=False, index=True),
    Column("state", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("time", Float, nullable=False),
    Column("why", Text, nullable=False),
    UniqueConstraint("fingerprint", "time", "who"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column(
        "number", Integer, primary_key=True, autoincrement=True
    ),  # rises in the order in which sightings were stored
    Column("uid", ForeignKey("executions.uid", ondelete="CASCADE"), nullable=False, unique=True),
    sqlite_autoincrement=True,  # no number comes twice
)

notes = Table(
    "notes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(16), nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("time", Float, nullable=False),
    Column("text", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),  # argon2id; empty: the name comes from a proxy alone
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),  # the SHA-256 of what the browser has
    Column("user", String(64), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created", Float, nullable=False),
    Column("seen", Float, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("time", Float, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("target", Text, nullable=False),
)
