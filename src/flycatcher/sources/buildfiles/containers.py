"""Files that say what containers run: Compose, Tekton, development containers."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.dockerfile import Dockerfile
from flycatcher.sources.buildfiles.engine import guess, jsontext, yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.nested import inside
from flycatcher.sources.buildfiles.engine.yaml import carriers, environment, extent, punched, script, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTERPOLATION = re.compile(r"(?<!\$)\$(?:\{[^}]*\}|[A-Za-z_]\w*)")
_TEKTON = re.compile(r"\$\([\w.\[\]'\"*-]+\)")


def exec_form(
    node: Tree | None, symbol: tuple[str, ...], holes: re.Pattern[str], *, context: dict[str, str] | None = None
) -> Iterator[Start]:
    """Yield a command that is started without a shell: a list, or a text that is split into words as a shell would."""
    context = context or {}
    if isinstance(node, List):
        argv = words(node, holes)
        if argv:
            yield Start(argv=argv, span=extent(node), symbol=symbol, context=context)
    elif isinstance(node, Scalar) and node.value.strip():
        try:
            argv = tuple(shlex.split(holes.sub(UNKNOWN, node.value)))
        except ValueError:
            return
        if argv:
            span = (node.text.start(0), node.text.end(len(node.value)))
            yield Start(argv=argv, span=span, symbol=symbol, context=context)


class Compose(FileType):
    """Compose specification: ``command``, ``entrypoint``, ``healthcheck``; ``$$`` is a dollar sign, ``$NAME`` is not known."""

    id = "docker-compose"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "docker-compose.yml", "docker-compose.yaml", "docker-compose*.yml", "docker-compose*.yaml", "compose.yml", "compose.yaml",
        "compose.*.yml", "compose.*.yaml",
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Go through the services."""
        for root in yamltext.documents(document):
            for name, service in root.map("services").items.items() if isinstance(root, Map) else ():
                if isinstance(service, Map):
                    yield from _service(("service " + name,), service)
                    yield from guess.in_tree(service.map("develop"), ("service " + name, "develop"))
                    inline = service.get("build", "dockerfile_inline")
                    if isinstance(inline, Scalar):
                        yield from inside(document, inline.text, Dockerfile())


def _service(symbol: tuple[str, ...], service: Map) -> Iterator[Region | Start]:
    """Read one service."""
    yield from carriers(service, ("environment",), symbol)
    env = environment(service, ("environment",))
    hooks = [
        (key, each.get("command"))
        for key in ("post_start", "pre_stop")
        if isinstance(listed := service.get(key), List)
        for each in listed.items
        if isinstance(each, Map)
    ]
    given = [("command", service.get("command")), ("entrypoint", service.get("entrypoint")), *hooks]
    if isinstance(service.get("entrypoint"), List) and isinstance(service.get("command"), List):
        entry = words(service.get("entrypoint"), _INTERPOLATION)
        argv = tuple(word.replace("$$", "$") for word in (*entry, *words(service.get("command"), _INTERPOLATION)))
        spans = [extent(node) for key in ("entrypoint", "command") if (node := service.get(key)) is not None]
        span = (min(low for low, _ in spans), max(high for _, high in spans))
        yield Start(argv=argv, span=span, symbol=(*symbol, "command"), env=env)
        given = hooks
    for key, node in given:
        for start in exec_form(node, (*symbol, key), _INTERPOLATION):
            yield Start(
                argv=tuple(w.replace("$$", "$") for w in start.argv), span=start.span, symbol=start.symbol, env=env
            )
    test = service.get("healthcheck", "test")
    if isinstance(test, Scalar):
        yield Region(text=punched(test.text, _INTERPOLATION), symbol=(*symbol, "healthcheck"), env=env)
    elif isinstance(test, List) and test.items and isinstance(test.items[0], Scalar):
        argv = words(test, _INTERPOLATION)
        if argv[:1] == ("CMD-SHELL",) and len(test.items) > 1 and isinstance(test.items[1], Scalar):
            yield Region(text=punched(test.items[1].text, _INTERPOLATION), symbol=(*symbol, "healthcheck"), env=env)
        elif argv[:1] == ("CMD",) and len(argv) > 1:
            yield Start(argv=argv[1:], span=extent(test), symbol=(*symbol, "healthcheck"), env=env)


class Tekton(FileType):
    """Tekton tasks and pipelines: a step's ``script`` (by its ``#!`` line, else sh), ``command`` and ``args``."""

    id = "tekton"
    rank = 70
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"tekton\.dev/"),)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the documents."""
        for root in yamltext.documents(document):
            yield from self._walk(root, ())

    def accepts(self, document: Document) -> bool:
        """Look for the resource's version."""
        return re.search(r"^apiVersion:\s*[\"']?tekton\.dev/", document.text, re.MULTILINE) is not None

    def _walk(self, node: Tree, path: tuple[str, ...]) -> Iterator[Region | Start]:
        """Find steps, sidecars and what is nested."""
        if isinstance(node, List):
            for number, item in enumerate(node.items, 1):
                name = item.text("name") if isinstance(item, Map) else ""
                yield from self._walk(item, (*path, name or str(number)))
        elif isinstance(node, Map):
            text = node.get("script")
            if isinstance(text, Scalar):
                yield from script(punched(text.text, _TEKTON), (*path, "script"), {}, dialect="sh")
            command, args = node.get("command"), node.get("args")
            if isinstance(command, List):
                argv = (*words(command, _TEKTON), *words(args, _TEKTON))
                yield Start(argv=argv, span=(command.start, extent(args or command)[1]), symbol=(*path, "command"))
            for key, value in node.items.items():
                yield from self._walk(value, (*path, key))


class DevContainer(FileType):
    """Development containers (containers.dev, lifecycle scripts): text for sh, lists as they are."""

    id = "devcontainer"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("devcontainer.json", ".devcontainer.json", ".devcontainer/*.json")
    keys = (
        "initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand",
        "postAttachCommand",
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read each lifecycle command; a map holds several that run side by side."""
        root = jsontext.tree(document)
        for key in self.keys if isinstance(root, Map) else ():
            value = root.get(key) if isinstance(root, Map) else None
            each = value.items.items() if isinstance(value, Map) else [("", value)]
            for name, command in each:
                symbol = (key, name) if name else (key,)
                context = {"hook": "open"}
                if isinstance(command, Scalar) and not command.plain:
                    yield Region(text=command.text, symbol=symbol, context=context)
                elif isinstance(command, List):
                    yield from exec_form(command, symbol, _INTERPOLATION, context=context)
