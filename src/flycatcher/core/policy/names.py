"""Names in rules that nothing has: a rule with one would never hold, and nobody would notice."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.payload.rules import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flycatcher.core.policy.rule import Rule


def misnamed(rules: Sequence[Rule], added: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the fields that name no interpreter or capability, each with what is wrong; ``added``: the configuration's own."""
    interpreters = (
        {*(entry.id for entry in catalog.entries()), *added} if any(rule.match.interpreter for rule in rules) else set()
    )
    for number, rule in enumerate(rules):
        for at, name in enumerate(rule.match.interpreter):
            if name not in interpreters:
                place = f"rule[{number}].match.interpreter[{at}]"
                yield place, _said(name, "interpreter", interpreters)
        for field in ("capability", "only"):
            for at, pattern in enumerate(getattr(rule.match, field)):
                known = [entry.id for entry in entries()]
                if not any(fnmatchcase(name, pattern) for name in known):
                    yield f"rule[{number}].match.{field}[{at}]", _said(pattern, "capability", known)


def _said(name: str, kind: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=2)
    return f"{name!r} is no {kind}" + (f": did you mean {' or '.join(map(repr, near))}?" if near else "")
