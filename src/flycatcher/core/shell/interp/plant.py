"""What shell text writes to places where it will be run later: by redirection, by programs that write files, by settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.execution import Execution, Place, Planted
from flycatcher.core.interpreters.names import base
from flycatcher.core.planting import is_place
from flycatcher.core.planting.readers import inserted_by_sed
from flycatcher.core.shell.interp.collector import Written
from flycatcher.core.shell.interp.state import Buffer
from flycatcher.core.shell.provenance import strip_all_marks
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.shell.interp.collector import Collector
    from flycatcher.core.shell.interp.process import ShellProcess

MOST = 64
"""Planted files of one text."""
_IN_PLACE = re.compile(r"-[nEsruz]*i|--in-place")


def plant(machine: ShellProcess, path: str, buffer: Buffer, argv: Sequence[str] = ()) -> None:
    """Remember a file that the text writes, if what lies there is run later."""
    collector = machine.collector
    if not is_place(path) or len(collector.planted) >= MOST or any(each.buffer is buffer for each in collector.planted):
        return
    line, column, end_line, end_column = machine.span()
    place = Place(
        path=collector.path, line=line, column=column, end_line=end_line, end_column=end_column, symbol=collector.symbol
    )
    words = tuple(argv) or (machine.state.dialect,)
    collector.planted.append(Written(path, buffer, words, place, machine.frame.via))


def plant_text(machine: ShellProcess, path: str, text: str | None, argv: Sequence[str]) -> None:
    """The same for a text that is whole."""
    path = machine.state.located(path)
    if text is not None and is_place(path):
        buffer = Buffer()
        buffer.write(text)
        plant(machine, path, buffer, argv)


def planted_executions(collector: Collector) -> Iterator[Execution]:
    """Yield a start for each planted file whose text is known, as far as it is: its writer's."""
    for each in collector.planted:
        text = strip_all_marks(each.buffer.text())
        if text.strip(UNKNOWN + " \t\n"):
            yield Execution(
                argv=each.argv,
                planted=Planted(path=each.path, text=text),
                place=each.place,
                via=each.via,
                interpreter="",
            )


def by_command(argv: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the files, with their text, that a command plants by its words alone."""
    name, words = base(argv[0]), list(argv[1:])
    if name in ("sed", "gsed") and any(map(_IN_PLACE.match, words)):
        script = "\n".join(word for word in words if not is_place(word))
        yield from ((word, inserted_by_sed(script)) for word in words if is_place(word))
    elif name == "git" and "config" in words:
        yield from _git_setting(words[words.index("config") + 1 :])
    elif name in ("npm", "pnpm", "yarn") and words[:2] == ["config", "set"]:
        yield ".npmrc", "\n".join(" = ".join(words[2:4]).split("=", 1)) if len(words) > 3 else "\n".join(words[2:])
    elif name == "npm" and words[:2] == ["pkg", "set"]:
        for word in words[2:]:
            key, _, value = word.partition("=")
            yield "package.json", f'{{"scripts": {{"x": {_quoted(value)}}}}}' if key.startswith("scripts.") else ""


def _git_setting(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the setting that ``git config [set] KEY VALUE`` writes."""
    plain = [word for word in words if not word.startswith("-") and word not in ("set", "unset")]
    if (
        len(plain) > 1
        and "." in plain[0]
        and not any(word.startswith(("--get", "--unset", "-l", "--list")) for word in words)
    ):
        section, _, key = plain[0].rpartition(".")
        first, _, rest = section.partition(".")
        yield ".git/config", f"[{first}{f' {_quoted(rest)}' if rest else ''}]\n{key} = {plain[1]}\n"


def _quoted(text: str) -> str:
    """Return a text as JSON writes it."""
    import json  # noqa: PLC0415 - few commands set scripts

    return json.dumps(text)
