"""cloud-init: ``#cloud-config`` (modules reference): bootcmd and runcmd, text for sh or lists of words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.containers import exec_form
from flycatcher.sources.buildfiles.crontab import Crontab
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Start
from flycatcher.sources.buildfiles.engine.nested import moved
from flycatcher.sources.buildfiles.engine.yaml import NEVER, script
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = lazy(r"\ufeff?(?:## template: jinja\s*\n)?#cloud-config\b")


_AUTOINSTALL = lazy(r"^autoinstall:|^(?:late|early)-commands:", re.MULTILINE)
_BOOT = ("bootcmd", "runcmd")
_INSTALL = ("early-commands", "late-commands", "error-commands")
"""Ubuntu's autoinstall (reference manual): before the installation, behind it, and where it fails."""


_TABLE = lazy(r"^/etc/(?:cron\.d/|crontab$)|^/var/spool/cron/")


def _commands(node: Map, keys: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield the commands in lists under some keys."""
    for key in keys:
        value = node.get(key)
        for number, item in enumerate(value.items if isinstance(value, List) else (), 1):
            if isinstance(item, Scalar):
                yield Region(text=item.text, symbol=(key, str(number)))
            else:
                yield from exec_form(item, (key, str(number)), NEVER)


class CloudInit(FileType):
    """Commands of the first boot; files that it writes and marks as executable."""

    id = "cloud-init"
    rank = 40
    names: ClassVar[tuple[str, ...]] = (
        "*.yml",
        "*.yaml",
        "user-data",
        "user_data",
        "*.cfg",
        "*.cloud-init",
        "cloud-config",
        "*.tpl",
    )

    def accepts(self, document: Document) -> bool:
        """Look at the first line, or for an installation's own keys."""
        return _HEADER.match(document.text) is not None or _AUTOINSTALL.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Read the lists of commands."""
        for root in yamltext.documents(document):
            if not isinstance(root, Map):
                continue
            inner = root.map("autoinstall") if root.get("autoinstall") is not None else root
            yield from _commands(root, _BOOT)
            yield from _commands(inner, _INSTALL)
            given = inner.get("user-data")
            yield from _commands(given, _BOOT) if isinstance(given, Map) else ()
            state = root.map("power_state").get("condition")
            if isinstance(state, Scalar):
                yield Region(text=state.text, symbol=("power_state", "condition"))
            files = root.get("write_files")
            for item in files.items if isinstance(files, List) else ():
                yield from _file(item)


def _file(item: object) -> Iterator[Region | Start | Injection]:
    """Read a file that is written at boot: a script, if it begins as one for a shell; a table of cron's."""
    content = item.get("content") if isinstance(item, Map) else None
    if isinstance(item, Map) and isinstance(content, Scalar) and _TABLE.search(item.text("path")):
        inner = Document(item.text("path"), content.text.text)
        yield from moved(Crontab().read(inner), content.text)
    elif isinstance(item, Map) and isinstance(content, Scalar) and re.match(r"#!\S*(?:/|env )\w*sh\b", content.value):
        yield from script(content.text, ("write_files", item.text("path")), {}, dialect="sh")
