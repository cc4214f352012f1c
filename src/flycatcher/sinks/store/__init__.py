"""The store: detections kept and searched, in SQLite or PostgreSQL, through SQLAlchemy Core."""
