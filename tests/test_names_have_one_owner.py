"""Names of shells and of interpreters stand in their tables alone: everything else asks the index.

A list is a literal collection, or the alternatives of one regular expression, with three or more of these names.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import flycatcher
from flycatcher.core.interpreters.engine import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(flycatcher.__file__).parent
OWNERS = ("core/interpreters/",)
MANY = 3
EXCEPTIONS = {
    "core/shell/syntax/transcript.py": "the consoles that people type into; a shell script names many more",
    "core/payload/harmless_names.py": "languages that payloads are written in",
    "core/payload/names.py": "languages that payloads are written in",
    "core/payload/capabilities/": "languages that rules speak of",
    "core/payload/languages/": "names by which hosts embed languages, and aliases of languages",
    "sinks/formats/frame.py": "suffixes of languages' files",
    "sources/buildfiles/sources.py": "bytes that make a file worth parsing, searched before anything is imported",
    "core/unread.py": "families of interpreters, which are folders",
    "sources/buildfiles/ci_content.py": "keys of Azure's steps, which are called so",
    "sources/buildfiles/engine/spawn.py": "what each language calls its own interpreter",
    "sources/buildfiles/configuration_managers.py": "resources of Chef, which are called so",
    "sources/buildfiles/notebook.py": "IPython's cell magics, which are called so",
    "sources/buildfiles/ci_systems.py": "keys of CI systems' files, which are called so",
    "sources/buildfiles/engine/groovy.py": "steps of Jenkins pipelines, which are called so",
}
"""Places where the words mean something else, or are searched for in bytes, and why."""
_WORD = re.compile(r"[a-z][a-z0-9]+")


def well_known() -> set[str]:
    """Return the names that would make a list: shells, and the interpreters that variables are named after."""
    entries = catalog.entries()
    shells = {entry.id for entry in entries if entry.kind == "shell" or entry.grammar}
    return shells | {"dash", "ash", "nodejs", "python3", "powershell"} | {e.id for e in entries if e.in_variables}


def lists(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """Yield the line and the words of each literal collection and of each text that may be a regular expression."""
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield node.lineno, {e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)}
        elif isinstance(node, ast.Dict):
            yield node.lineno, {e.value for e in node.keys if isinstance(e, ast.Constant) and isinstance(e.value, str)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docs:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            pieces = text.split("|") if "|" in text else text.split()
            yield node.lineno, {word for piece in pieces for word in _WORD.findall(piece)[:1]}


@cache
def found() -> dict[str, list[str]]:
    """Return the lists of names in the sources, by file."""
    names, places = well_known(), {}
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        if file.startswith(OWNERS) or path.name == "_index.py":
            continue
        text = path.read_text(encoding="utf-8")
        if len(names.intersection(_WORD.findall(text))) < MANY:
            continue
        for line, words in lists(ast.parse(text)):
            if len(words & names) >= MANY:
                places.setdefault(file, []).append(f"{line}: {sorted(words & names)}")
    return places


def test_no_list_of_shells_or_interpreters_stands_outside_their_tables() -> None:
    assert {file: at for file, at in found().items() if not file.startswith(tuple(EXCEPTIONS))} == {}


def test_every_exception_is_still_one() -> None:
    assert [each for each in EXCEPTIONS if not any(file.startswith(each) for file in found())] == []


def test_a_list_is_recognised_however_it_is_written() -> None:
    for text in (
        '{"sh", "bash", "zsh"}',
        'x = r"(?:sh|bash|zsh)$"',
        'frozenset("sh bash zsh".split())',
        '{"sh": 1, "ksh": 2, "dash": 3}',
    ):
        assert any(len(words & well_known()) >= MANY for _, words in lists(ast.parse(text))), text
