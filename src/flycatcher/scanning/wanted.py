"""Which files are worth opening, by their names."""

from __future__ import annotations

from flycatcher.sources.buildfiles import named

_PLAIN = frozenset(
    "o a so class svg png jpg jpeg gif ico bmp webp tif tiff psd pdf ps eps zip gz bz2 xz zst lz4 7z rar tar tgz jar war whl "  # noqa: SIM905
    "egg deb rpm woff woff2 ttf otf eot mp3 mp4 ogg flac wav avi mov mkv webm pem crt der bin dat db sqlite pyc pyo mo gmo wasm "
    "md markdown rst adoc asciidoc html htm xhtml css scss less po pot tex texi texinfo bib "
    "man roff csv tsv jsonl ndjson sarif".split()
)
"""Suffixes of what no build runs: pictures, archives, compiled files, documents for people, reports."""


def wanted(name: str, path: str, *, docs: bool = False) -> bool:
    """Whether a file is worth opening, by its name: it fits a type, or may be run all the same."""
    _stem, dot, suffix = name.rpartition(".")
    return not dot or suffix not in _PLAIN or bool(named(path, docs=docs))
