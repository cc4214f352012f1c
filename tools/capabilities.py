"""Write the table of capabilities, and the list of front ends, into docs/reference/capabilities.md from the rules themselves.

python tools/capabilities.py
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.core.payload import rules
from flycatcher.core.payload.language import languages

if TYPE_CHECKING:
    from flycatcher.core.payload.rules import Rule

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "capabilities.md"
HEAD = "| capability | ATT&CK | points | the code ... | seen by |\n|---|---|---|---|---|\n"


def seen_by(rule: Rule) -> str:
    """Return by what a rule is found."""
    parts = [", ".join(sorted({*rule.calls, *rule.uses}))]
    parts.append("values of strings" if rule.values else "")
    parts.append("commands" if rule.commands else "")
    if rule.needs:
        parts.append("together: " + "; ".join(" + ".join(sorted(needed)) for needed in rule.needs))
    return "; ".join(part for part in parts if part) or "what runs, and where it comes from"


def main() -> None:
    """Write the page again."""
    text = PAGE.read_text(encoding="utf-8")
    rows = [
        f"| `{rule.id}` | {rule.technique} | {rule.points} | {rule.sentence} | {seen_by(rule)} |"
        for rule in rules.rules()
    ]
    before, _head, after = text.partition(HEAD)
    _table, _blank, rest = after.partition("\n\n")
    names = ", ".join(f"`{name}`" for name in sorted({language.id for language in languages().values()}))
    before = re.sub(r"Front ends: [^.]*\.", f"Front ends: {names}.", before)
    PAGE.write_text(before + HEAD + "\n".join(rows) + "\n" + ("\n" + rest if rest else ""), encoding="utf-8")


if __name__ == "__main__":
    main()
