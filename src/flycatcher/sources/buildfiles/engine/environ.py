"""Variables that make an interpreter run text as soon as one is started: ``ENV NODE_OPTIONS=...`` in an image, ``env:`` of a job.

No command of the file has to start the interpreter for that: what the image, the job or the unit runs later gets them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Start

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS = {
    "BASH_ENV": ("bash", "script"),
    "ENV": ("sh", "-i"),
    "PROMPT_COMMAND": ("bash", "-i"),
    "PS0": ("bash", "-i"),
    "PS1": ("bash", "-i"),
    "PERL5OPT": ("perl", "script"),
    "PERL5DB": ("perl", "-d", "script"),
    "RUBYOPT": ("ruby", "script"),
    "NODE_OPTIONS": ("node", "script"),
    "BUN_OPTIONS": ("bun", "script"),
    "LUA_INIT": ("lua", "script"),
    "PYTHONSTARTUP": ("python3", "-i"),
    "R_PROFILE_USER": ("Rscript", "script"),
    "R_PROFILE": ("Rscript", "script"),
    "JAVA_TOOL_OPTIONS": ("java", "Main"),
    "_JAVA_OPTIONS": ("java", "Main"),
    "JDK_JAVA_OPTIONS": ("java", "Main"),
    "RAKEOPT": ("rake",),
    "CSI_OPTIONS": ("csi", "-b"),
    "ERL_AFLAGS": ("erl", "-noinput"),
    "ERL_FLAGS": ("erl", "-noinput"),
    "ERL_ZFLAGS": ("erl", "-noinput"),
    "ELIXIR_ERL_OPTIONS": ("elixir", "script"),
    "OCTAVE_SITE_INITFILE": ("octave", "script"),
    "OCTAVE_INITFILE": ("octave", "script"),
    "MAKEFILES": ("make",),
}
"""Variable to the words of a plain start of the program that reads it (each program's manual page)."""
_PLAIN = frozenset({"PS0", "PS1"})
"""Run text only where a substitution stands in them."""


def carried(
    name: str, value: str, span: tuple[int, int], symbol: tuple[str, ...], context: dict[str, str] | None = None
) -> Iterator[Start]:
    """Yield the start that shows what a variable makes its interpreter run, where it is one that can."""
    reader = READERS.get(name) or (READERS["LUA_INIT"] if name.startswith("LUA_INIT_") else None)
    if reader is None or not value.strip(UNKNOWN + " ") or (name in _PLAIN and "$(" not in value and "`" not in value):
        return
    yield Start(
        argv=reader, span=span, env={name: value}, symbol=(*symbol, name), context=context or {}, confidence="medium"
    )
