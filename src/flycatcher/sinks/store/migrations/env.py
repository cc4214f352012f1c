"""Alembic's entry: run the revisions on the connection that it was given."""

from __future__ import annotations

from alembic import context

from flycatcher.sinks.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
