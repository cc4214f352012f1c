"""Settings of coding assistants and editors: hooks and servers that they start (Claude Code, Cursor, Gemini CLI, MCP servers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine import jsontext, toml
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.yaml import extent, words
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = ("command", "install", "start", "bash", "apiKeyHelper", "awsAuthRefresh", "awsCredentialExport")


class AgentHooks(FileType):
    """A ``command`` alone is a shell's text; with ``args`` it is a program and its words."""

    id = "agent-hooks"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 10
    names: ClassVar[tuple[str, ...]] = (
        ".claude/*.json", ".cursor/*.json", ".gemini/*.json", ".codex/*.json", ".windsurf/*.json", ".kiro/*.json", ".github/hooks/*.json",
        ".mcp.json", "mcp.json", "mcp_config.json", "claude_desktop_config.json", "hooks/hooks.json", ".vscode/mcp.json",
        ".codex/config.toml", "codex/config.toml", "opencode.json", "opencode.jsonc", ".opencode/*.json", ".zed/tasks.json", ".zed/settings.json",
    )  # fmt: skip

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the whole tree."""
        in_toml = document.name.endswith(".toml")
        yield from self._walk(toml.tree(document) if in_toml else jsontext.tree(document), ())

    def _walk(self, node: Tree, path: tuple[str, ...]) -> Iterator[Region | Start]:
        """Yield what a node and those in it start."""
        if isinstance(node, List):
            for item in node.items:
                yield from self._walk(item, path)
        elif isinstance(node, Map):
            yield from self._commands(node, path)
            for key, value in node.items.items():
                yield from self._walk(value, (*path, key))

    def _commands(self, node: Map, path: tuple[str, ...]) -> Iterator[Region | Start]:
        """Yield the commands of one map."""
        args, command = node.get("args"), node.get("command")
        context = {"hook": "open"}
        for key in ("command", "notify"):
            if isinstance(listed := node.get(key), List) and (argv := words(listed)):
                yield Start(argv=tuple(argv), span=extent(listed), symbol=path, context=context)
        if isinstance(command, Scalar) and isinstance(args, List):
            span = (command.start, extent(args)[1])
            yield Start(argv=(command.value, *words(args)), span=span, symbol=path, context=context)
            return
        for key in _TEXTS:
            if isinstance(text := node.get(key), Scalar) and not text.plain:
                yield Region(text=text.text, symbol=path, context=context)
