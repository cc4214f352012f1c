"""The fields of the configuration. Unknown fields are errors, so that a misspelt key does not pass unnoticed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from flycatcher.core.policy.rule import SHORTEST_REASON, Environment, Match, Rule
from flycatcher.destination import Destination, SpoolSettings

ACCEPTED_DAYS = 90
"""How long a suppression holds that is suggested."""
Fingerprint = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class Suppression(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A detection that was reviewed and is accepted until a date."""

    fingerprint: Fingerprint
    """The detection's ``id``: a hash of the interpreter, the vectors and the texts, so nothing else can slip through."""
    reason: Annotated[str, Meta(min_length=SHORTEST_REASON)]
    owner: Annotated[str, Meta(min_length=1)]
    until: dt.date
    """The last day on which the suppression applies."""

    def rule(self) -> Rule:
        """Return the rule that this is: it allows one id, under that name."""
        return Rule(
            name=self.fingerprint,
            action="allow",
            match=Match(id=(self.fingerprint,)),
            reason=self.reason,
            owner=self.owner,
            until=self.until,
        )


class Example(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A command line and the texts that the interpreter would run; an empty list: it runs none."""

    argv: Annotated[tuple[str, ...], Meta(min_length=1)]
    texts: tuple[str, ...]
    env: dict[str, str] = {}
    stdin: str = "unknown"


class OptionTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options by purpose, written with their dashes: ``-e``, ``--eval``."""

    code: tuple[str, ...] = ()
    """Take program text."""
    file: tuple[str, ...] = ()
    """Take the program's file."""
    load: tuple[str, ...] = ()
    """Take a file that runs first."""
    value: tuple[str, ...] = ()
    """Take a value that is not a program."""
    attached: tuple[str, ...] = ()
    """Take only an attached value."""
    flag: tuple[str, ...] = ()
    exit: tuple[str, ...] = ()
    """Print something and exit."""
    check: tuple[str, ...] = ()
    """Only check the syntax."""
    stdin: tuple[str, ...] = ()
    """Read the program from stdin."""
    last: tuple[str, ...] = ()
    """Those of the above after which no option is read."""
    permute: bool = False
    """Options are also read after operands."""
    abbreviations: bool = False
    """A unique prefix of a long name stands for it."""
    unknown: Literal["error", "skip"] = "error"


class InterpreterTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"kind": "class"}):
    """An interpreter that this configuration adds."""

    names: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Base names of its files, as regular expressions that match the whole name."""
    language: str
    kind: Literal["scripting", "shell", "embedded"] = "scripting"
    technique: Annotated[str, Meta(pattern=r"^T\d{4}(\.\d{3})?$")] = "T1059"
    reads_stdin: bool = True
    variables: tuple[str, ...] = ()
    """Environment variables that hold program text."""
    options: OptionTable = OptionTable()
    examples: Annotated[tuple[Example, ...], Meta(min_length=1)]
    """At least one; ``flycatcher config check`` runs them all."""


FromLevel = Literal[
    "all", "low", "medium", "high", "critical", "never", "new", "new:low", "new:medium", "new:high", "new:critical"
]
"""From which risk level on something is done: ``all`` for every detection, ``never``: none, ``new``: what no baseline knows."""


class Run(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Defaults of ``flycatcher run``."""

    deny: FromLevel | None = None
    fail_on: FromLevel | None = None
    shells: bool = False
    baseline: Annotated[str, Meta(min_length=1)] | None = None
    """The file of what normally runs, seen from this one: ``flycatcher.baseline.toml``. What it knows is counted, not printed."""


class BaselineSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What ends an entry of the baseline, besides another text or another starter."""

    ends: tuple[Literal["version", "author"], ...] = ()
    """``version``: another version of its package is in the lock file; ``author``: somebody else has changed its script last."""


class LedgerSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How ``--ledger`` signs and writes."""

    key: str = ""
    """The file of the private key, seen from the configuration's; empty: nothing is signed."""
    every: Annotated[int, Meta(ge=1, le=256)] = 256
    """Entries after which a checkpoint is written, however short the time."""
    seconds: Annotated[float, Meta(ge=0, le=3600)] = 1.0
    """Time after which one is, however few the entries."""
    sync: bool = True
    """Whether the disk has all that a checkpoint speaks of before it is written (fsync)."""


class Config(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole configuration."""

    environment: Environment | None = None
    """Where this is; if not set, the CI variables decide whether it is CI/CD."""
    run: Run = Run()
    baseline: BaselineSettings = BaselineSettings()
    sink: tuple[Destination, ...] = ()
    """Where events are delivered to."""
    spool: SpoolSettings = SpoolSettings()
    ledger: LedgerSettings = LedgerSettings()
    suppress: tuple[Suppression, ...] = ()
    rule: tuple[Rule, ...] = ()
    """What is done about detections; the first rule that holds decides, suppressions before all of them."""
    accepted_installers: tuple[Annotated[str, Meta(pattern="^https://[^/?#]+/")], ...] = ()
    """Beginnings of https addresses (the host and a slash at least) whose programs somebody has looked at: they count as low."""
    interpreters: dict[Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,30}$")], InterpreterTable] = field(
        default_factory=dict
    )
