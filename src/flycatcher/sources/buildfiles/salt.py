"""Salt: states of the cmd module (salt.states.cmd): a text for a shell, under ``name`` or as the state's own id."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine import yamltext
from flycatcher.sources.buildfiles.engine.filetype import Document, Injection, Region, Start
from flycatcher.sources.buildfiles.engine.located import between
from flycatcher.sources.buildfiles.engine.stands import At, Stands, filled, without_templates
from flycatcher.sources.buildfiles.engine.yaml import BRACES
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALL = lazy(
    r"\bsalt(?:\[['\"]|\.)(?P<name>cmd\.\w+)(?:['\"]\])?\([ \t]*(?P<q>['\"])(?P<text>(?:(?!(?P=q))[^\n])*)(?P=q)"
)
"""A template's own call, which the master or the minion runs while it renders."""
_RUN = lazy(r"cmd\.(?:run|wait|script)\Z|cmd\Z")


class Salt(Stands):
    """Templates of Jinja's that give YAML."""

    id = "salt"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.sls",)
    holes = BRACES
    templates = True
    naming = ()
    at = (
        At("**/cmd.run|cmd.wait|cmd.run_stdin|module.run/name|cmd.run|cmd.shell"),
        At("**/cmd.run|cmd.wait/names", "each"),
        At("**/unless|onlyif", "each"),
        At("**/cron.present/name"),
    )

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Read the ways of the table, and states that are called what they run."""
        yield from super().read(document)
        for match in _CALL.finditer(document.text):
            yield Region(
                text=between(document.text, *match.span("text")), symbol=("salt", match["name"]), confidence="medium"
            )
        inner = Document(document.path, without_templates(document.text))
        for root in yamltext.documents(inner):
            for name, value in root.items.items() if isinstance(root, Map) else ():
                at = document.text.find(name, _place(root, name))
                if at >= 0 and _runs_its_name(value):
                    text = between(document.text, at, at + len(name))
                    yield Region(text=filled(text, self.holes), symbol=("cmd.run",))


def _place(root: Tree, name: str) -> int:
    """Return where a key stands."""
    return root.keys.get(name, 0) if isinstance(root, Map) else 0


def _runs_its_name(value: Tree) -> bool:
    """Whether a state runs its own id: ``cmd.run`` without a name."""
    if isinstance(value, Scalar):
        return _RUN.match(value.value) is not None
    if isinstance(value, List):
        return any(isinstance(item, Scalar) and _RUN.match(item.value) for item in value.items)
    for key, inner in value.items.items():
        if _RUN.match(key):
            each = inner.items if isinstance(inner, List) else (inner,)
            return not any(isinstance(item, Map) and (item.get("name") or item.get("names")) for item in each)
    return False
