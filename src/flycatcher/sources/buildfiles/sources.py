"""Sources in scripting languages that start shells or interpreters: setup.py, noxfile.py, Rakefile, gemspec, gulpfile.js, ...

The payload analysis folds their constants; programs started with known words or text are passed on.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import behind_needles, lazy
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located, between

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_ANY_CASE = (b"python", b"perl", b"ruby", b"node", b"php")
_NAMES = behind_needles(
    rb"pypy|jython|lua|deno\b|\bbun\b|tclsh|wish\b|expect\b|[Rr]script|julia|elixir|\berl\b|groovy|"
    rb"osascript|pwsh|powershell|guile|sbcl|emacs|\bvim?\b|\bgdb\b|gnuplot|awk\b|scala|kotlin|swift\b|jshell|octave|\biex\b|"
    rb"sys\.executable|execPath|\$\^X|EXECUTABLE_NAME|RbConfig|\bbash\b|curl|wget"
)
"""Names of interpreters, and of what brings text for one, as bytes: what a file must contain to be worth parsing."""
_STARTS = behind_needles(
    rb"subprocess|popen|Popen|spawn|system|exec|shell_output|pipe_output|\brule[ \t]*=|check_output|getoutput|`|%x|qx|\bsh\b|open3|child_process|shell|proc_open|passthru|"
    rb"\.(?:run|sudo|local|run_always|run_install)\(|\b(?:Command|Execute|Action|Builder|ParseConfig)\(|with_exec|withExec|\brun[ \t]+[\"']"
)


_DECODES = behind_needles(
    rb"b(?:16|32|64|85)decode|a85decode|fromhex|unhexlify|decompress|codecs|marshal|decode_?base64|base64_decode|decode64|gzinflate|"
    rb"gzuncompress|str_rot13|hex2bin|atob|Buffer|unpack"
)
_EVALUATES = behind_needles(rb"\b(?:exec|eval|compile|assert|Function|load|loadstring|instance_eval|class_eval)\b")


class _Source(FileType):
    """One language."""

    rank = 60
    language: ClassVar[str] = ""
    words: ClassVar[tuple[Searcher, ...]] = ()
    starts: ClassVar[Searcher] = _STARTS
    """What calls of the language that start a program cannot be written without."""

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what the source's calls start."""
        from flycatcher.sources.buildfiles.engine.spawn import spawns  # noqa: PLC0415 - loads the parsers

        # a name of an interpreter and a way to start one: most sources lack one of them
        head = document.text.encode("utf-8", "surrogateescape")
        if not (_named(head) and self.starts.search(head)) and not (_DECODES.search(head) and _EVALUATES.search(head)):
            return
        for spawn in spawns(document, self.language):
            symbol = (spawn.function,)
            if spawn.text is None:
                payload = _elsewhere(document, spawn.argv, spawn.span)
                yield Start(argv=spawn.argv, span=spawn.span, symbol=symbol, stdin_text=spawn.stdin, payload=payload)
            elif spawn.text.strip():
                yield Region(text=placed(document, spawn.text, spawn.span), dialect="sh", symbol=symbol)


def _named(head: bytes) -> bool:
    """Whether a source names an interpreter."""
    lowered = head.lower()
    return any(name in lowered for name in _IN_ANY_CASE) or _NAMES.search(head) is not None


def _elsewhere(document: Document, argv: tuple[str, ...], span: tuple[int, int]) -> tuple[int, int] | None:
    """Return where a word of several lines is written, if that is not in the call but at one other place."""
    text = max(argv[1:], key=len, default="")
    if "\n" not in text or document.text.find(text, *span) >= 0:
        return None
    return _alone(document.text, text)


def _alone(whole: str, text: str) -> tuple[int, int] | None:
    """Return the only place of a text, None where there are several or none."""
    at = whole.find(text)
    return (at, at + len(text)) if at >= 0 and whole.find(text, at + 1) < 0 else None


