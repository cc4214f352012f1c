"""tsx: Node.js with a loader for TypeScript.

Source: src/cli.ts; tried by hand against tsx 4.23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.node import Node

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Tsx(OnNode):
    """tsx takes a few options for itself and hands all others to node."""

    id = "tsx"
    language = "typescript"
    names = (r"tsx",)
    install = "npm: tsx"

    def read(self, execution: Execution) -> Reading:
        """Read the words as node does, without those that are tsx's own."""
        words = execution.argv
        kept = [0]
        index = 1
        while index < len(words):
            word = words[index]
            if not word.startswith("-") and not (word == "watch" and kept == [0]):
                kept.extend(range(index, len(words)))
                break
            if word == "--tsconfig":
                index += 1
            elif word not in ("--no-cache", "--noCache", "watch") and not word.startswith("--tsconfig="):
                kept.append(index)
                if word in (
                    "-e",
                    "-p",
                    "-pe",
                    "--eval",
                    "--print",
                    "-r",
                    "--require",
                    "--import",
                    "-C",
                ) and index + 1 < len(words):
                    index += 1
                    kept.append(index)
            index += 1
        inner = Node().read(replace(execution, argv=tuple(words[at] for at in kept), interpreter=None))
        reading = Reading(self, execution)
        reading.outcome, reading.error = inner.outcome, inner.error
        for snippet in inner.snippets:
            at = snippet.argv_index
            reading.snippets.append(replace(snippet, interpreter=self.id, argv_index=None if at is None else kept[at]))
        reading.loads.extend(inner.loads)
        return reading
