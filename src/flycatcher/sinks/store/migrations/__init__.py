"""The schema's history: a file a revision, run by Alembic."""
