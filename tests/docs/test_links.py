"""What the documentation refers to exists: pages, headings, files of the repository, modules."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.console import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = sorted(
    path
    for folder in ("src", "tools", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if "fixtures" not in path.parts and path != Path(__file__)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(
    r"(?<![\w/.-])((?:\.\./)*(?:src|docs|tests|tools|bench|examples|packaging|requirements)/[\w./-]*\w|\w+(?:/\w+)+\.(?:py|md))"
)
MODULE = re.compile(r"python3? -m ((?:bench|tests|flycatcher)[\w.]*)")
OTHER_PEOPLES = {"src/main.c"}


def prose(page: Path) -> str:
    """Return a page without its blocks and literals."""
    return re.sub(r"`[^`]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def files() -> set[str]:
    """Return every file and folder of the checkout, but those that tools keep below a dot or a cache."""
    found: set[str] = set()
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if not name.startswith(".") and name != "__pycache__"]
        found |= {os.path.relpath(os.path.join(folder, name), ROOT) for name in (*inner, *names)}
    return found


def exists(name: str) -> bool:
    """Whether a path that a text names is one of the repository's, from its root or from a folder in it."""
    name = re.sub(r"^(\.\./)+", "", name).rstrip("/")
    return any(known == name or known.endswith("/" + name) for known in files()) or name in OTHER_PEOPLES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_a_heading_that_exist(page: Path) -> None:
    dead = []
    for link in LINK.findall(prose(page)):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    text = re.sub(r"https?://\S+", "", page.read_text(encoding="utf-8"))
    assert [name for name in PATH.findall(text) if not exists(name)] == []
    modules = [name.replace(".", "/") for name in MODULE.findall(text)]
    assert [name for name in modules if not {f"{name}.py", name, f"src/{name}.py", f"src/{name}"} & files()] == []


def test_every_page_that_the_code_names_exists() -> None:
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in SOURCES
        for name in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 5
    assert [entry for entry in sorted(named) if not (ROOT / entry[1]).exists()] == []


def test_every_page_is_reachable_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop().resolve()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        todo += [page.parent / link.partition("#")[0] for link in LINK.findall(prose(page)) if "://" not in link]
    assert [str(page) for page in PAGES if page.name != "CHANGELOG.md" and page not in reached] == []


def test_a_dead_path_is_found() -> None:
    assert not exists("src/flycatcher/nothing.py")
    assert not exists("engine/nothing.py")
    assert exists("engine/options.py")
    assert PATH.findall("see `src/flycatcher/nowhere/` and tools/x.sh, or a/b.py") == [
        "src/flycatcher/nowhere",
        "tools/x.sh",
        "a/b.py",
    ]
