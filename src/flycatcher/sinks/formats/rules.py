"""The kinds of findings in reports, each with its help text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flycatcher.sinks import Record


class Rule(Struct, frozen=True):
    """One kind of finding; the id is that of the record, the document's anchor and the SARIF rule."""

    id: str
    name: str
    short: str
    full: str
    help: str
    level: str = "warning"
    tags: tuple[str, ...] = ()
    severity: str = "2.0"
    """From 0 to 10, where a report has no result of it (CVSS's scale, as GitHub reads it)."""


RULES = (
    Rule(
        "code-on-the-fly",
        "CodeOnTheFly",
        "An interpreter runs program text that is in no script file",
        "A command makes an interpreter run text given as an argument, through a pipe, a here-document, a descriptor,"
        " an environment variable or a URL. Such text has no file of its own: reviews, linters and static analysis "
        "pass it by (ATT&CK T1059).",
        "Put the text into a file of the repository, so that it is reviewed, linted and tested, and run that file. "
        "Where the text comes from the network, fetch it to a file first, compare its checksum with one that is kept "
        "in the repository, and only then run it. A finding that somebody has looked at can be accepted for a time, "
        "with a reason.",
        tags=("external/mitre/T1059",),
        severity="5.5",
    ),
    Rule(
        "expression-injection",
        "ExpressionInjection",
        "A workflow expression puts text of outsiders into program text",
        "The runner replaces ${{ }} by the value before the shell or interpreter sees the text. A value that "
        "outsiders write (a title, a branch name, a comment) then is program text.",
        "Give the value to the step as an environment variable (`env:`), and use that variable in the text, quoted.",
        "error",
        ("external/mitre/T1059", "external/cwe/cwe-94"),
        "8.0",
    ),
    Rule(
        "unused-suppression",
        "UnusedSuppression",
        "A suppression that accepts nothing",
        "A comment or a configuration entry accepts a finding that is not there any more.",
        "Take it out, so that it cannot hide what comes later.",
        "note",
    ),
    Rule(
        "expired-suppression",
        "ExpiredSuppression",
        "A suppression that has ended",
        "The date up to which somebody has accepted a finding has passed; the finding is reported again.",
        "Look at the finding again: mend it, or accept it until a later date.",
    ),
    Rule(
        "faulty-suppression",
        "FaultySuppression",
        "A suppression without a reason, an end or a subject",
        "A suppression names what it accepts, gives a reason of at least ten characters and ends on a date. This one "
        "suppresses nothing.",
        "Write `flycatcher: ignore[VECTOR-OR-ID] REASON until=YYYY-MM-DD`.",
    ),
)


def rule_of(record: Record) -> Rule:
    """Return a detection's rule."""
    return RULES[1] if record.get("finding", {}).get("kind") == "expression-injection" else RULES[0]
