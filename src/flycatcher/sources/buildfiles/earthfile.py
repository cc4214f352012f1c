"""Earthly (Earthfile reference): RUN and its like, in shell form, with the continuations of a Dockerfile."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.sources.buildfiles.engine.lines import Lines, line

_BODY = r"(?P<text>(?!\[[ \t]*\")(?:[^\n\\]|\\.|\\\n(?:[ \t]*#[^\n]*\n)*)+)"


class Earthfile(Lines):
    """``$( )`` in ARG, LET, IF and FOR is run as well."""

    id = "earthfile"
    rank = 10
    names: ClassVar[tuple[str, ...]] = ("Earthfile", "*.earth", "Earthfile.*")
    replaced = ((re.compile(r"\\\n(?:[ \t]*#[^\n]*\n)*"), " "),)
    lines = (
        line(rf"^[ \t]*(?P<name>RUN)[ \t]+(?:--[\w-]+(?:=(?:\"[^\"\n]*\"|\S*))?[ \t]+)*{_BODY}"),
        line(rf"^[ \t]*(?P<name>CMD|ENTRYPOINT|HEALTHCHECK(?:[ \t]+--\S+)*[ \t]+CMD)[ \t]+{_BODY}"),
        line(r"^[ \t]*(?P<name>IF|ELSE IF)[ \t]+(?P<text>(?:[^\n\\]|\\.|\\\n(?:[ \t]*#[^\n]*\n)*)+)"),
        line(r"^[ \t]*(?P<name>RUN|CMD|ENTRYPOINT)[ \t]+(?:--\S+[ \t]+)*(?P<json>\[[^\[\]\n]+\])"),
        line(r"^[ \t]*(?P<name>ARG|LET|SET|FOR)[ \t]+[^\n]*?(?P<text>\$\((?:[^()\n]|\([^()\n]*\))*\))"),
    )