def placed(document: Document, text: str, span: tuple[int, int]) -> Located:
    """Return shell text with its own place where it is written as it is, else with that of the call."""
    at = document.text.find(text, *span)
    if at >= 0 and document.text.find(text, at + 1, span[1]) < 0:
        return between(document.text, at, at + len(text))
    if at < 0 and "\n" in text and (alone := _alone(document.text, text)):
        # a here-document, a constant
        return between(document.text, *alone)
    builder = Builder()
    for line in text.splitlines(keepends=True):
        builder.put(line, *span)
    return builder.done()


class Python(_Source):
    """Python: setup.py, noxfile.py, fabfile.py, SConstruct, and every other source."""

    id = "python"
    language = "python"
    names: ClassVar[tuple[str, ...]] = (
        "*.py",
        "*.pyw",
        "SConstruct",
        "SConscript",
        "SCsub",
        "wscript",
        "wscript_*",
        "conanfile.txt",
    )
    languages: ClassVar[tuple[str, ...]] = ("python",)
    starts: ClassVar[Searcher] = behind_needles(
        rb"subprocess|[pP]open|spawn|\bsystem\s*\(|\bexec[lv]\w*|exec_command|cmd_and_log|check_output|getoutput|pexpect|plumbum|\bsh\b|"
        rb"\.(?:run|sudo|local|run_always|run_install)\(|\b(?:Command|Execute|Action|Builder|ParseConfig)\(|with_exec|\brule[ \t]*=|__import__|getattr"
    )
    words: ClassVar[tuple[Searcher, ...]] = (
        behind_needles(
            rb"subprocess|os\.|popen|spawn|pexpect|\bsh\b|__import__|exec|plumbum|\.(?:run|sudo|local|run_always|run_install)\(|\b(?:Command|Execute|Action|Builder|ParseConfig)\(|with_exec|cmd_and_log|\brule[ \t]*="
        ),
    )


