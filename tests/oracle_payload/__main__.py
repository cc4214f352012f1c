"""Run the payload oracle by hand: ``python -m tests.oracle_payload N SEED [LANGUAGE...]``; exit code 1 when a case was missed."""

from __future__ import annotations

import sys
from collections import Counter

from tests.oracle_payload.constructs import all_grammars
from tests.oracle_payload.harness import outcomes

COLUMNS = ("cases", "ran", "missed", "weaker")


def main() -> int:
    """Run N cases for each language; print each miss once, constructs that never ran, and a table."""
    number, seed = int(sys.argv[1]), int(sys.argv[2])
    wanted = set(sys.argv[3:])
    table: Counter[tuple[str, str]] = Counter()
    for grammar in all_grammars():
        if wanted and grammar.id not in wanted:
            continue
        shown: set[str] = set()
        ran: Counter[str] = Counter()
        for found in outcomes(grammar, number, seed):
            table[grammar.id, "cases"] += 1
            ran[found.case.construct.template] += found.ran
            for column in COLUMNS[1:]:
                table[grammar.id, column] += getattr(found, column)
            kind = "MISSED" if found.missed else "WEAKER" if found.weaker else ""
            if kind and found.text not in shown:
                shown.add(found.text)
                print(kind, found, flush=True)
        for template in (template for template, times in ran.items() if not times):
            print(f"NEVER RAN {grammar.id} {template!r}")
    print("| language | " + " | ".join(COLUMNS) + " |\n|" + "---|" * (len(COLUMNS) + 1))
    for language in dict.fromkeys(language for language, _ in table):
        print(f"| {language} | " + " | ".join(str(table[language, column]) for column in COLUMNS) + " |")
    return int(any(table[language, "missed"] for language, _ in table))


if __name__ == "__main__":
    sys.exit(main())
