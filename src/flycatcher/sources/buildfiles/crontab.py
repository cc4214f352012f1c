"""crontab(5): five fields or a nickname, in system tables a user, then text for sh; ``%`` ends it and begins its stdin."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.shells import program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD = r"[\d*/,\-A-Za-z~]+"
_ENTRY = lazy(rf"[ \t]*-?(?:@\w+|{_FIELD}(?:[ \t]+{_FIELD}){{4}})[ \t]+(?=\S)")
_USER = lazy(r"(?:root|[a-z_][a-z0-9_-]{0,31}\$?)[ \t]+(?=\S)")
_VARIABLE = lazy(r"[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*(.*)")
_OTHER = lazy(
    r"crontab\.(?:\w*sh|p[lmy]|php|rb|[cm]?[jt]sx?|lua|go|rs|[ch](?:pp)?|java|kt|md|rst|html?|json|ya?ml|toml|ini|tf)"
)
"""Files about tables, in a language of their own."""
_PERCENT = lazy(r"\\%|%")


class Crontab(FileType):
    """User tables, /etc/crontab, cron.d, and files named after them."""

    id = "crontab"
    rank = 30
    names: ClassVar[tuple[str, ...]] = (
        "crontab", "crontab.*", "*.crontab", "*.cron", "cron.d/*", "crontabs/*", "anacrontab", "*.cron.d", "debian/*.cron.d",
    )  # fmt: skip

    def accepts(self, document: Document) -> bool:
        """Leave scripts that lie beside tables, and sources that are named after them, to their language."""
        return not (document.text.startswith("#!") or _OTHER.fullmatch(document.name))

    def read(self, document: Document) -> Iterator[Region]:
        """Go through the lines."""
        system = document.name == "crontab" or "cron.d" in document.path
        env: dict[str, str] = {}
        for number, line in enumerate(document.located.lines(), 1):
            text = line.text
            match = _ENTRY.match(text)
            variable = _VARIABLE.match(text)
            if text.lstrip().startswith("#") or not text.strip():
                continue
            if variable:
                value = variable[2].strip()
                env[variable[1]] = (
                    value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
                )
            elif match is None:
                document.problem(line.start(0), "no crontab entry")
            else:
                at = match.end()
                user = _USER.match(text, at) if system else None
                yield self._entry(line.part(user.end() if user else at, len(text)), env, number)

    @staticmethod
    def _entry(command: Located, env: dict[str, str], number: int) -> Region:
        """Return a command with what ``%`` makes its stdin."""
        builder, at = Builder(), 0
        stdin: str | None = None
        for match in _PERCENT.finditer(command.text):
            if match[0] == "\\%":
                builder.take(command, at, match.start())
                builder.replace(command, match.start(), match.end(), "%")
                at = match.end()
                continue
            stdin = _PERCENT.sub(lambda m: "%" if len(m[0]) > 1 else "\n", command.text[match.end() :])
            builder.take(command, at, match.start())
            begin, end = command.start(match.start()), command.end(len(command.text))
            builder.put(f" <<< {shlex.quote(stdin)}", begin, end)
            break
        else:
            builder.take(command, at)
        shell = env.get("SHELL", "sh")
        dialect = "bash" if stdin is not None else bourne_grammar_of(program_of(shell)) or "sh"
        return Region(text=builder.done(), dialect=dialect, symbol=(f"entry on line {number}",), env=dict(env))