class JavaScript(_Source):
    """Node's, Deno's and Bun's sources, and configuration files written in JavaScript."""

    id = "javascript"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    language = "javascript"
    names: ClassVar[tuple[str, ...]] = ("*.js", "*.cjs", "*.mjs", "*.ts", "*.cts", "*.mts")
    languages: ClassVar[tuple[str, ...]] = ("javascript", "typescript")
    words: ClassVar[tuple[Searcher, ...]] = (
        behind_needles(rb"child_process|execa|shelljs|Bun\.spawn|Deno\.(?:run|Command)|@actions/exec|\bzx\b|withExec"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what calls start; TypeScript's types say nothing of it."""
        if document.name.endswith((".ts", ".mts", ".cts")):
            from flycatcher.sources.buildfiles.engine.typescript import without_types  # noqa: PLC0415

            document = Document(document.path, without_types(document.text))
        yield from super().read(document)
        if _named(document.text.encode("utf-8", "surrogateescape")):
            from flycatcher.sources.buildfiles.engine.literals import CURLY, Reader, lines_of  # noqa: PLC0415

            yield from guess.in_source(document, Reader(document.text, CURLY), lines_of(document.text))


class Ruby(_Source):
    """Ruby: Rakefile, Gemfile, gemspec, Podfile, Fastfile, Vagrantfile, and every other source."""

    id = "ruby"
    language = "ruby"
    names: ClassVar[tuple[str, ...]] = (
        "*.rb", "*.rake", "*.gemspec", "Rakefile", "rakefile", "Gemfile", "Fastfile", "Guardfile", "Capfile", "Brewfile", "Dangerfile",
        "Berksfile", "*.ru", "*.thor", "Thorfile", "*.cap", "Appraisals",
    )  # fmt: skip
    languages: ClassVar[tuple[str, ...]] = ("ruby",)
    words: ClassVar[tuple[Searcher, ...]] = (
        behind_needles(
            rb"`|%x|\bx?system|\bruby\b|\bexec\b|\bspawn\b|popen|_output\b|\bsh\b|[Oo]pen3|PTY|shell|\brun\b|\beval\b"
        ),
    )


class Perl(_Source):
    """Perl: Makefile.PL, Build.PL, and every other source."""

    id = "perl"
    language = "perl"
    names: ClassVar[tuple[str, ...]] = ("*.pl", "*.PL", "*.pm", "*.t", "cpanfile")
    languages: ClassVar[tuple[str, ...]] = ("perl",)
    words: ClassVar[tuple[Searcher, ...]] = (
        behind_needles(rb"`|\bqx\b|\bsystem\b|\bexec\b|\bopen|IPC::|postamble|\n\t@|\beval\b"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what calls start, and the makefile that a Makefile.PL writes in a here-document."""
        yield from super().read(document)
        if document.name.endswith(".PL"):
            from flycatcher.sources.buildfiles.makefile import Makefile  # noqa: PLC0415

            for start, end in _rules(document.text):
                yield from Makefile().read(Document(document.path, _only(document.text, start, end)))


_OPENING = lazy(r"<<~?[ \t]*['\"]?([A-Za-z_]\w*)['\"]?[^\n]*\n")
_RULE = lazy(r"^[^\s#][^\n=]*:[^\n]*\n\t", re.MULTILINE)
MAX_HEREDOCS = 100


def _rules(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of here-documents that hold a rule of a makefile with its recipe."""
    for match in islice(_OPENING.finditer(text), MAX_HEREDOCS):
        closing = re.compile(rf"^[ \t]*{match[1]}[ \t]*$", re.MULTILINE).search(text, match.end())
        if closing and _RULE.search(text, match.end(), closing.start()):
            yield match.end(), closing.start()


def _only(text: str, start: int, end: int) -> str:
    """Return the text with all but a part of it blank, so that every place stays."""
    return re.sub(r"[^\n]", " ", text[:start]) + text[start:end]


class Php(_Source):
    """PHP sources."""

    id = "php"
    comments: ClassVar[tuple[str, ...]] = ("#", "//", "/*")
    language = "php"
    names: ClassVar[tuple[str, ...]] = ("*.php", "*.phtml", "*.php5", "*.inc")
    languages: ClassVar[tuple[str, ...]] = ("php",)
    words: ClassVar[tuple[Searcher, ...]] = (
        behind_needles(rb"`|\bexec|system|passthru|popen|proc_open|shell_exec|\beval"),
    )

    def accepts(self, document: Document) -> bool:
        """PHP begins with a tag."""
        return "<?" in document.text


class Lua(_Source):
    """Lua sources and rockspecs."""

    id = "lua"
    comments: ClassVar[tuple[str, ...]] = ("--",)
    language = "lua"
    names: ClassVar[tuple[str, ...]] = ("*.lua", "*.rockspec")
    languages: ClassVar[tuple[str, ...]] = ("lua",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"os\.execute|io\.popen|posix"),)


class Groovy(_Source):
    """Groovy scripts and Gradle builds: ``"...".execute()``, ``exec { commandLine ... }``."""

    id = "groovy"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    language = "groovy"
    names: ClassVar[tuple[str, ...]] = ("*.groovy", "*.gradle", "*.gvy")
    languages: ClassVar[tuple[str, ...]] = ("groovy",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"exec|commandLine|ProcessBuilder|\bsh\b|\bbat\b|executable"),)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what calls start, and what pipeline steps and Gradle's exec blocks do."""
        from flycatcher.sources.buildfiles.engine.groovy import command_lines, steps  # noqa: PLC0415
        from flycatcher.sources.buildfiles.engine.literals import CURLY, Reader, lines_of  # noqa: PLC0415

        yield from super().read(document)
        yield from steps(document)
        yield from command_lines(document)
        yield from guess.in_source(document, Reader(document.text, CURLY), lines_of(document.text))


class Jenkinsfile(FileType):
    """Jenkins pipelines: ``sh``, ``bat``, ``powershell`` and ``pwsh`` steps (Pipeline: Nodes and Processes)."""

    id = "jenkinsfile"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        "Jenkinsfile",
        "Jenkinsfile.*",
        "Jenkinsfile-*",
        "Jenkinsfile_*",
        "*.jenkins",
        "*.jenkinsfile",
        "*.Jenkinsfile",
        "jenkinsfile",
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield each step's text."""
        from flycatcher.sources.buildfiles.engine.groovy import executed, steps  # noqa: PLC0415

        yield from steps(document)
        yield from executed(document)
