"""Scripts that shell text writes with a here-document: ``cat > run.sh <<EOF``, ``tee /etc/cron.daily/x <<'EOF'``.

Whoever reviews the text reviews the script in it; later somebody starts it. So it is read like a file of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.shells import program_of_shebang

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles import Region
    from flycatcher.sources.buildfiles.engine.located import Located

_OPENING = lazy(r"<<(?P<tabs>-?)[ \t]*(?P<quote>['\"\\]?)(?P<mark>[A-Za-z_]\w*)['\"]?(?P<rest>[^\n]*)\n")
_TARGET = lazy(r"(?:>>?|\btee\b(?:[ \t]+-\S+)*)[ \t]*['\"]?(?P<path>[^\s'\"<>|;&]+)")
_ESCAPED = lazy(r"\\([$`\\])")
MAX_SCRIPTS = 50


def scripts(region: Region) -> Iterator[Region]:
    """Yield a region for each shell script that a region's here-documents write into a file."""
    text = region.text.text
    if "<<" not in text:
        return
    at = 0
    for _ in range(MAX_SCRIPTS):
        match = _OPENING.search(text, at)
        if match is None:
            return
        closing = re.compile(rf"(?m)^{r'[ 	]*' if match['tabs'] else ''}{match['mark']}[ \t]*$").search(
            text, match.end()
        )
        if closing is None:
            at = match.end()
            continue
        at = closing.end()
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
        target = _TARGET.search(line)
        if target is None or not (grammar := _grammar(text[match.end() : closing.start()], target["path"])):
            continue
        body = region.text.part(match.end(), closing.start())
        yield structs.replace(
            region,
            text=body if match["quote"] else _unescaped(body),
            dialect=grammar,
            symbol=(*region.symbol, "writes " + target["path"]),
            env={},
            args=None,
            confidence="low" if region.confidence == "low" else "medium",
        )


def _grammar(text: str, path: str) -> str:
    """Return the grammar of a shell script, by its ``#!`` line or else its name; empty for another file."""
    name, dot, suffix = path.rpartition(".")
    return bourne_grammar_of(program_of_shebang(text) or (suffix if name and dot else ""))


def _unescaped(text: Located) -> Located:
    """Return the text as the shell writes it: behind a backslash, ``$`` and its like are themselves."""
    builder, at = Builder(), 0
    for match in _ESCAPED.finditer(text.text):
        builder.take(text, at, match.start())
        builder.replace(text, match.start(), match.end(), match[1])
        at = match.end()
    builder.take(text, at)
    return builder.done()
