"""Run the oracle by hand: ``python -m tests.oracle N SEED [INTERPRETER...]``; exit code 1 when a case was missed."""

from __future__ import annotations

import sys
from collections import Counter

from tests.oracle.grammars import all_grammars
from tests.oracle.harness import outcomes


def main() -> int:
    """Run N cases for each grammar; print each miss and false alarm, and a table."""
    number, seed = int(sys.argv[1]), int(sys.argv[2])
    wanted = set(sys.argv[3:])
    missed_any = False
    missing: list[str] = []
    table: Counter[tuple[str, str, str]] = Counter()
    for grammar in all_grammars():
        if wanted and grammar.id not in wanted:
            continue
        if not grammar.programs():
            missing.append(grammar.id)
        for outcome in outcomes(grammar, number, seed):
            key = (grammar.id, outcome.program)
            table[*key, "cases"] += 1
            table[*key, "ran inline text"] += bool(outcome.ran - outcome.scripts)
            table[*key, "refused"] += outcome.refused
            table[*key, "broke off"] += outcome.broke_off
            table[*key, "accepted"] += outcome.accepted
            if not outcome.steady:
                table[*key, "unsteady"] += 1
                print(f"UNSTEADY {outcome}\n  at first {outcome.first}", flush=True)
            for kind in ("missed", "false", "hung"):
                if getattr(outcome, kind):
                    table[*key, kind] += 1
                    print(f"{kind.upper()} {outcome}", flush=True)
            missed_any = missed_any or bool(outcome.missed)
    columns = ("cases", "ran inline text", "refused", "broke off", "accepted", "hung", "unsteady", "missed", "false")
    print("| interpreter | program | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    for key in dict.fromkeys((name, program) for name, program, _ in table):
        print(f"| {key[0]} | {key[1]} | " + " | ".join(str(table[*key, column]) for column in columns) + " |")
    if missing:
        print(f"skipped, as no program is installed: {len(missing)}: {', '.join(missing)}")
    return int(missed_any)


sys.exit(main())
