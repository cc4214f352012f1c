"""Files that make an editor or git run commands: pre-commit, VS Code tasks."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.containers import exec_form
from flycatcher.sources.buildfiles.engine import guess, jsontext, yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.stands import At, Stands
from flycatcher.sources.buildfiles.engine.yaml import NEVER, extent, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator


class PreCommit(FileType):
    """pre-commit: a hook's ``entry`` is split into words and started, ``args`` behind it."""

    id = "pre-commit"
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        ".pre-commit-config.yaml",
        ".pre-commit-config.yml",
        ".pre-commit-hooks.yaml",
        "prek.yaml",
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Find every map with an ``entry``."""
        for root in yamltext.documents(document):
            yield from self._walk(root)

    def _walk(self, node: Tree) -> Iterator[Start]:
        """Read one node and what is in it."""
        if isinstance(node, List):
            for item in node.items:
                yield from self._walk(item)
        elif isinstance(node, Map):
            entry = node.get("entry")
            if isinstance(entry, Scalar) and node.text("language") not in ("pygrep", "fail"):
                for start in exec_form(entry, ("hook " + node.text("id"),), NEVER, context={"hook": "git"}):
                    argv = (*start.argv, *words(node.get("args")))
                    yield Start(argv=argv, span=start.span, symbol=start.symbol, context=start.context)
            for value in node.items.values():
                yield from self._walk(value)


class VsCodeSettings(Stands):
    """VS Code's settings and launch configurations: programs with their words, commands of extensions."""

    id = "vscode-settings"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 10
    format = "json"
    names: ClassVar[tuple[str, ...]] = (".vscode/launch.json", ".vscode/settings.json")
    at = (
        At("**/runtimeExecutable", "program", beside="runtimeArgs"),
        At("terminal.*/*/path", "program", beside="args"),
    )


class VsCodeTasks(FileType):
    """VS Code: tasks.json (tasks reference); a shell task's words are put on one line, quoted where they need it."""

    id = "vscode-tasks"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 10
    names: ClassVar[tuple[str, ...]] = (".vscode/tasks.json", "*.code-workspace")

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the tasks and their variants for each system."""
        root = jsontext.tree(document)
        if not isinstance(root, Map):
            return
        for tasks in (root.get("tasks"), root.get("tasks", "tasks")):
            for task in tasks.items if isinstance(tasks, List) else ():
                if isinstance(task, Map):
                    yield from self._task(task)
        inputs = root.get("inputs")
        for each in inputs.items if isinstance(inputs, List) else ():
            yield from guess.in_tree(each, ("inputs",))

    def _task(self, task: Map) -> Iterator[Region | Start]:
        """Read one task."""
        symbol = ("task " + (task.text("label") or task.text("taskName")),)
        on_open = task.text("runOptions", "runOn") == "folderOpen"
        context = {"hook": "open"} if on_open else {}
        for system in ((), ("linux",), ("osx",), ("windows",)):
            command, args = task.get(*system, "command"), task.get(*system, "args")
            if not isinstance(command, Scalar):
                continue
            where = (*symbol, *system)
            given = [a if isinstance(a, Scalar) else a.get("value") if isinstance(a, Map) else None
                     for a in (args.items if isinstance(args, List) else ())]  # fmt: skip
            texts = [each for each in given if isinstance(each, Scalar)]
            if task.text("type") == "process":
                end = extent(args)[1] if args is not None else command.end
                yield Start(
                    argv=(command.value, *(t.value for t in texts)),
                    span=(command.start, end),
                    symbol=where,
                    context=context,
                )
                continue
            builder = Builder()
            builder.take(command.text)
            for text in texts:
                quoted = shlex.quote(text.value) if any(c in text.value for c in " \t\n'\"") else text.value
                builder.put(" ", text.start, text.start)
                if quoted == text.value:
                    builder.take(text.text)
                else:
                    builder.put(quoted, text.start, text.end)
            yield Region(text=builder.done(), dialect="bash", symbol=where, context=context)
