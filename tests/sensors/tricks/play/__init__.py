"""Plays tricks inside a build: ``python3 -m play NAME...``. Each tries to have an interpreter make the file MARK without being stopped.

Nothing here does harm: the marker is an empty file in the folder that the trick is played in. Only the standard library is used.
"""

from . import files, namespaces, paths, starts, supervisor, takeover, texts, unread
from .common import CODE, PERL, TRICKS, called

__all__ = [
    "CODE",
    "PERL",
    "TRICKS",
    "called",
    "files",
    "namespaces",
    "paths",
    "starts",
    "supervisor",
    "takeover",
    "texts",
    "unread",
]
