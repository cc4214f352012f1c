"""Shell scripts: by name, by ``#!`` line; git hooks, husky hooks, and what their names tell apart from other scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Always, Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.githooks import HOOKS
from flycatcher.sources.buildfiles.engine.lines import configured
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.shells import program_of_shebang
from flycatcher.sources.buildfiles.engine.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located


_INSTALL = lazy(r"^(?:function[ \t]+)?(?:pre|post)_(?:install|upgrade|remove)[ \t]*\(\)", re.MULTILINE)


_TEST = lazy(r"^[ \t]*(@test[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\S+)[ \t]+)(?=\{[ \t]*$)", re.MULTILINE)
"""Bats (its manual, writing tests): what makes a function of a test's braces."""
_SERVICE = lazy(r"#![^\n]*\b(?:openrc-run|runscript)\b")
_SETS = lazy(r"^[ \t]*(command(?:_args)?)=(?:\"((?:\\.|[^\"\\])*)\"|'([^']*)'|([^\s;'\"]+))[ \t]*$", re.MULTILINE)


def _grouped(text: Located) -> Located:
    """Return a text of Bats with the tests' braces alone, every place kept."""
    builder, at = Builder(), 0
    for match in _TEST.finditer(text.text):
        builder.take(text, at, match.start(1))
        builder.replace(text, match.start(1), match.end(1), " " * len(match[1]))
        at = match.end(1)
    builder.take(text, at)
    return builder.done()


def _service(document: Document) -> Iterator[Start]:
    """Yield what a service of OpenRC starts (openrc-run(8)): the words of ``command`` and ``command_args``, the last of each."""
    found = {match[1]: match for match in _SETS.finditer(document.text)}
    if "command" in found and "command_args" in found:
        given = [match[2] or match[3] or match[4] or "" for match in (found["command"], found["command_args"])]
        span = found["command_args"].span()
        yield Start(argv=(*split(given[0]), *split(given[1])), span=span, symbol=("command",))


def dialect(document: Document) -> str:
    """Return the dialect by the ``#!`` line, else by the name; ``.sh`` without a line is read as bash, which takes most."""
    by_line = bourne_grammar_of(program_of_shebang(document.text.removeprefix("\ufeff")))
    suffix = document.name.rpartition(".")[2]
    return by_line or (bourne_grammar_of(suffix) if suffix != "sh" else "") or "bash"


class Shell(FileType):
    """Scripts of the Bourne family."""

    id = "shell"
    names: ClassVar[tuple[str, ...]] = (
        "*.sh", "*.bash", "*.zsh", "*.ksh", "*.bats", ".bashrc", ".bash_profile", ".profile", ".zshrc", ".envrc", "*.sh.in",
    )  # fmt: skip
    shebangs: ClassVar[tuple[str, ...]] = ("bats", "openrc-run", "runscript")
    languages: ClassVar[tuple[str, ...]] = ("shell",)
    words: ClassVar[tuple[Searcher, ...]] = (Always(),)
    nul = True
    rank = 60
    kind: ClassVar[str] = ""

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield the whole file."""
        symbol = (self.kind, document.name) if self.kind else ()
        text = configured(document).located
        if _TEST.search(text.text):
            text = _grouped(text)
        yield Region(text=text, dialect=dialect(document), symbol=symbol, args=None)
        if _SERVICE.match(document.text):
            yield from _service(document)


class GitHook(Shell):
    """githooks(5): sample hooks are not run, and are left out."""

    id = "git-hook"
    rank = 30
    shebangs: ClassVar[tuple[str, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ()
    kind = "hook"
    names: ClassVar[tuple[str, ...]] = tuple(
        f"{folder}/{name}"
        for folder in ("hooks", ".githooks", ".husky", ".git-hooks", "githooks", ".lefthook/*")
        for name in HOOKS
    )

    def accepts(self, document: Document) -> bool:
        """Leave a hook in another language to that language."""
        return not document.text.startswith("#!") or bool(bourne_grammar_of(program_of_shebang(document.text)))


class DebianScript(Shell):
    """Debian maintainer scripts (deb-postinst(5) and its like): root runs them when a package is installed."""

    id = "debian-maintainer-script"
    rank = 30
    shebangs: ClassVar[tuple[str, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ()
    kind = "maintainer script"
    names: ClassVar[tuple[str, ...]] = tuple(
        f"{folder}/{prefix}{name}"
        for folder in ("debian", "DEBIAN")
        for prefix in ("", "*.")
        for name in ("preinst", "postinst", "prerm", "postrm", "config")
    )

    def accepts(self, document: Document) -> bool:
        """Leave a script in another language to that language."""
        return bool(bourne_grammar_of(program_of_shebang(document.text)))


class Pkgbuild(Shell):
    """PKGBUILD(5) and its install scripts: makepkg sources them in bash."""

    id = "pkgbuild"
    rank = 30
    shebangs: ClassVar[tuple[str, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ()
    kind = "package"
    names: ClassVar[tuple[str, ...]] = (
        "PKGBUILD",
        "APKBUILD",
        "*.ebuild",
        "*.eclass",
        "*.install",
        "SlackBuild",
        "*.SlackBuild",
    )

    def accepts(self, document: Document) -> bool:
        """Pacman's install scripts define functions (PKGBUILD(5)); Debian's files of this suffix are lists."""
        return not document.name.endswith(".install") or _INSTALL.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Region]:
        """Yield the whole file."""
        yield Region(text=document.located, dialect="bash", symbol=(self.kind, document.name))
