"""Ansible: the modules that run commands (ansible.builtin and ansible.windows collections), in playbooks and task files."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.located import Builder, between
from flycatcher.sources.buildfiles.engine.yaml import BRACES, extent, script, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located

_MODULE = r"(?:ansible\.(?:builtin|windows|legacy)\.)?(shell|command|raw|win_shell|win_command|win_powershell|expect)"
_KEY = lazy(_MODULE + r"\Z")
_CONTENT = re.compile(
    rb"(?m)^[ \t-]*['\"]?(?:ansible\.\w+\.)?"
    rb"(?:[\w.]+\.)?(?:shell|command|raw|win_shell|win_command|win_powershell|expect|cron|docker_container(?:_exec)?|podman_container|copy|blockinfile|(?:local_)?action)['\"]?[ \t]*:|['\"]pipe['\"]"
)
_FREE = lazy(
    r"(?:^|\s)(?:chdir|creates|removes|executable|warn|stdin|stdin_add_newline|strip_empty_ends)="
    r"(?:'[^']*'|\"[^\"]*\"|\{\{.*?\}\}|\S+)"
)
_INTERPRETER = lazy(
    r"ansible_(?:playbook_)?python\b|ansible_python_interpreter|ansible_python\.executable|python_interpreter"
)
_CRON = lazy(
    r"(?:ansible\.builtin\.)?cron\Z|(?:(?:community\.docker|containers\.podman)\.)?(?:docker|podman)_container(?:_exec)?\Z"
)
_FILE = lazy(r"(?:ansible\.builtin\.)?(?:copy|blockinfile|template)\Z")
_PIPE = re.compile(
    r"\b(?:lookup|query|q)\([ \t]*(['\"])(?:ansible\.builtin\.)?pipe\1[ \t]*,[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\")"
)
_ACTION = lazy(_MODULE + r"\s+")


class Ansible(FileType):
    """``shell`` and ``raw`` go to a shell, ``command`` is started as words, ``win_shell`` is PowerShell's text."""

    id = "ansible"
    rank = 80
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml")
    words: ClassVar[tuple[Searcher, ...]] = (_CONTENT,)

    def accepts(self, document: Document) -> bool:
        """Plays and tasks are lists of maps at the top of the file."""
        return (
            re.search(r"(?m)^[ \t]*- *(?:['\"]?[\w.]+['\"]?[ \t]*:|\n[ \t]+[\w.]+:)|^-[ \t]*#", document.text)
            is not None
        )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through plays, blocks and tasks."""
        for root in yamltext.documents(document):
            yield from self._walk(root, ())
        for match in _PIPE.finditer(document.text):
            span = match.span(2 if match[2] is not None else 3)
            yield Region(text=between(document.text, *span), symbol=("lookup pipe",), confidence="medium")

    def _walk(self, node: Tree, path: tuple[str, ...]) -> Iterator[Region | Start]:
        """Read one node and what is in it."""
        if isinstance(node, List):
            for number, item in enumerate(node.items, 1):
                name = item.text("name") if isinstance(item, Map) else ""
                yield from self._walk(item, (*path, f"task {name or number}"))
        elif isinstance(node, Map):
            for key, value in node.items.items():
                match = _KEY.match(key)
                if match:
                    yield from _module(match[1], value, node, path)
                elif _CRON.match(key) and isinstance(value, Map):
                    yield from _job(value, path)
                elif _FILE.match(key) and isinstance(
                    content := value.get("content") if isinstance(value, Map) else None, Scalar
                ):
                    yield from _written(content, path)
                elif key in ("action", "local_action"):
                    yield from _action(value, node, path)
                elif key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
                    yield from self._walk(value, path)


def _written(content: Scalar, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Read a script that a task writes, by its ``#!`` line."""
    if content.value.startswith("#!"):
        yield from script(_templated(content.text), path, {}, dialect="sh", confidence="medium")


def _job(value: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Read a cron job's text, or what is run in a container."""
    for name, module in (("job", "shell"), ("command", "command")):
        if isinstance(text := value.get(name), Scalar):
            yield from _text(module, text.text, "", path)
        elif isinstance(text, List) and (argv := words(text, BRACES)):
            yield Start(argv=argv, span=extent(text), symbol=path)


def _action(value: Tree, task: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Read ``action: shell TEXT`` and its map form."""
    if isinstance(value, Map):
        match = _KEY.match(value.text("module"))
        if match:
            yield from _module(match[1], value, task, path)
    elif isinstance(value, Scalar) and (match := _ACTION.match(value.value)):
        yield from _text(match[1], value.text.part(match.end(), len(value.value)), "", path)


def _module(name: str, value: Tree, task: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Read one module's text and options."""
    if isinstance(value, Map):
        argv = value.get("argv")
        if isinstance(argv, List) and (given := words(argv, BRACES)):
            yield Start(argv=given, span=extent(argv), symbol=path)
        text = next(
            (t for key in ("cmd", "_raw_params", "script", "command") if isinstance(t := value.get(key), Scalar)), None
        )
        if isinstance(text, Scalar):
            yield from _text(name, text.text, value.text("executable") or task.text("args", "executable"), path)
    elif isinstance(value, Scalar):
        yield from _text(
            name, _without_options(value.text), _executable(value.value) or task.text("args", "executable"), path
        )


def _text(name: str, text: Located, executable: str, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Read one text as its module hands it on."""
    located = _templated(text)
    span = (located.start(0), located.end(len(located.text)))
    if name in ("shell", "raw", "expect"):
        dialect = bourne_grammar_of(executable) or "sh"
        if executable and not bourne_grammar_of(executable) and UNKNOWN not in executable:
            # the module starts EXECUTABLE -c TEXT, whatever it is
            yield Start(argv=(executable, "-c", located.text), span=span, payload=span, symbol=path)
            return
        yield Region(text=located, dialect=dialect, symbol=path)
    elif name in ("win_shell", "win_powershell"):
        # the host's own shell, as sh is of the others: its text counts by what it starts
        dialect = "cmd" if executable.lower().startswith("cmd") else "pwsh"
        yield Region(text=located, dialect=dialect, symbol=path, confidence="low")
    else:
        try:
            argv = tuple(shlex.split(located.text))
        except ValueError:
            argv = tuple(located.text.split())
        if argv and argv[0].strip(UNKNOWN):
            yield Start(argv=argv, span=span, symbol=path)


def _templated(text: Located) -> Located:
    """Return the text with its templates as holes; Ansible's own name for the interpreter is a python."""
    builder, at = Builder(), 0
    for match in BRACES.finditer(text.text):
        builder.take(text, at, match.start())
        said = "python3" if _INTERPRETER.search(match[0]) else UNKNOWN
        builder.replace(text, match.start(), match.end(), said)
        at = match.end()
    builder.take(text, at)
    return builder.done()


def _executable(text: str) -> str:
    """Return the value of ``executable=`` in a free-form text."""
    match = re.search(r"(?:^|\s)executable=(\S+)", text)
    return match[1] if match else ""


def _without_options(text: Located) -> Located:
    """Return a free-form text without the module's own options at its ends."""
    start, end = 0, len(text.text)
    while match := _FREE.match(text.text, start, end):
        start = match.end()
    while matches := [m for m in _FREE.finditer(text.text, start, end) if m.end() == len(text.text[:end].rstrip())]:
        end = matches[-1].start()
    return text.part(start, end)
