"""Kubernetes manifests and Helm charts: ``command`` and ``args`` of containers, probes and hooks; Argo's ``script``.

Source: the API reference, Container (``command``, ``args``, ``lifecycle``, ``livenessProbe.exec``); Argo Workflows, ScriptTemplate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.environ import carried
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.nested import inside
from flycatcher.sources.buildfiles.engine.yaml import BRACES, environment, extent, punched, script, variables, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESOURCE = lazy(r"^apiVersion:\s*[\"']?[\w./{-]", re.MULTILINE)
_KIND = lazy(r"^kind:\s*\S", re.MULTILINE)
_COMMAND = lazy(r"^[ \t-]*(?:command|args):", re.MULTILINE)
_CONTROL = lazy(r"^([ \t]*)\{\{-?(?:(?!\}\}).)*\}\}[ \t]*$", re.MULTILINE)
_VALUE = lazy(r"\{\{(?:(?!\{\{|\}\}).){0,2000}\}\}")


class Kubernetes(FileType):
    """Containers start their words without a shell; a chart's templates are not known."""

    id = "kubernetes"
    rank = 75
    names: ClassVar[tuple[str, ...]] = ("*.yml", "*.yaml", "*.yaml.tpl")
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(rb"(?:\b(?:command|args|source|env)|^[ \t]+[\w.-]+\.\w{2,5})[\"']?[ \t]*:|#!", re.MULTILINE),
    )

    def accepts(self, document: Document) -> bool:
        """A resource has a version and a kind."""
        return bool(_RESOURCE.search(document.text) and _KIND.search(document.text))

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the resources."""
        inner = Document(document.path, _without_templates(document.text))
        for root in yamltext.documents(inner):
            yield from _walk(root, (root.text("kind"),) if isinstance(root, Map) else ())
        document.problems.extend(inner.problems)


class HelmValues(FileType):
    """A chart's values (Helm, values files): parts of containers, which its templates put into resources."""

    id = "helm-values"
    rank = 76
    names: ClassVar[tuple[str, ...]] = (
        "values.yaml",
        "values.yml",
        "values-*.yaml",
        "values.*.yaml",
        "*-values.yaml",
        "*.values.yaml",
    )
    words: ClassVar[tuple[Searcher, ...]] = Kubernetes.words

    def accepts(self, document: Document) -> bool:
        """Values are no resource, and hold a command somewhere."""
        return _RESOURCE.search(document.text) is None and _COMMAND.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the values."""
        for root in yamltext.documents(document):
            yield from _walk(root, ())


class Kustomization(FileType):
    """Kustomize (kustomization file): what a patch puts into a resource, as a part of one or as an operation of RFC 6902."""

    id = "kustomization"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("kustomization.yaml", "kustomization.yml", "Kustomization")

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the patches that the file itself holds."""
        for root in yamltext.documents(document):
            for key in ("patches", "patchesStrategicMerge", "patchesJson6902"):
                listed = root.get(key) if isinstance(root, Map) else None
                for item in listed.items if isinstance(listed, List) else ():
                    patch = item.get("patch") if isinstance(item, Map) else item
                    if isinstance(patch, Scalar) and "\n" in patch.value:
                        yield from (
                            each for each in inside(document, patch.text, _PATCH) if not isinstance(each, Injection)
                        )


class _Patch(FileType):
    """One patch."""

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Read operations by what they put where, everything else as a resource."""
        for root in yamltext.documents(document):
            for item in root.items if isinstance(root, List) else ():
                value = item.get("value") if isinstance(item, Map) else None
                way = item.text("path") if isinstance(item, Map) else ""
                if isinstance(value, List) and way.endswith(("/command", "/args")):
                    yield Start(argv=words(value, BRACES), span=(value.start, extent(value)[1]), symbol=(way,))
            yield from _walk(root, ())


_PATCH = _Patch()


def _without_templates(text: str) -> str:
    """Return a chart's text as YAML, every place kept: lines that only steer are comments or blank, values are holes."""
    if "{{" not in text:
        return text
    text = _LONG.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    text = _INCLUDED.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), text)
    text = _CONTROL.sub(_steering, text)
    return _VALUE.sub(lambda match: UNKNOWN * len(match[0]), text)


def _steering(match: re.Match[str]) -> str:
    """Return a line that only steers as a comment that ends no block of text: as far in as the line that follows, else blank."""
    length, following = len(match[0]), _FOLLOWING.match(match.string, match.end())
    column = max(len(match[1]), len(following[1]) if following else 0)
    return " " * column + "#" + " " * (length - column - 1) if column < length else " " * length


_LONG = lazy(r"\{\{(?:(?!\}\}|\n).)*\n(?:(?!\}\}).)*\}\}|\{\{-?[ \t]*/\*.*?\*/[ \t]*-?\}\}", re.DOTALL)
"""What a template says over several lines, and its comments."""
_INCLUDED = lazy(
    r"^([ \t]*(?:-[ \t]+)?[\w./\"'-]+:)[ \t]*(?:\{\{(?:(?!\}\}).)*\}\}[ \t]*)*\{\{(?:(?!\}\}).)*\b(?:n?indent|toYaml)\b(?:(?!\}\}).)*\}\}[ \t]*(?:\{\{(?:(?!\}\}).)*\}\}[ \t]*)*$",
    re.MULTILINE,
)
"""A value that is a part of a tree: more of it may stand in the following lines."""
_FOLLOWING = lazy(
    r"\n(?:[ \t]*(?:\{\{(?:(?!\}\}).)*\}\}[ \t]*)?\n)*([ \t]*)(?!\{\{-?[ \t]*(?:if|else|end|range|with)\b)\S"
)


def _walk(node: Tree, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield what a node and those in it start."""
    if isinstance(node, List):
        for number, item in enumerate(node.items, 1):
            name = item.text("name").replace(UNKNOWN, "") if isinstance(item, Map) else ""
            yield from _walk(item, (*path, name or str(number)))
    elif isinstance(node, Map):
        yield from _started(node, path)
        for key, value in node.items.items():
            yield from _walk(value, (*path, key))


def _started(node: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield what one map starts, and what its variables make an interpreter run."""
    command, args = node.get("command"), node.get("args")
    env = environment(node, ("env",))
    first = command if isinstance(command, List) else args
    source = node.get("source")
    if isinstance(source, Scalar) and isinstance(command, List) and node.get("image") is not None:
        text = punched(source.text, BRACES)
        span = (text.start(0), text.end(len(text.text)))
        yield Start(
            argv=(*words(command, BRACES), "/dev/fd/3"), span=span, payload=span, descriptors={3: text.text}, env=env,
            symbol=(*path, "source"),
        )  # fmt: skip
    elif isinstance(first, List) and (argv := (*words(command, BRACES), *words(args, BRACES))):
        last = args if isinstance(args, List) else first
        yield Start(argv=argv, span=(first.start, extent(last)[1]), env=env, symbol=(*path, "command"))
    yield from _files(node, path)
    for key, name, place, value in variables(node, ("env",)):
        yield from carried(name, value, (place.start, place.end), (*path, key))


def _files(node: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield the scripts that a ConfigMap holds as files, by their ``#!`` lines or suffixes."""
    for name, value in node.map("data").items.items() if node.text("kind") == "ConfigMap" else ():
        suffix = bourne_grammar_of(name.rpartition(".")[2]) if "." in name else ""
        if isinstance(value, Scalar) and (suffix or value.value.startswith("#!")):
            yield from script(
                punched(value.text, BRACES), (*path, "data", name), {}, dialect=suffix or "sh", confidence="medium"
            )
