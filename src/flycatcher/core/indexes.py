"""``python -m flycatcher.core.indexes``: write the indexes that spare a command the import of what it does not need.

They are made from the tables themselves when a wheel or an editable install is built, and by ``make index``.
"""

from __future__ import annotations

from pathlib import Path

from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.identity import marked
from flycatcher.core.payload import language, rules

_HERE = Path(__file__).parent


_SOURCES = {
    _HERE / "interpreters/_index.py": catalog.source,
    _HERE / "interpreters/identity/_index.py": marked.source,
    _HERE / "payload/_index.py": rules.source,
    _HERE / "payload/languages/_index.py": language.source,
}


def texts() -> dict[Path, str]:
    """Return what each index's file has to hold."""
    return {path: source() for path, source in _SOURCES.items()}


def write() -> list[Path]:
    """Write the indexes, none of them from an old one, which may name a table that is gone; return their paths."""
    for path in _SOURCES:
        path.unlink(missing_ok=True)
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    return list(_SOURCES)


if __name__ == "__main__":
    write()
