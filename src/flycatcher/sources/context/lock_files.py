"""The versions that a project's lock files pin its packages to.

Sources: npm's package-lock.json(5) and npm-shrinkwrap.json(5), the Cargo book (Cargo.lock), PEP 751 (pylock.toml), and files that
uv, Poetry, Bundler, Yarn 1 and Yarn 4, pnpm 8 and 9 and pip-compile write.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SIZE_LIMIT = 64 << 20
_SEPARATORS = re.compile(r"[-_.]+")
_YARN = re.compile(
    r'^"?(?P<name>(?:@[^@/\s]+/)?[^@\s"]+)@[^\n]*:\n(?:[ \t]+[^\n]*\n)*?[ \t]+version:? "?(?P<version>[^"\s]+)',
    re.MULTILINE,
)
_PNPM = re.compile(r"^  '?/?(?P<name>(?:@[^@/\s']+/)?[^@/\s']+)[@/](?P<version>\d[^'(:\s]*)[^\n]*:", re.MULTILINE)
_BUNDLER = re.compile(r"^    (?P<name>[\w.-]+) \((?P<version>[^)\s]+)\)", re.MULTILINE)
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


def locked_versions(folder: Path) -> dict[str, str]:
    """Return the versions by package name, of several in order with commas; a file that cannot be read has none."""
    found: dict[str, set[str]] = {}
    for pattern, read in _FILES.items():
        for path in sorted(folder.glob(pattern)):
            for name, version in _read(path, read):
                found.setdefault(normal(name), set()).add(version)
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}


def normal(name: str) -> str:
    """Return a package's name as all spellings of it are compared: PEP 503's, but for npm's scopes."""
    return _SEPARATORS.sub("-", name).lower()


def _read(path: Path, read: Callable[[str], Iterator[tuple[str, str]]]) -> list[tuple[str, str]]:
    try:
        if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
            return []
        return list(read(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return []


def _npm(text: str) -> Iterator[tuple[str, str]]:
    """Read lockfileVersion 1 (``dependencies``, nested) and 2 and 3 (``packages``, by folder)."""
    document = json.loads(text)
    for folder, about in _tables(document, "packages"):
        yield folder.rpartition("node_modules/")[2], str(about.get("version", ""))
    waiting = [document]
    while waiting:
        for name, about in _tables(waiting.pop(), "dependencies"):
            yield name, str(about.get("version", ""))
            waiting.append(about)


def _tables(document: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:  # noqa: ANN401 - any JSON
    """Yield the members of an object's object that are objects themselves."""
    held = document.get(name) if isinstance(document, dict) else None
    for key, value in held.items() if isinstance(held, dict) else ():
        if key and isinstance(value, dict) and value.get("version"):
            yield key, value


def _toml(text: str) -> Iterator[tuple[str, str]]:
    document = tomllib.loads(text)
    for row in (*document.get("package", ()), *document.get("packages", ())):
        if isinstance(row, dict) and row.get("name") and row.get("version"):
            yield str(row["name"]), str(row["version"])


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[str, str]]]:
    return lambda text: ((match["name"], match["version"]) for match in pattern.finditer(text))


_FILES: Mapping[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "package-lock.json": _npm,
    "npm-shrinkwrap.json": _npm,
    "yarn.lock": _matches(_YARN),
    "pnpm-lock.yaml": _matches(_PNPM),
    "Cargo.lock": _toml,
    "uv.lock": _toml,
    "poetry.lock": _toml,
    "pylock*.toml": _toml,
    "Gemfile.lock": _matches(_BUNDLER),
    "requirements*.txt": _matches(_PINNED),
}
