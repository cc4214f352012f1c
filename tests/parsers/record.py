"""Record what the libraries make of generated lines: ``python -m tests.parsers.record LIBRARY VERSION [first] [loose] -- COMMAND...``.

COMMAND starts the library's recorder (``recorders/``). What the engine makes of many more lines than are kept is compared, too.
"""

from __future__ import annotations

import json
import sys

from tests.parsers.lines import lines, read, table
from tests.parsers.real import FOLDER, ask

COMPARED, ACCEPTED, REFUSED = 20_000, 250, 80
"""Lines that are compared, and lines of each kind that are kept."""


def main() -> int:
    """Compare, and write a file; exit code 1 where the engine disagrees."""
    bar = sys.argv.index("--")
    library, version = sys.argv[1:3]
    first, loose = ("first" in sys.argv[3:bar]), ("loose" in sys.argv[3:bar])
    made = lines(COMPARED, 1, library)
    options, wrong = table(library, first=first, loose=loose), 0
    kept: list[str] = []
    room = {True: ACCEPTED + loose * REFUSED, False: (not loose) * REFUSED}
    for words, found in zip(made, ask(sys.argv[bar + 1 :], made), strict=True):
        if read(options, words) != found:
            wrong += 1
            print(words, found, read(options, words), sep="\n    ")
        if room[found is not None]:
            room[found is not None] -= 1
            kept.append(json.dumps([words, found], ensure_ascii=False, separators=(",", ":")))
    name = f"{library}{' first' if first else ''}{' loose' if loose else ''}".replace("::", "_").replace(" ", "_")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.jsonl").write_text(
        json.dumps({"library": library, "version": version, "first": first, "loose": loose})
        + "\n"
        + "\n".join(kept)
        + "\n"
    )
    print(f"{name}: {wrong} of {COMPARED} disagree")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
